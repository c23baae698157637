import { awsCommand } from '../shell-word.ts';
import { inEachRegion, roleOf } from './check.ts';
import type { RegionComplaint } from './complaint.ts';
import { deployAgain, deployTo } from './deploy.ts';
import { parts } from './parts.ts';
import type { Audience, RegionSnapshot } from './snapshot.ts';
import { seenOr } from './snapshot.ts';

/** Somebody is told: of findings, and by alarms when Trailwire itself fails. */
export const checkAlarms = inEachRegion((region): readonly RegionComplaint[] => {
  if (roleOf(region) !== 'detects') return [];
  const alarms = seenOr(region.alarms, undefined);
  const missing = alarms === undefined ? [] : parts.alarms.filter((name) => !alarms.some((each) => each.name === name));
  return [
    ...missing.map(
      (name): RegionComplaint => ({
        check: 'alarm-missing',
        severity: 'medium',
        subject: name,
        says: `There is no alarm ${name}.`,
        lost: 'Nobody is told when what it watches fails.',
        rules: [],
        mend: [deployAgain],
      }),
    ),
    ...(alarms ?? [])
      .filter(({ tells }) => !tells)
      .map(
        ({ name }): RegionComplaint => ({
          check: 'alarm-mute',
          severity: 'high',
          subject: name,
          says: `The alarm ${name} tells nobody: its actions are switched off, or there are none.`,
          lost: 'Nobody is told when what it watches fails.',
          rules: [],
          mend: [awsCommand(region.region, 'cloudwatch', 'enable-alarm-actions', '--alarm-names', name)],
        }),
      ),
    ...complainOfAudience(region),
  ];
});

const complainOfAudience = (region: RegionSnapshot): readonly RegionComplaint[] => {
  if ('failed' in region.audience || 'failed' in region.functions) return [];
  const audience: Audience = region.audience.seen ?? { confirmed: 0, pending: 0 };
  const hasSlack = region.functions.seen.some(({ name }) => name === 'trailwire-notify-slack');
  if (audience.confirmed > 0) return [];
  const isThere = region.audience.seen !== undefined;
  return [
    {
      check: 'nobody-told',
      severity: hasSlack ? 'medium' : 'critical',
      subject: parts.topic,
      says: isThere
        ? `Nobody subscribes to the topic ${parts.topic}${audience.pending > 0 ? ': subscriptions wait to be confirmed' : ''}.`
        : `There is no topic ${parts.topic}.`,
      lost: hasSlack ? 'Alarms reach nobody: Slack gets findings alone.' : 'Findings and alarms reach nobody.',
      rules: [],
      mend: [
        audience.pending > 0 ? 'Follow the link in the message that AWS sent to the address.' : deployTo(region.region),
      ],
    },
  ];
};
