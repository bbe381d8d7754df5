import { FlowatlasError } from '../domain/errors.js';
import type { UploadLimits } from './upload-limits.js';

/** A sender that was turned away may try again after so many seconds. */
const RETRY_AFTER = 5;

/** Lets so many uploads in at the same time: each may hold an unfinished record and a decoder. */
export class UploadGate {
  #open = 0;

  constructor(readonly limits: UploadLimits) {}

  /** Uploads under way. */
  get open(): number {
    return this.#open;
  }

  enter(): void {
    const { mostOpen } = this.limits;
    if (this.#open >= mostOpen) {
      throw new FlowatlasError(
        'unavailable',
        `${mostOpen} uploads are under way, and more are not taken at the same time (FLOWATLAS_UPLOAD_MAX_OPEN); send it again later`,
        undefined,
        { retryAfterSeconds: RETRY_AFTER },
      );
    }
    this.#open++;
  }

  leave(): void {
    this.#open--;
  }
}
