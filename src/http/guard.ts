import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { NextFunction, Request, Response } from 'express';
import type { Config } from '../config.js';
import { errorBody, FlowatlasError } from '../domain/errors.js';
import { answerOnSocket } from './client-errors.js';
import { refusalOf } from './origin.js';

type Next = () => void;

/** Keeps pages of others out at both doors, HTTP and sockets; see `refusalOf`. */
export class Guard {
  #isLocal: boolean | undefined;

  constructor(
    private readonly server: Server,
    private readonly config: Pick<Config, 'listen' | 'origins'>,
  ) {}

  /** Of Express. */
  readonly http = (request: Request, _: Response, next: NextFunction): void => {
    next(this.#refuse(request, false));
  };

  /** Of Engine.IO, whose requests never come to Express. */
  readonly live = (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    const error = this.#refuse(request, true);
    if (error === undefined) next();
    else if (request.headers.upgrade !== undefined) answerOnSocket(request.socket, '403 Forbidden', error);
    else {
      response.writeHead(403, { 'Content-Type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(errorBody(error)));
    }
  };

  #refuse({ method, headers }: IncomingMessage, isLive: boolean): FlowatlasError | undefined {
    const refusal = refusalOf(
      { method, headers, isLive },
      { origins: this.config.origins, name: this.config.listen.host, isLocal: this.#listensLocally() },
    );
    return refusal === undefined ? undefined : new FlowatlasError('forbidden', refusal);
  }

  /** By the address, as any name may be one of this machine. It stays the same for as long as the server listens. */
  #listensLocally(): boolean {
    this.#isLocal ??= isLoopback(this.server.address());
    return this.#isLocal;
  }
}

function isLoopback(address: ReturnType<Server['address']>): boolean {
  return (
    typeof address === 'object' && address !== null && ipaddr.process(address.address).range() === 'loopback'
  );
}
