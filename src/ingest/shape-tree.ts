import { holdsAt } from '../domain/flow/record-template.js';
import type { SlotName } from './record-slots.js';

/**
 * The texts between slots of all known shapes, as a radix tree: common beginnings are kept once, so
 * a record is compared with each of its characters once, however many shapes there are.
 */
export class ShapeNode<S> {
  /** By the first byte of their texts. */
  private readonly branches: (Branch<S> | undefined)[] = [];
  /** The slot that follows here, and what comes behind it. */
  slot: { name: SlotName; next: ShapeNode<S> } | undefined;
  /** A record that ends here is of this shape. */
  shape: S | undefined;

  /** The branch whose text stands at `at`. */
  follow(record: Buffer, at: number): Branch<S> | undefined {
    const branch = this.branches[record[at] ?? 0];
    return branch !== undefined && standsAt(record, at, branch.text) ? branch : undefined;
  }

  /** The node behind this text, made if need be. */
  grow(text: Buffer): ShapeNode<S> {
    if (text.length === 0) return this;
    const first = text[0] ?? 0;
    const branch = this.branches[first];
    if (branch === undefined) {
      const node = new ShapeNode<S>();
      this.branches[first] = { text: Buffer.from(text), node };
      return node;
    }
    const common = commonLength(branch.text, text);
    if (common < branch.text.length) split(branch, common);
    return branch.node.grow(text.subarray(common));
  }

  /** The node behind a slot; undefined where a slot of another kind follows already. */
  growSlot(name: SlotName): ShapeNode<S> | undefined {
    this.slot ??= { name, next: new ShapeNode<S>() };
    return this.slot.name === name ? this.slot.next : undefined;
  }

  /** A node with one branch: what is left of a branch behind the place where it was split. */
  static before<S>(branch: Branch<S>): ShapeNode<S> {
    const node = new ShapeNode<S>();
    node.branches[branch.text[0] ?? 0] = branch;
    return node;
  }
}

interface Branch<S> {
  text: Buffer;
  node: ShapeNode<S>;
}

function split<S>(branch: Branch<S>, at: number): void {
  branch.node = ShapeNode.before({ text: branch.text.subarray(at), node: branch.node });
  branch.text = branch.text.subarray(0, at);
}

/** From this length on, a call into native code is quicker than a loop. */
const LONG = 48;

function standsAt(record: Buffer, at: number, text: Buffer): boolean {
  const { length } = text;
  if (at + length > record.length) return false;
  if (length > LONG) return holdsAt(record, at, text);
  for (let i = 0; i < length; i++) if (record[at + i] !== text[i]) return false;
  return true;
}

function commonLength(a: Buffer, b: Buffer): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
