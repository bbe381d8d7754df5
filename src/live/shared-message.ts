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

/** A message for many: written, compressed and framed once, however many are told and whenever they are ready. */
export class SharedMessage {
  readonly #text: string;
  #payload: Buffer | undefined;
  #frame: Buffer | undefined;
  #compressed: Buffer | undefined;

  /** `message` may be `Json`. */
  constructor(namespace: string, event: string, message: unknown) {
    const packet = { type: PacketType.EVENT, nsp: namespace, data: [event, message] };
    this.#text = String(new JsonEncoder().encode(packet)[0]);
  }

  sendTo(client: Socket): void {
    write(client, this.#text, (isCompressed) => (isCompressed ? this.#deflated() : this.#plain()));
  }

  #bytes(): Buffer {
    return (this.#payload ??= Buffer.from(MESSAGE + this.#text));
  }

  #plain(): Buffer {
    return (this.#frame ??= textFrame(this.#bytes(), false));
  }

  #deflated(): Buffer {
    if (this.#bytes().length < WORTH_COMPRESSING) return this.#plain();
    return (this.#compressed ??= textFrame(deflated(this.#bytes()), true));
  }
}

/** RFC 7692, 7.2.1: without the empty block at the end of what was flushed. */
function deflated(bytes: Buffer): Buffer {
  const options = { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH };
  return deflateRawSync(bytes, options).subarray(0, -4);
}

/** RFC 6455, 5.2: a whole text message from a server, which masks nothing. */
function textFrame(payload: Buffer, isCompressed: boolean): Buffer {
  const { length } = payload;
  const isShort = length < 126;
  const isMiddling = !isShort && length < 1 << 16;
  const head = Buffer.alloc(isShort ? 2 : isMiddling ? 4 : 10);
  head[0] = isCompressed ? 0xc1 : 0x81;
  head[1] = isShort ? length : isMiddling ? 126 : 127;
  if (isMiddling) head.writeUInt16BE(length, 2);
  else if (!isShort) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
