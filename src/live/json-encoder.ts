import { Decoder, Encoder, type Packet } from 'socket.io-parser';

/** What goes out as the text that it is. */
export class Json {
  constructor(readonly text: string) {}
}

/** An answer that sends itself, behind a head that tells what it answers. */
export class SelfSent {
  constructor(readonly send: (head: string) => void) {}
}

/**
 * Socket.IO's encoder, for messages that are JSON already: records keep every digit, and what many are told is
 * written once. https://socket.io/docs/v4/custom-parser/
 */
export class JsonEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    const { type, nsp, id = '' } = packet;
    const data: unknown = packet.data;
    if (!Array.isArray(data)) return super.encode(packet);
    const head = `${type}${nsp},${id}`;
    const [first] = data as unknown[];
    if (first instanceof SelfSent) {
      first.send(head);
      return [];
    }
    if (!data.some((item) => item instanceof Json)) return super.encode(packet);
    const items = data.map((item: unknown) => (item instanceof Json ? item.text : JSON.stringify(item)));
    return [`${head}[${items.join(',')}]`];
  }
}

export const jsonParser = { Encoder: JsonEncoder, Decoder };
