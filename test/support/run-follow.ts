import { request, type IncomingMessage } from 'node:http';

/** A stream of `follow=true`, as a client reads it. */
export class FollowedStream {
  readonly lines: string[] = [];
  readonly ended: Promise<boolean>;
  #rest = '';
  #wake: () => void = () => undefined;

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (text: string) => {
      const parts = `${this.#rest}${text}`.split('\n');
      this.#rest = parts.pop() ?? '';
      this.lines.push(...parts);
      this.#wake();
    });
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      response.on('close', () => {
        resolve(response.complete);
      });
    });
  }

  /** Resolves when the answer has begun; it is read from its first byte on. */
  static open(server: { readonly url: string }, query = '', path = '/api/v1/flows'): Promise<FollowedStream> {
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(`${path}?follow=true&${query}`, server.url), {
        headers: { accept: 'application/x-ndjson' },
        agent: false,
      });
      outgoing.on('response', (response) => {
        resolve(new FollowedStream(response));
      });
      outgoing.on('error', reject).end();
    });
  }

  /** Waits until there are so many lines; for ever, should they not come. */
  async has(lines: number): Promise<void> {
    while (this.lines.length < lines) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  hangUp(): void {
    this.response.destroy();
  }
}
