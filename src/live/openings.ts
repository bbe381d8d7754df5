import type { Beginning, LiveQuestion, Position } from '../feed/live-question.js';
import { withRawMembers } from '../http/raw-json.js';
import { SharedMessage } from './shared-message.js';
import { subscriptionId } from './subscriptions.js';

/** Milliseconds: when a server was started anew, all of its clients come back within seconds. */
const KEPT_FOR = 5_000;

interface Opened {
  position: Position;
  /** What stands behind the head of an acknowledgement. */
  message: SharedMessage;
}

interface Kept {
  /** From where to where it leads. */
  key: string;
  opened: Promise<Opened>;
}

/** What listeners begin with: megabytes, written once for all who come from the same place to the same place. */
export class Openings {
  readonly #last = new Map<LiveQuestion, Kept>();

  of(question: LiveQuestion, { resume, last }: Beginning): Promise<Opened> {
    const key = JSON.stringify([question.position, resume, last]);
    const known = this.#last.get(question);
    if (known?.key === key) return known.opened;
    const kept = { key, opened: open(question, { resume, last }) };
    this.#keep(question, kept);
    return kept.opened;
  }

  #keep(question: LiveQuestion, kept: Kept): void {
    this.#last.set(question, kept);
    const forget = () => {
      if (this.#last.get(question) === kept) this.#last.delete(question);
    };
    setTimeout(forget, KEPT_FOR).unref();
    kept.opened.catch(forget);
  }
}

async function open(question: LiveQuestion, beginning: Beginning): Promise<Opened> {
  const { position, json } = await question.open(beginning);
  const { epoch, seq } = position;
  const answer = withRawMembers({ subscription: subscriptionId(question), epoch, seq }, json);
  const message = new SharedMessage(`[${answer}]`);
  await message.compress();
  return { position, message };
}
