import { motoAccount as account, isInstalled, motoRegion, startMotoServer } from '../../bench/moto.ts';

/** The account that moto stands for. */
export const motoAccount = account;
export const region = motoRegion;

/** Whether a program is there; where it must be (`CI`), its absence is a failure, elsewhere it is said. */
export const isOnPath = (program: string, install: string): boolean => {
  if (isInstalled(program)) return true;
  const message = `${program} is not on the PATH (${install})`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`Tests are left out: ${message}.\n`);
  return false;
};

export const hasMoto = isOnPath('moto_server', 'pip install "moto[server]"');

/** Starts moto on a free port of 127.0.0.1 and points this process's AWS clients at it. */
export const startMoto = startMotoServer;
