/** How the numbers of a column are written. */
export type Format = 'rate' | 'ratio' | 'number' | 'milliseconds' | 'megabytes' | 'percent';

/** Figures by line and column, as they are printed and as they go into the JSON file. */
export type Table = {
  readonly title: string;
  readonly columns: Readonly<Record<string, Format>>;
  readonly rows: readonly Row[];
  readonly notes?: readonly string[];
};
export type Row = { readonly name: string; readonly cells: Readonly<Record<string, number | undefined>> };

/** What a figure is held to. */
export type Goal = {
  readonly figure: string;
  readonly measured: number;
  readonly format: Format;
  readonly wanted: { readonly atLeast: number } | { readonly atMost: number };
};

/** Where a part of the benchmark puts what it found, as soon as it has it. */
export type Report = {
  readonly table: (table: Table) => void;
  readonly goal: (goal: Goal) => void;
  readonly say: (line: string) => void;
};

const whole = (number: number): string => Math.round(number).toLocaleString('en');
const significant = (number: number): string => number.toLocaleString('en', { maximumSignificantDigits: 3 });

const formats: Readonly<Record<Format, (number: number) => string>> = {
  rate: (number) => (number < 10 ? significant(number) : whole(number)),
  ratio: (number) => (number < 0.01 ? `1/${significant(1 / number)} x` : `${significant(number)} x`),
  number: significant,
  milliseconds: (number) => `${significant(number)} ms`,
  megabytes: (number) => `${whole(number)} MB`,
  percent: (number) => `${whole(number * 100)} %`,
};

/** The lines of a table as text, numbers to the right. */
export const renderTable = ({ title, columns, rows, notes = [] }: Table): readonly string[] => {
  const head = [title, ...Object.keys(columns)];
  const body = rows.map(({ name, cells }) => [
    name,
    ...Object.entries(columns).map(([column, format]) => {
      const cell = cells[column];
      return cell === undefined ? '' : formats[format](cell);
    }),
  ]);
  const widths = head.map((text, column) => Math.max(text.length, ...body.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('  ');
  return ['', line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line), ...notes];
};

export const isMet = ({ measured, wanted }: Goal): boolean =>
  'atLeast' in wanted ? measured >= wanted.atLeast : measured <= wanted.atMost;

/** The lines that say which goals were met. */
export const renderGoals = (goals: readonly Goal[]): readonly string[] => {
  const rows = goals.map((goal) => {
    const { figure, measured, format, wanted } = goal;
    const limit =
      'atLeast' in wanted ? `at least ${formats[format](wanted.atLeast)}` : `at most ${formats[format](wanted.atMost)}`;
    return [isMet(goal) ? 'met' : 'MISSED', formats[format](measured), limit, figure] as const;
  });
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '));
};
