import { Decoder, Encoder, type Packet } from 'socket.io-parser';

/** What goes out as the text that it is. */
export class Json {
  constructor(readonly text: string) {}
}

/**
 * Socket.IO's encoder, for messages that are JSON already: records keep every digit, and what many are told is
 * written once. https://socket.io/docs/v4/custom-parser/
 */
export class JsonEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    const { type, nsp, id = '' } = packet;
    const data: unknown = packet.data;
    if (!Array.isArray(data) || !data.some((item) => item instanceof Json)) return super.encode(packet);
    const items = data.map((item: unknown) => (item instanceof Json ? item.text : JSON.stringify(item)));
    return [`${type}${nsp},${id}[${items.join(',')}]`];
  }
}

export const jsonParser = { Encoder: JsonEncoder, Decoder };
