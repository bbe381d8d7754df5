import { LiveQuestion } from '../../src/feed/live-question.js';

/** A question that nobody listens to: what is read of it is for others to say. */
export abstract class UnheardQuestion extends LiveQuestion {
  get parts(): number {
    return 0;
  }

  open(): never {
    throw new Error('nobody listens');
  }

  newsSince(): string {
    return '{}';
  }

  waitingSince(): number {
    return 0;
  }

  protected rest(): void {
    throw new Error('nobody listened');
  }
}
