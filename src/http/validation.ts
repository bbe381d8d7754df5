import { StandardSchemaValidationPipe } from '@nestjs/common';
import { toError } from './checked.js';

/** Checks parameters against their schemas; a mistake is answered with the name of the field. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => toError(issues[0]),
  });
}
