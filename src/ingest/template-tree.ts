import { ByteText } from './byte-text.js';
import type { Slot } from './slot-reader.js';

/**
 * The texts between the slots of all known templates, as a radix tree: common beginnings are kept
 * once, so a record is compared with each of its characters once, however many templates there are.
 */
export class TemplateNode<T> {
  /** By the first byte of their texts. */
  readonly #branches: (Branch<T> | undefined)[] = [];
  /** The slot that follows here, and what comes behind it. */
  slot: { kind: Slot; next: TemplateNode<T> } | undefined;
  /** What a record that ends here is like. */
  end: T | undefined;

  /** The branch whose text stands at `at`. */
  follow(view: DataView, at: number, end: number): Branch<T> | undefined {
    const branch = this.#branches[view.getUint8(at)];
    return branch?.text.standsAt(view, at, end) === true ? branch : undefined;
  }

  /** The node behind this text, made if need be. */
  grow(text: ByteText): TemplateNode<T> {
    if (text.length === 0) return this;
    const first = text.bytes[0] ?? 0;
    const branch = this.#branches[first];
    if (branch === undefined) {
      const node = new TemplateNode<T>();
      this.#branches[first] = { text, node };
      return node;
    }
    const common = branch.text.commonLength(text);
    if (common < branch.text.length) split(branch, common);
    return branch.node.grow(new ByteText(text.bytes.subarray(common)));
  }

  /** The node behind a slot; undefined where a slot of another kind follows already. */
  growSlot(kind: Slot): TemplateNode<T> | undefined {
    this.slot ??= { kind, next: new TemplateNode<T>() };
    return this.slot.kind === kind ? this.slot.next : undefined;
  }

  /** A node with one branch: what is left of a branch behind the place where it was split. */
  static before<T>(branch: Branch<T>): TemplateNode<T> {
    const node = new TemplateNode<T>();
    node.#branches[branch.text.bytes[0] ?? 0] = branch;
    return node;
  }
}

interface Branch<T> {
  text: ByteText;
  node: TemplateNode<T>;
}

function split<T>(branch: Branch<T>, at: number): void {
  const { bytes } = branch.text;
  branch.node = TemplateNode.before({ text: new ByteText(bytes.subarray(at)), node: branch.node });
  branch.text = new ByteText(bytes.subarray(0, at));
}
