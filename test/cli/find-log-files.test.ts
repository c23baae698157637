import { describe, expect, it } from 'vitest';
import { findLogFiles } from '../../cli/find-log-files.ts';
import { inTimeOrder } from '../../cli/in-time-order.ts';
import { writeFiles } from './rules-folder.ts';
import { temporaryFolder } from './terminal.ts';

const logFile = (account: string, region: string, day: number, minute: number): string => {
  const two = (number: number): string => String(number).padStart(2, '0');
  const name = `${account}_CloudTrail_${region}_202610${two(day)}T10${two(minute)}Z_abcdefghijklmnop.json.gz`;
  return `AWSLogs/${account}/CloudTrail/${region}/2026/10/${two(day)}/${name}`;
};

const found = (paths: readonly string[]): readonly string[] => {
  const folder = temporaryFolder();
  writeFiles(folder, Object.fromEntries(paths.map((path) => [path, ''])));
  return [...findLogFiles(folder)].map((each) =>
    each.kind === 'file' ? each.path.slice(folder.length + 1) : each.place,
  );
};

describe('log files', () => {
  it('come in the order of the times in their names, across accounts, regions and days', () => {
    const inOrder = [
      logFile('222222222222', 'us-east-1', 14, 0),
      logFile('111111111111', 'eu-west-1', 14, 5),
      logFile('222222222222', 'us-east-1', 14, 10),
      logFile('111111111111', 'ap-south-1', 15, 0),
      logFile('111111111111', 'eu-west-1', 15, 5),
    ];
    expect(found(inOrder)).toEqual(inOrder);
    expect(found(inOrder.toReversed())).toEqual(inOrder);
  });

  it('come so from one folder too', () => {
    const names = [logFile('111111111111', 'us-east-1', 14, 0), logFile('111111111111', 'eu-west-1', 14, 5)].map(
      (path) => path.replace(/^.*\//, ''),
    );
    expect(found(names)).toEqual(names);
  });

  it('come before those when their names have no time, files before folders, by the alphabet', () => {
    const timed = logFile('111111111111', 'eu-west-1', 14, 5);
    expect(found([timed, 'c/3.json', 'b.jsonl', 'a.json.gz'])).toEqual(['a.json.gz', 'b.jsonl', 'c/3.json', timed]);
  });
});

describe('sequences in order of time', () => {
  it('are merged, reading one item of each ahead', () => {
    let read = 0;
    const counting = function* (items: readonly string[]): Generator<string> {
      for (const item of items) {
        read += 1;
        yield item;
      }
    };
    const merged = inTimeOrder<string>([counting(['1', '4', '9']), counting(['2', '3']), counting([])], (item) => item);
    expect([merged.next().value, read]).toEqual(['1', 2]);
    expect([...merged]).toEqual(['2', '3', '4', '9']);
  });
});
