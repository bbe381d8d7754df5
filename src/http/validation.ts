import { StandardSchemaValidationPipe } from '@nestjs/common';
import { toError } from './checked.js';

/** Nest takes names such as `constructor` out before a schema sees them: here they are parameters that nobody knows. */
class WholeValidationPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(): void {
    // Schemas make new objects, of the names that they know.
  }
}

/** Checks parameters against their schemas; a mistake is answered with the name of the field. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new WholeValidationPipe({
    exceptionFactory: (issues) => toError(issues[0]),
  });
}
