import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ConfigError } from '../engine/errors.ts';

const keepMs = 300_000;

/** Reads a SecureString once per environment; a rotated one is picked up within five minutes. */
export const createSecretReader = (Name: string): (() => Promise<string>) => {
  const ssm = new SSMClient();
  let kept: { readonly value: string; readonly until: number } | undefined;
  return async () => {
    if (kept !== undefined && Date.now() < kept.until) return kept.value;
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    if (!Parameter?.Value) throw new ConfigError('CONFIG_INVALID', `the SSM parameter ${Name} is empty`);
    kept = { value: Parameter.Value, until: Date.now() + keepMs };
    return kept.value;
  };
};
