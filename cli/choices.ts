/** What options offer. They are apart from the commands, which the program loads when they are run. */

export const coverageFormats = ['text', 'markdown', 'json', 'html', 'navigator'] as const;

/** Whom a policy is for: who only looks, who acts, who takes it back. */
export const policyUses = ['plan', 'respond', 'undo'] as const;
