/** A text as one word of a shell: names come from an account, and somebody will paste the command. */
export const shellWord = (text: string): string =>
  /^[\w./:@=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A command of the AWS CLI for a region. */
export const awsCommand = (region: string, ...words: readonly string[]): string =>
  ['aws', ...words.map(shellWord), '--region', shellWord(region)].join(' ');
