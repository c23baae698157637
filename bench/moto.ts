import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What moto is asked for without a choice. */
export const motoRegion = 'us-east-1';
export const motoAccount = '123456789012';

/** Whether a program is there: some end with a code of their own when asked for help; 127 is a shim without the program behind it. */
export const isInstalled = (program: string): boolean => {
  const { error, status } = spawnSync(program, ['--help'], { stdio: 'ignore' });
  return error === undefined && status !== 127;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

/**
 * Starts moto on a free port of 127.0.0.1 and points this process's AWS clients at it. The policies that AWS manages cost
 * three seconds after every reset of its state.
 */
export const startMotoServer = async ({ managedPolicies = true } = {}) => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  // moto writes files into its working directory.
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-moto-'));
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: motoRegion,
    AWS_DEFAULT_REGION: motoRegion,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
  };
  // biome-ignore lint/style/noProcessEnv: the clients read from it where AWS is
  const environment = process.env;
  Object.assign(environment, env);
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    cwd: folder,
    env: { ...environment, AWS_ENDPOINT_URL: '', MOTO_IAM_LOAD_MANAGED_POLICIES: String(managedPolicies) },
    stdio: 'ignore',
  });
  for (let tries = 0; !(await answers(`${endpoint}/moto-api/data.json`)); tries++) {
    if (tries > 150 || child.exitCode !== null) throw new Error('moto_server did not start');
    await wait(100);
  }
  return {
    endpoint,
    env,
    stop: async (): Promise<void> => {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
