/** What is said of a file: as it was delivered, changed since, not there, or vouched for by nobody. */
export type Status = 'valid' | 'modified' | 'missing' | 'unsigned';

/** `lacks` is what would make an unsigned digest one that can be judged. */
export type Judgement = { readonly status: Status; readonly reason?: string; readonly lacks?: 'signature' | 'key' };
