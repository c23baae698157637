import * as z from 'zod';
import { fieldPathForm, nameForm } from './leaf-value.ts';

/** The id of a rule, or the name of a list or shared condition, as authors write it. */
export const nameSchema = z.string().regex(nameForm, 'expected lower-case words joined by hyphens');

/** A path into a record as authors write it. */
export const fieldPathSchema = z
  .string()
  .regex(fieldPathForm, 'expected a field path such as "requestParameters.userName"');
