import { ByteArena, viewOf } from './byte-arena.js';
import type { Slot } from './slot-reader.js';

/**
 * The texts between the slots of all known templates, as a radix tree: common beginnings are kept
 * once, so a record is compared with each of its characters once, however many templates there are.
 */
export class TemplateTree<T> {
  readonly root = new TemplateNode<T>();
  readonly #texts = new ByteArena();

  /** The branch of the node whose text stands at `at`. */
  follow(node: TemplateNode<T>, view: DataView, at: number, end: number): Branch<T> | undefined {
    const branch = node.branchOf(view.getUint8(at));
    if (branch === undefined) return undefined;
    return this.#texts.standsAt(branch.start, branch.length, view, at, end) ? branch : undefined;
  }

  /** The node behind the node and this text, made if need be. */
  grow(node: TemplateNode<T>, text: Uint8Array): TemplateNode<T> {
    if (text.length === 0) return node;
    const branch = node.branchOf(text[0] ?? 0);
    if (branch === undefined) {
      const fresh = new TemplateNode<T>();
      const start = this.#texts.add(viewOf(text), 0, text.length);
      node.branches.push({ first: text[0] ?? 0, start, length: text.length, node: fresh });
      return fresh;
    }
    const common = this.#commonLength(branch, text);
    if (common < branch.length) this.#split(branch, common);
    return this.grow(branch.node, text.subarray(common));
  }

  #commonLength({ start, length }: Branch<T>, text: Uint8Array): number {
    let common = 0;
    while (common < length && common < text.length && this.#texts.byteAt(start + common) === text[common]) {
      common++;
    }
    return common;
  }

  /** What is left of the branch behind this place becomes a branch of a new node. */
  #split(branch: Branch<T>, at: number): void {
    const start = branch.start + at;
    const node = new TemplateNode<T>();
    const first = this.#texts.byteAt(start);
    node.branches.push({ first, start, length: branch.length - at, node: branch.node });
    branch.length = at;
    branch.node = node;
  }
}

export class TemplateNode<T> {
  /** Few: their texts differ in the first byte. */
  readonly branches: Branch<T>[] = [];
  /** The slot that follows here, and what comes behind it. */
  slot: { readonly kind: Slot; readonly next: TemplateNode<T> } | undefined = undefined;
  /** What a record that ends here is like. */
  end: T | undefined = undefined;

  branchOf(first: number): Branch<T> | undefined {
    for (const branch of this.branches) if (branch.first === first) return branch;
    return undefined;
  }

  /** The node behind a slot; undefined where a slot of another kind follows already. */
  growSlot(kind: Slot): TemplateNode<T> | undefined {
    this.slot ??= { kind, next: new TemplateNode<T>() };
    return this.slot.kind === kind ? this.slot.next : undefined;
  }
}

interface Branch<T> {
  readonly first: number;
  readonly start: number;
  length: number;
  node: TemplateNode<T>;
}
