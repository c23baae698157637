/** Whether an event has this name, whose end may be `*`. */
export const isNameOf = (name: string, event: string): boolean =>
  name === event || (name.endsWith('*') && event.startsWith(name.slice(0, -1)));
