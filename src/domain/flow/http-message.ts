import type { HttpMessage } from './flow.js';
import { urlPath } from './url-path.js';

/** A message as it was read: its path is worked out when it is asked for, as few ever ask. */
export class ReadHttp implements HttpMessage {
  constructor(
    readonly method: string,
    readonly url: string,
    readonly protocol: string,
    readonly status: number,
  ) {}

  get path(): string | undefined {
    return urlPath(this.url);
  }
}
