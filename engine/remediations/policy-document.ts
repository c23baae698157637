import { isJsonObject, type JsonObject } from '../record.ts';

export type Statement = JsonObject;
export const isStatement = isJsonObject;

/** A policy document, which records and answers carry as an object or as text; `undefined` where it is none. */
export const documentIn = (value: unknown): JsonObject | undefined => {
  if (isJsonObject(value)) return value;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
};

/** The statements of a document; a single one need not be in a list. */
export const statementsOf = (document: unknown): readonly Statement[] => {
  const statements = documentIn(document)?.Statement;
  return (Array.isArray(statements) ? statements : [statements]).filter(isJsonObject);
};

/** The texts of a member of a statement, which may be one text or a list. */
export const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
