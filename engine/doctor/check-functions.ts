import { awsCommand } from '../shell-word.ts';
import { inEachRegion, roleOf } from './check.ts';
import type { RegionComplaint } from './complaint.ts';
import { deployAgain } from './deploy.ts';
import { parts } from './parts.ts';
import type { DeployedFunction } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

/** What does not happen while a function stands still. */
const without: Readonly<Record<(typeof parts.functions | typeof parts.optionalFunctions)[number], string>> = {
  'trailwire-detect': 'Nothing is detected.',
  'trailwire-notify-sns': 'Nobody is told of findings by e-mail or through the topic.',
  'trailwire-remediate': 'Nothing is answered, and responses are not looked at again.',
  'trailwire-undo': 'No response can be taken back.',
  'trailwire-watch': 'Nobody looks whether Trailwire still sees, and the heartbeat stops.',
  'trailwire-ingest': 'What EventBridge loses is not found in the logs.',
  'trailwire-notify-slack': 'Nobody is told of findings in Slack.',
  'trailwire-approve': 'Nobody can decide on responses in Slack or by a link.',
};

/** The functions are there, those that no parameter switches off, and may run. */
export const checkFunctions = inEachRegion((region): readonly RegionComplaint[] => {
  const functions = seenOr(region.functions, undefined);
  if (functions === undefined || roleOf(region) !== 'detects') return [];
  return [...parts.functions, ...parts.optionalFunctions].flatMap((name): readonly RegionComplaint[] => {
    const found = functions.find((each) => each.name === name);
    const severity = name === 'trailwire-detect' ? 'critical' : 'high';
    const about = { severity, subject: name, lost: without[name], rules: [] } as const;
    if (found === undefined) {
      if (parts.optionalFunctions.some((optional) => optional === name)) return [];
      return [{ ...about, check: 'function-missing', says: `There is no function ${name}.`, mend: [deployAgain] }];
    }
    if (!isStopped(found)) return [];
    const concurrency = seenOr(found.concurrency, undefined);
    return [
      {
        ...about,
        check: 'function-stopped',
        says:
          concurrency === 0
            ? `The function ${name} may not run: its concurrency is 0.`
            : `The function ${name} is ${found.state}.`,
        mend: [
          concurrency === 0
            ? awsCommand(region.region, 'lambda', 'delete-function-concurrency', '--function-name', name)
            : awsCommand(region.region, 'lambda', 'get-function-configuration', '--function-name', name),
        ],
      },
    ];
  });
});

const isStopped = ({ state, concurrency }: DeployedFunction): boolean =>
  seenOr(concurrency, undefined) === 0 || state === 'Failed';
