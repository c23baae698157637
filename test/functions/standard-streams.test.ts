import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';

const streams = join(import.meta.dirname, '../../functions/standard-streams.ts');

/** What a process writes through a console over these streams, to a reader that begins after some milliseconds. */
const write = async (script: string, delay: number): Promise<{ readonly output: string; readonly error: string }> => {
  const source = `
    import { Console } from 'node:console';
    import { standardError, standardOutput } from ${JSON.stringify(streams)};
    const lines = new Console({ stdout: standardOutput, stderr: standardError });
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await wait(delay);
  const texts = { output: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.error += text;
  });
  await ended;
  return texts;
};

it('a console writes its lines to where the process does', async () => {
  expect(await write(`lines.log('{"a":"ü"}'); lines.warn('careful'); lines.error('failed');`, 0)).toEqual({
    output: '{"a":"ü"}\n',
    error: 'careful\nfailed\n',
  });
});

it.each([
  ['that blocks', ''],
  // Whoever asks for process.stdout makes the pipe one that does not block.
  ['that does not block', 'process.stdout;'],
])('no line is lost or cut in a full pipe %s', async (_, first) => {
  const { output, error } = await write(
    `
    ${first}
    for (let i = 0; i < 4; i++) lines.log(String(i).repeat(300_000));`,
    300,
  );
  expect(error).toBe('');
  expect(output === [0, 1, 2, 3].map((digit) => `${String(digit).repeat(300_000)}\n`).join('')).toBe(true);
});
