import {
  ConfigServiceClient,
  DescribeConfigurationRecorderStatusCommand,
  StartConfigurationRecorderCommand,
  StopConfigurationRecorderCommand,
} from '@aws-sdk/client-config-service';
import type { Observe, Service } from './service.ts';

export const connectConfig = (observe: Observe): Service<'config'> => {
  const config = observe(new ConfigServiceClient());
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
