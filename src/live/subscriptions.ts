import { createHash } from 'node:crypto';
import type { Socket } from 'socket.io';
import type { LiveQuestion, Position } from '../feed/live-question.js';
import type { Subscribe } from './live.schema.js';
import type { SharedMessage } from './shared-message.js';
import type { Trouble } from './trouble.js';

/** A client that listens to a question, and up to where it was told. */
export interface Listener {
  client: Socket;
  position: Position;
  /** Had not read what it was told when there was more. */
  isLate: boolean;
  /** Wants to be told no more than how much waits. */
  isPaused: boolean;
  /** What it was told of that. */
  waiting: number;
  /** Why it cannot be told what is new, while others of the question may be. */
  untold: Trouble | undefined;
  /** What it was told of the question's trouble, or of its own. */
  trouble: Trouble | undefined;
}

/** What is listened to. */
export interface Subject {
  view: Subscribe['view'];
  /** The same for the same words. */
  key: string;
  question: LiveQuestion;
}

export interface Audience extends Subject {
  subscription: string;
  listeners: Map<Socket, Listener>;
  /** The last event, and from where to where it leads. */
  said: { key: string; event: SharedMessage } | undefined;
  /** Why this question has no answer while others have. */
  trouble: Trouble | undefined;
}

/** Who listens to what: a position for each listener, and nothing else. */
export class Subscriptions {
  readonly #audiences = new Map<string, Audience>();

  add(client: Socket, subject: Subject, position: Position): void {
    const { question } = subject;
    const subscription = subscriptionId(question);
    this.remove(client, subscription);
    let audience = this.#audiences.get(subscription);
    if (audience === undefined) {
      audience = { ...subject, subscription, listeners: new Map(), said: undefined, trouble: undefined };
      this.#audiences.set(subscription, audience);
    }
    question.enter();
    audience.listeners.set(client, {
      client,
      position,
      isLate: false,
      isPaused: false,
      waiting: 0,
      untold: undefined,
      trouble: undefined,
    });
  }

  remove(client: Socket, subscription: string): void {
    const audience = this.#audiences.get(subscription);
    if (audience?.listeners.delete(client) !== true) return;
    audience.question.leave();
    if (audience.listeners.size === 0) this.#audiences.delete(subscription);
  }

  drop(client: Socket): void {
    for (const subscription of [...this.#audiences.keys()]) this.remove(client, subscription);
  }

  find(client: Socket, subscription: string): Listener | undefined {
    return this.#audiences.get(subscription)?.listeners.get(client);
  }

  /** The question of these words that a client listens to. It may be one that is not kept any more for others. */
  heldBy(client: Socket, key: string): LiveQuestion | undefined {
    return this.audiences().find((audience) => audience.key === key && audience.listeners.has(client))
      ?.question;
  }

  countOf(client: Socket): number {
    let count = 0;
    for (const { listeners } of this.#audiences.values()) if (listeners.has(client)) count++;
    return count;
  }

  audiences(): Audience[] {
    return [...this.#audiences.values()];
  }
}

/** The same for all who ask the same, so that a message for them is encoded once. */
export function subscriptionId({ id }: LiveQuestion): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 12);
}
