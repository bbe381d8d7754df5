import { createHash } from 'node:crypto';
import type { Socket } from 'socket.io';
import type { MapQuestion } from '../service-map/map-question.js';

/** A client that listens to a question, and the position up to which it was told. */
export interface Listener {
  client: Socket;
  seq: number;
  epoch: string;
}

interface Audience {
  question: MapQuestion;
  listeners: Map<Socket, Listener>;
}

/** Who listens to what: a position for each listener, and nothing else. */
export class Subscriptions {
  readonly #audiences = new Map<string, Audience>();

  /** The id is the same for all who ask the same, so that a message for them is encoded once. */
  add(client: Socket, question: MapQuestion): string {
    const { seq, epoch } = question;
    const subscription = subscriptionId(question);
    let audience = this.#audiences.get(subscription);
    if (audience === undefined) {
      this.#audiences.set(subscription, (audience = { question, listeners: new Map() }));
    }
    audience.listeners.set(client, { client, seq, epoch });
    return subscription;
  }

  remove(client: Socket, subscription: string): void {
    const audience = this.#audiences.get(subscription);
    audience?.listeners.delete(client);
    if (audience?.listeners.size === 0) this.#audiences.delete(subscription);
  }

  drop(client: Socket): void {
    for (const subscription of [...this.#audiences.keys()]) this.remove(client, subscription);
  }

  countOf(client: Socket): number {
    let count = 0;
    for (const { listeners } of this.#audiences.values()) if (listeners.has(client)) count++;
    return count;
  }

  *byQuestion(): Generator<{ subscription: string; question: MapQuestion; listeners: Listener[] }> {
    for (const [subscription, { question, listeners }] of this.#audiences) {
      yield { subscription, question, listeners: [...listeners.values()] };
    }
  }
}

function subscriptionId({ id }: MapQuestion): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 12);
}
