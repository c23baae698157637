import type { RuleFile } from './import-rule.ts';
import { Refusal } from './refusal.ts';
import type { SigmaDocument } from './sigma-document.ts';

/** A document on its way. */
export type Draft = {
  readonly place: string;
  readonly document?: SigmaDocument;
  readonly id: string;
  readonly notes: string[];
  refusal?: string;
  rule?: RuleFile;
};

/** Does a part of the work on a draft; what cannot be carried is its refusal. */
export const attempt = (draft: Draft, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    draft.refusal = error.message;
  }
};

/** Whether documents refer to a draft by this name. */
export const isNamed = ({ document }: Draft, reference: string): boolean =>
  document !== undefined && [document.value.id, document.value.name].includes(reference);
