import { constants, deflateRawSync } from 'node:zlib';
import { PacketType } from 'socket.io-parser';
import type { Socket } from 'socket.io';
import { write } from './connection.js';
import { JsonEncoder } from './json-encoder.js';

/** Bytes below which a message is sent as it is. */
const WORTH_COMPRESSING = 1 << 10;
/** Of zlib: a map becomes a seventh, in less time than it takes to write it as JSON. */
const LEVEL = 3;

/** Of Engine.IO, before each packet of Socket.IO. */
const MESSAGE = '4';

type Frame = [Buffer] | [head: Buffer, body: Buffer];

/** A message for many: written and compressed once, however many are told and whenever they are ready. */
export class SharedMessage {
  #bytes: Buffer | undefined;
  #deflated: Buffer | undefined;
  /** Those of an event are the same for all. */
  #plainFrame: Frame | undefined;
  #compressedFrame: Frame | undefined;

  /** `text`: a packet of Socket.IO, or what comes behind a head that differs from client to client. */
  constructor(private readonly text: string) {}

  /** `message` may be `Json`. */
  static event(namespace: string, event: string, message: unknown): SharedMessage {
    const packet = { type: PacketType.EVENT, nsp: namespace, data: [event, message] };
    return new SharedMessage(String(new JsonEncoder().encode(packet)[0]));
  }

  sendTo(client: Socket): void {
    write(
      client,
      () => this.text,
      (isCompressed) =>
        isCompressed
          ? (this.#compressedFrame ??= [Buffer.concat(this.#compressed(''))])
          : (this.#plainFrame ??= [Buffer.concat(this.#plain(''))]),
    );
  }

  /** Behind a head of the client's own. */
  answer(client: Socket, head: string): void {
    write(
      client,
      () => head + this.text,
      (isCompressed) => (isCompressed ? this.#compressed(head) : this.#plain(head)),
    );
  }

  get #body(): Buffer {
    return (this.#bytes ??= Buffer.from(this.text));
  }

  #plain(head: string): Frame {
    return framed(Buffer.from(MESSAGE + head), this.#body, false);
  }

  /** What was compressed apart can be read as one: each part looks back on nothing but itself. */
  #compressed(head: string): Frame {
    if (this.#body.length < WORTH_COMPRESSING) return this.#plain(head);
    // RFC 7692, 7.2.1: without the empty block at the end of what was flushed.
    this.#deflated ??= deflated(this.#body).subarray(0, -4);
    return framed(deflated(Buffer.from(MESSAGE + head)), this.#deflated, true);
  }
}

function deflated(bytes: Buffer): Buffer {
  return deflateRawSync(bytes, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH });
}

/** RFC 6455, 5.2: a whole text message from a server, which masks nothing. */
function framed(head: Buffer, body: Buffer, isCompressed: boolean): Frame {
  const length = head.length + body.length;
  const isShort = length < 126;
  const isMiddling = !isShort && length < 1 << 16;
  const start = Buffer.alloc(isShort ? 2 : isMiddling ? 4 : 10);
  start[0] = isCompressed ? 0xc1 : 0x81;
  start[1] = isShort ? length : isMiddling ? 126 : 127;
  if (isMiddling) start.writeUInt16BE(length, 2);
  else if (!isShort) start.writeBigUInt64BE(BigInt(length), 2);
  return [Buffer.concat([start, head]), body];
}
