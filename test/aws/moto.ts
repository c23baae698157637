import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The account that moto stands for. */
export const motoAccount = '123456789012';
export const region = 'us-east-1';

/** Whether a program is there; where it must be (`CI`), its absence is a failure, elsewhere it is said. */
export const isOnPath = (program: string, install: string): boolean => {
  // Some end with a code of their own when asked for help; 127 is a shim without the program behind it.
  const { error, status } = spawnSync(program, ['--help'], { stdio: 'ignore' });
  if (error === undefined && status !== 127) return true;
  const message = `${program} is not on the PATH (${install})`;
  if (process.env.CI) throw new Error(message, { cause: error });
  process.stderr.write(`Tests are left out: ${message}.\n`);
  return false;
};

export const hasMoto = isOnPath('moto_server', 'pip install "moto[server]"');

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

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null ? once(child, 'exit') : Promise.resolve();

/** Starts moto on a free port of 127.0.0.1 and points this process's AWS clients at it. */
export const startMoto = async () => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  // moto writes files into its working directory.
  const folder = mkdtempSync(join(tmpdir(), 'trailwire-moto-'));
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
  };
  Object.assign(process.env, env);
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    cwd: folder,
    env: { ...process.env, AWS_ENDPOINT_URL: '', MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
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
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
