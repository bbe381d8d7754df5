import type { KeepLimits } from '../flow-writer.js';
import type { Keeper, KeeperNews } from './keeper.js';
import type { FromKeeper, Question, ToKeeper } from './keeper-protocol.js';

/** The side of the keeper's thread: does what is asked in the order in which it comes. */
export class KeeperServer {
  #limits: KeepLimits = {};
  #limitsText = '';

  constructor(
    private readonly keeper: Keeper,
    private readonly send: (message: FromKeeper) => void,
  ) {}

  receive(message: ToKeeper): void {
    if (message.kind === 'texts') this.keeper.addTexts(message.chunk);
    else if (message.kind === 'resume') this.keeper.resume();
    else if (message.kind === 'tend') this.keeper.tend();
    else void this.#answer(message.request, this.#ask(message.question));
  }

  #ask(question: Question): Promise<unknown> {
    switch (question.kind) {
      case 'store':
        return this.keeper.store(question.sealed);
      case 'acknowledge':
        return this.keeper.acknowledge(question.edge, question.acknowledgement);
      case 'digest':
        return this.keeper.noteDigest(question.posted);
      case 'trim':
        return this.keeper.trim(this.#sameLimits(question.limits));
      case 'merge':
        return this.keeper.merge(question.limits);
      case 'close':
        return this.keeper.close();
    }
  }

  /** The same object for the same limits, by which the keeper knows how far it has come with them. */
  #sameLimits(limits: KeepLimits): KeepLimits {
    const text = JSON.stringify(limits);
    if (text !== this.#limitsText) this.#limits = limits;
    this.#limitsText = text;
    return this.#limits;
  }

  async #answer(request: number, asked: Promise<unknown>): Promise<void> {
    try {
      this.send({ kind: 'done', request, answer: await asked });
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      this.send({ kind: 'failed', request, message, code });
    }
  }
}

/** What the keeper tells unasked, on its way to the other thread. */
export function newsTo(send: (message: FromKeeper) => void): KeeperNews {
  return {
    merged: (firstSeq, flows, slices) => {
      send({ kind: 'merged', firstSeq, flows, slices });
    },
    removed: (firstSeq, flows) => {
      send({ kind: 'removed', firstSeq, flows });
    },
    delay: (message) => {
      send({ kind: 'delay', message });
    },
  };
}
