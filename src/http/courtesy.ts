import { setImmediate } from 'node:timers/promises';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';

/** Milliseconds after which a stretch of such work is done all the same: some answers go on for hours. */
const LONGEST = 20;

/** The one question that has a body. */
const QUESTION = '/api/v1/flows/query';

/** Uploads are none, and go on for hours. */
function isQuestion({ method, route }: Request): boolean {
  return method === 'GET' || (route as { path?: unknown } | undefined)?.path === QUESTION;
}

/** Work that nobody waits for steps back while questions are answered. */
@Injectable()
export class Courtesy implements NestInterceptor {
  #open = 0;
  readonly #waiting = new Set<() => void>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    if (context.getType() === 'http' && isQuestion(http.getRequest<Request>()))
      this.answer(http.getResponse<Response>());
    return next.handle();
  }

  /** A question is open until its response is closed. */
  answer(response: Pick<Response, 'closed' | 'once'>): void {
    if (response.closed) return;
    this.#open++;
    response.once('close', () => {
      if (--this.#open > 0) return;
      for (const goOn of this.#waiting) goOn();
    });
  }

  /** Between two stretches of such work: until no question is open. */
  readonly turn = async (): Promise<void> => {
    await setImmediate();
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      const goOn = () => {
        clearTimeout(late);
        this.#waiting.delete(goOn);
        resolve();
      };
      const late = setTimeout(goOn, LONGEST);
      this.#waiting.add(goOn);
    });
  };
}
