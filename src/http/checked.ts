import type { z } from 'zod';
import { FlowatlasError } from '../domain/errors.js';

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  keys?: readonly string[];
}

/** Of what did not come as parameters; a mistake is told with the name of the field. */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw toError(parsed.error.issues[0]);
}

/** A mistake, with the name of the field. */
export function toError(issue: Issue | undefined): FlowatlasError {
  const [unknown] = issue?.keys ?? [];
  if (unknown !== undefined) {
    return new FlowatlasError('unknown_parameter', `${unknown}: no such parameter; see /api/docs`, unknown);
  }
  const [step] = issue?.path ?? [];
  const field = typeof step === 'object' ? String(step.key) : String(step ?? 'query');
  return new FlowatlasError('invalid_parameter', `${field}: ${issue?.message ?? 'is not valid'}`, field);
}
