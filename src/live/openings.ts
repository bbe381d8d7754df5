import type { Beginning, LiveQuestion, Position } from '../feed/live-question.js';
import { withRawMembers } from '../http/raw-json.js';
import { SharedMessage } from './shared-message.js';
import { subscriptionId } from './subscriptions.js';

/** Milliseconds: when a server was started anew, all of its clients come back within seconds. */
const KEPT_FOR = 5_000;

interface Opened {
  /** From where to where it leads. */
  key: string;
  position: Position;
  /** What stands behind the head of an acknowledgement. */
  message: SharedMessage;
}

/** What listeners begin with: megabytes, written once for all who come from the same place to the same place. */
export class Openings {
  readonly #last = new Map<LiveQuestion, Opened>();

  async of(question: LiveQuestion, { resume, last }: Beginning): Promise<Opened> {
    const key = JSON.stringify([question.position, resume, last]);
    const known = this.#last.get(question);
    if (known?.key === key) return known;
    const { position, json } = await question.open({ resume, last });
    const { epoch, seq } = position;
    const answer = withRawMembers({ subscription: subscriptionId(question), epoch, seq }, json);
    const opened = { key, position, message: new SharedMessage(`[${answer}]`) };
    this.#keep(question, opened);
    return opened;
  }

  #keep(question: LiveQuestion, opened: Opened): void {
    this.#last.set(question, opened);
    const forget = () => {
      if (this.#last.get(question) === opened) this.#last.delete(question);
    };
    setTimeout(forget, KEPT_FOR).unref();
  }
}
