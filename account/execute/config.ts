import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import type { Connect, Service } from './service.ts';

export const connectConfig = (connect: Connect): Service<'config'> => {
  const config = connect(ConfigServiceClient);
  return {
    calls: {
      'config:StartConfigurationRecorder': (parameters) =>
        config.send(new StartConfigurationRecorderCommand(parameters)),
      'config:StopConfigurationRecorder': (parameters) => config.send(new StopConfigurationRecorderCommand(parameters)),
    },
    reads: {
      'config:DescribeConfigurationRecorderStatus': async (parameters) => {
        const { ConfigurationRecordersStatus = [] } = await config.send(
          new DescribeConfigurationRecorderStatusCommand(parameters),
        );
        const [status] = ConfigurationRecordersStatus;
        return status === undefined ? {} : { recording: status.recording === true };
      },
    },
    absent: ['NoSuchConfigurationRecorderException'],
  };
};
