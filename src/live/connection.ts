import { setTimeout } from 'node:timers/promises';
import type { Socket } from 'socket.io';
import { FlowatlasError } from '../domain/errors.js';

/** Requests of one client that wait for their answer; one more ends the connection. */
const MOST_WAITING = 64;
/** Milliseconds until it is looked again whether a client has read its answers. */
const LOOK_AGAIN = 20;

/** What Engine.IO knows of a connection and its types hide. */
interface Connection {
  readonly transport: { readonly writable: boolean; readonly socket?: { readonly extensions: string } };
  /** What has not left the process. */
  readonly writeBuffer: readonly unknown[];
  write(packet: string, options: { wsPreEncodedFrame?: readonly Buffer[] }): void;
}

const connectionOf = ({ conn }: Socket) => conn as unknown as Connection;

/** Everything sent so far has left the process. */
export function isDrained(client: Socket): boolean {
  const { transport, writeBuffer } = connectionOf(client);
  return transport.writable && writeBuffer.length === 0;
}

/** Over a WebSocket a packet goes out as a frame that is made already, over anything else as the text that it is. */
export function write(
  client: Socket,
  packet: () => string,
  frame: (isCompressed: boolean) => readonly Buffer[],
): void {
  const connection = connectionOf(client);
  const { socket } = connection.transport;
  if (socket === undefined) connection.write(packet(), {});
  else {
    const isCompressed = socket.extensions.includes('permessage-deflate');
    connection.write('', { wsPreEncodedFrame: frame(isCompressed) });
  }
}

/**
 * Answers requests of a client one after another, each when the one before has left the process: an answer can be
 * megabytes, so whoever asks and does not read must not get more than one.
 */
export class Turns {
  readonly #turns = new WeakMap<Socket, { waiting: number; last: Promise<unknown> }>();

  async take<T>(client: Socket, work: () => T | Promise<T>): Promise<T> {
    const turn = this.#turns.get(client) ?? { waiting: 0, last: Promise.resolve() };
    this.#turns.set(client, turn);
    if (turn.waiting >= MOST_WAITING) client.disconnect(true);
    turn.waiting++;
    const worked = turn.last.then(async () => {
      await drained(client);
      return work();
    });
    turn.last = worked.catch(() => undefined).finally(() => turn.waiting--);
    return worked;
  }
}

async function drained(client: Socket): Promise<void> {
  while (client.connected && !isDrained(client)) await setTimeout(LOOK_AGAIN);
  if (!client.connected) throw new FlowatlasError('unavailable', 'the client has gone');
}
