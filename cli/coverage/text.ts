import type { CoverageReport, Covered } from '../../engine/coverage-report.ts';
import type { Io } from '../io.ts';
import { familyInWords, rulesInWords, statesInWords, titleOfFramework } from './words.ts';

const colors = { covered: 'green', partly: 'yellow', 'left out': 'dim', open: 'red' } as const;

/** The report for a terminal: counts and what is not covered; with `whole`, also what is, and by which rules. */
export const renderText = (report: CoverageReport, whole: boolean, io: Io): readonly string[] => {
  const rows = (list: readonly Covered[]): readonly string[] =>
    list.filter(({ state }) => whole || state !== 'covered').map((row) => renderRow(row, report, io));
  const section = (id: string, says: string, list: readonly Covered[]): readonly string[] => [
    `${io.color('bold', id)}  ${says}`,
    ...rows(list),
  ];
  return [
    ...report.frameworks.flatMap((framework) =>
      section(
        framework.name,
        `${titleOfFramework(framework)}: ${statesInWords(framework.controls)}`,
        framework.controls,
      ),
    ),
    ...report.attack.tactics.flatMap(({ id, name, techniques }) =>
      section(id, `${name}: ${statesInWords(techniques)}`, techniques),
    ),
    ...report.detections.flatMap((family) =>
      section(family.family, `${family.title}: ${familyInWords(family)}`, family.detections),
    ),
  ];
};

const renderRow = (row: Covered, report: CoverageReport, io: Io): string => {
  const { id, title, state, unseen, why } = row;
  const parts = [title, why, unseen.length === 0 ? '' : `not seen: ${unseen.join(', ')}`, rulesInWords(row, report)];
  return `  ${io.color(colors[state], state.padEnd(8))}  ${id}  ${parts.filter((part) => part).join(': ')}`;
};
