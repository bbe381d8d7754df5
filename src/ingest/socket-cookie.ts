import { MARK, SlotKind, type Template } from '../domain/flow/template.js';
import type { NewFlow } from '../store/flow-writer.js';

const COOKIE = /"socket_?[cC]ookie"\s*:\s*"?(\d{1,20})/;
const IN_SLOT = new RegExp(`"socket_?[cC]ookie"\\s*:\\s*"?${MARK}[${SlotKind.known}${SlotKind.own}]`);

/** Which of its texts a record of a template has the cookie in. */
interface Place {
  isKnown: boolean;
  index: number;
}

/** Finds the cookies of sockets; to write and parse a record for it would take as long as to store it. */
export class SocketCookies {
  readonly #places = new WeakMap<Template, Place | null>();

  /** Empty where there is none. */
  of({ flow, template, known, own }: NewFlow): string {
    let place = this.#places.get(template);
    if (place === undefined) this.#places.set(template, (place = placeOf(template)));
    if (place !== null) {
      const text = place.isKnown ? known[place.index]?.text : own[place.index]?.toString();
      return /\d{1,20}/.exec(text ?? '')?.[0] ?? '';
    }
    const texts = known.map(({ text }) => text);
    return COOKIE.exec(template.compose(flow, texts, own.map(String)))?.[1] ?? '';
  }
}

/** Null where it is a part of the template, or the record is kept whole. */
function placeOf({ text }: Template): Place | null {
  const found = IN_SLOT.exec(text);
  if (found === null) return null;
  const kinds = text
    .slice(0, found.index + found[0].length)
    .split(MARK)
    .slice(1);
  const isKnown = kinds.pop()?.startsWith(SlotKind.known) === true;
  const isSuch = (piece: string) =>
    isKnown
      ? piece.startsWith(SlotKind.known)
      : [SlotKind.own, SlotKind.l7, SlotKind.record].some((kind) => piece.startsWith(kind));
  return { isKnown, index: kinds.filter(isSuch).length };
}
