import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { PacketType } from 'socket.io-parser';
import type { Socket } from 'socket.io';
import { write } from './connection.js';
import { JsonEncoder } from './json-encoder.js';

/** Bytes below which a message is sent as it is. */
const WORTH_COMPRESSING = 1 << 10;
/** Of zlib: a map becomes a seventh, in less time than it takes to write it as JSON. */
const DEFLATE = { level: 3, finishFlush: constants.Z_SYNC_FLUSH };
/** Bytes above which that is done in the thread pool. */
const WORTH_A_THREAD = 1 << 20;

const deflate = promisify<Buffer, ZlibOptions, Buffer>(deflateRaw);

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

  /** Ahead of time and beside other work, where it is long: for as much as a map, zlib takes a tenth of a second and more. */
  async compress(): Promise<void> {
    if (this.#body.length >= WORTH_A_THREAD) this.#deflated ??= endless(await deflate(this.#body, DEFLATE));
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
    this.#deflated ??= endless(deflateRawSync(this.#body, DEFLATE));
    return framed(deflateRawSync(Buffer.from(MESSAGE + head), DEFLATE), this.#deflated, true);
  }
}

/** RFC 7692, 7.2.1: without the empty block at the end of what was flushed. */
function endless(deflated: Buffer): Buffer {
  return deflated.subarray(0, -4);
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
