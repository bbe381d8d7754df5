import { FlowatlasError } from '../domain/errors.js';
import type { UploadLimits } from './upload-limits.js';

/** A short text may well repeat itself: the ratio counts from this decoded size on. */
const FREE = 64 << 20;
/** The same of windows that frames ask for, which may be short, and many: so many bytes take half a second to get. */
const FREE_WINDOWS = 2 ** 34;

/** How much may be decoded out of one body; every level of compression keeps to it by itself. */
export class DecodedBudget {
  #received = 0;
  #windows = 0;

  constructor(private readonly limits: Pick<UploadLimits, 'mostDecodedBytes' | 'mostRatio'>) {}

  /** Bytes of the body as it was sent. */
  receive(bytes: number): void {
    this.#received += bytes;
  }

  /** Takes the size of the window that a frame asks for, whatever it holds, and throws when that is too much. */
  readonly claim = (bytes: number): void => {
    const { mostRatio } = this.limits;
    this.#windows += bytes;
    if (this.#windows > FREE_WINDOWS && this.#windows > this.#received * mostRatio)
      throw tooLarge(
        `frames with windows of more than ${mostRatio} times its size`,
        'FLOWATLAS_UPLOAD_MAX_RATIO',
      );
  };

  /** For one decoder: takes the size of each piece that it decoded, and throws when that is too much. */
  newLevel(): (bytes: number) => void {
    const { mostDecodedBytes, mostRatio } = this.limits;
    let decoded = 0;
    return (bytes) => {
      decoded += bytes;
      if (decoded > mostDecodedBytes) {
        throw tooLarge(`more than ${mostDecodedBytes} bytes`, 'FLOWATLAS_UPLOAD_MAX_DECODED');
      }
      if (decoded > FREE && decoded > this.#received * mostRatio) {
        throw tooLarge(`more than ${mostRatio} times its size`, 'FLOWATLAS_UPLOAD_MAX_RATIO');
      }
    };
  }
}

function tooLarge(what: string, setting: string): FlowatlasError {
  return new FlowatlasError(
    'payload_too_large',
    `the compressed body decodes to ${what} (${setting}); what came before is kept`,
  );
}
