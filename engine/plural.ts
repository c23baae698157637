/** `1 record`, `2 records`. */
export const plural = (count: number, word: string, several = `${word}s`): string =>
  `${count} ${count === 1 ? word : several}`;
