/** A policy that denies everything, to everybody it is attached to or to those a condition names. */
export const denyAll = (condition?: Readonly<Record<string, object>>): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Action: '*', Resource: '*', ...(condition === undefined ? {} : { Condition: condition }) },
    ],
  });
