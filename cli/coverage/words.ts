import {
  type CoverageReport,
  type Covered,
  countStates,
  type FamilyCoverage,
  type FrameworkCoverage,
} from '../../engine/coverage-report.ts';
import { plural } from '../../engine/plural.ts';

/** Counts of states in words: `52 of 58 covered, 6 left out`. */
export const statesInWords = (list: readonly Covered[]): string => {
  if (list.length === 0) return 'nothing of it leaves traces in CloudTrail';
  const { covered, ...others } = countStates(list);
  const rest = Object.entries(others).flatMap(([state, count]) => (count === 0 ? [] : [`${count} ${state}`]));
  return [`${covered} of ${list.length} covered`, ...rest].join(', ');
};

/** How many detections of a family are decided, and how. */
export const familyInWords = ({ of, detections }: FamilyCoverage): string =>
  detections.length === 0
    ? `0 of ${of} decided`
    : `${detections.length} of ${of} decided: ${statesInWords(detections)}`;

/** The name of a framework with its version. */
export const titleOfFramework = ({ title, version }: FrameworkCoverage): string => `${title} ${version}`;

/** The rules that cover something, of all there are. */
export const rulesInWords = ({ rules }: Covered, { rules: all }: Pick<CoverageReport, 'rules'>): string =>
  rules.length === all ? 'every rule' : rules.join(', ');

/** What the reader of a report has to know to read it right. */
export const readingHelp = ({ rules }: CoverageReport): string =>
  `${plural(rules, 'rule')} make findings. "covered": at least one watches for it, and every event that it names is seen. \
"partly": some of these events are not. "left out": no rule can or should, for the reason given. "open": none does. \
A control that is covered is watched; whether it is met is for its auditor to say.`;

/** What is said of techniques in every report. */
export const attackHelp =
  'Techniques are those that leave traces in CloudTrail, and some that do not, with the reason. A rule counts for a technique when it names it or one of its sub-techniques.';
