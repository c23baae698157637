import { plural } from '../plural.ts';
import { awsCommand } from '../shell-word.ts';
import type { Complaint } from './complaint.ts';

/** How many findings logs brought on a day (UTC) that EventBridge had not brought by then. */
export type MissedFindings = {
  readonly day: string;
  readonly findings: number;
  /** Counting stops at 200 in an hour. */
  readonly isAtLeast: boolean;
};

/** The count in words, zero as well: who hears nothing cannot know whether anybody counted. */
export const sayMissed = ({ day, findings, isAtLeast }: MissedFindings): string =>
  `On ${day} logs had ${isAtLeast ? 'at least ' : ''}${plural(findings, 'finding')} that EventBridge had not brought.`;

/** Complains of a day on which logs had findings that EventBridge had not brought; `region` is where logs are read. */
export const complainOfMissed = (missed: MissedFindings, region: string): readonly Complaint[] =>
  missed.findings === 0
    ? []
    : [
        {
          check: 'findings-missed',
          severity: 'medium',
          regions: [region],
          subject: missed.day,
          says: sayMissed(missed),
          lost: 'They were told when their log file came, minutes to hours late; no response acts on what is older than an hour.',
          rules: [],
          mend: [
            `${awsCommand(region, 'logs', 'tail', '/aws/lambda/trailwire-ingest', '--since', '2d', '--filter-pattern', '{ $.finding = * }')} names them`,
            'Of an account or region that no subscription brings: docs/organization.md says how its events are forwarded.',
            'Of one that is subscribed to: what else doctor says of it; or EventBridge lost them, which it may.',
          ],
        },
      ];
