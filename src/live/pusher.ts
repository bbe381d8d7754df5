import type { Namespace, Socket } from 'socket.io';
import { asError, FlowatlasError, type ErrorCode } from '../domain/errors.js';
import type { Feed } from '../feed/feed.js';
import type { Position } from '../feed/live-question.js';
import { withRawMembers } from '../http/raw-json.js';
import { isDrained } from './connection.js';
import { Json } from './json-encoder.js';
import type { TroubleEvent, WaitingEvent } from './live-events.js';
import type { KeptNear } from './kept-near.js';
import { SharedMessage } from './shared-message.js';
import type { Audience, Listener, Subscriptions } from './subscriptions.js';
import { sameTrouble, troubleOf, type Trouble } from './trouble.js';

/**
 * Those whose earlier messages still waited when there was something to tell are told in every so manieth tick: they
 * are ready one by one, and a message for each of them would have to be encoded.
 */
const LATE_EVERY = 4;
/** What is wrong with one question alone. */
const OF_ONE: ReadonlySet<ErrorCode> = new Set(['invalid_filter', 'unavailable']);

/**
 * Tells listeners what is new. A client whose earlier messages still wait in its connection gets nothing now and one
 * larger message later, so nobody makes the server's memory grow, and nobody misses anything.
 */
export class Pusher {
  #news = true;
  #ticks = 0;
  /** Why nothing can be answered, and who was told so. */
  #trouble: Trouble | undefined;
  readonly #told = new WeakMap<Socket, Trouble>();

  constructor(
    private readonly namespace: Namespace,
    private readonly kept: KeptNear,
    private readonly subscriptions: Subscriptions,
    private readonly feed: Feed,
    /** Called once for each trouble, not at every tick. */
    private readonly complain: (error: unknown) => void,
  ) {}

  /** There is more on disk. */
  ring(): void {
    this.#news = true;
  }

  async tick(): Promise<void> {
    const failure = await this.#refresh();
    // What is kept for nobody is tried again without news.
    if (failure !== undefined && failure !== this.kept.trouble) this.#news = true;
    const trouble = sameTrouble(this.#trouble, failure && troubleOf(failure));
    if (failure !== undefined && trouble !== this.#trouble) this.complain(failure);
    this.#trouble = trouble;
    await this.#tell();
  }

  /** What kept answers from being made. */
  async #refresh(): Promise<Error | undefined> {
    const news = this.#news;
    this.#news = false;
    try {
      this.kept.tick(news);
      if (news) for (const audience of this.subscriptions.audiences()) await this.#refreshOne(audience);
      return this.feed.trouble ?? this.kept.trouble;
    } catch (error) {
      return asError(error);
    }
  }

  /** One whose filter costs too much, or that there is no memory for, must not keep the others from their answers. */
  async #refreshOne(audience: Audience): Promise<void> {
    try {
      await audience.question.refresh();
      audience.trouble = undefined;
    } catch (error) {
      if (!(error instanceof FlowatlasError) || !OF_ONE.has(error.code)) throw error;
      const trouble = sameTrouble(audience.trouble, error);
      if (trouble !== audience.trouble) this.complain(error);
      audience.trouble = trouble;
    }
  }

  /** Who is told is settled before the first message, which would else keep a client from its others. */
  async #tell(): Promise<void> {
    const ready = new Set([...this.namespace.sockets.values()].filter(isDrained));
    const isForLate = this.#ticks++ % LATE_EVERY === 0;
    for (const client of ready) this.#tellTrouble(client);
    for (const audience of this.subscriptions.audiences()) {
      const listeners = [...audience.listeners.values()].filter(({ client }) => ready.has(client));
      for (const listener of listeners) tellOwnTrouble(audience, listener);
      const behind = [...audience.listeners.values()].filter((listener) => isBehind(audience, listener));
      for (const listener of behind) listener.isLate ||= !ready.has(listener.client);
      const told = behind.filter(({ client, isLate }) => ready.has(client) && (isForLate || !isLate));
      for (const group of byPosition(told)) await this.#pushOrTell(audience, group);
    }
  }

  /** What cannot be told to some must not keep the others from theirs. */
  async #pushOrTell(audience: Audience, group: Group): Promise<void> {
    try {
      await this.#push(audience, group);
    } catch (error) {
      const trouble = troubleOf(error);
      if (group.some(({ untold }) => untold?.code !== trouble.code)) this.complain(error);
      for (const listener of group) listener.untold = sameTrouble(listener.untold, trouble);
    }
  }

  #tellTrouble(client: Socket): void {
    const trouble = this.#trouble;
    if (trouble === this.#told.get(client)) return;
    if (trouble === undefined) this.#told.delete(client);
    else this.#told.set(client, trouble);
    client.emit('trouble', told(trouble));
  }

  /** Those who stand at the same flow get the same message, encoded once. */
  async #push(audience: Audience, group: Group): Promise<void> {
    const { subscription, question } = audience;
    const [{ position: before }] = group;
    const paused = group.filter(({ isPaused }) => isPaused);
    if (paused.length > 0) this.#count(subscription, question.waitingSince(before), paused);
    const listening = group.filter(({ isPaused }) => !isPaused);
    if (listening.length === 0) return;
    const { position } = question;
    const event = this.#eventOf(audience, before, position);
    await event.compress();
    // Meanwhile some may have gone, paused, or begun anew from where this event does not lead on.
    const still = listening.filter(
      (listener) => audience.listeners.get(listener.client) === listener && !listener.isPaused,
    );
    for (const listener of still) Object.assign(listener, { position, isLate: false, untold: undefined });
    sayTo(still, event);
  }

  #count(subscription: string, count: number, paused: readonly Listener[]): void {
    const untold = paused.filter(({ waiting }) => waiting !== count);
    if (untold.length === 0) return;
    for (const listener of untold) listener.waiting = count;
    const message = { subscription, count } satisfies WaitingEvent;
    sayTo(untold, SharedMessage.event(this.namespace.name, 'waiting', message));
  }

  /** The last one is kept for those at the same place who are ready later. */
  #eventOf(audience: Audience, before: Position, position: Position): SharedMessage {
    const { subscription, view, question } = audience;
    const key = `${keyOf(before)} ${keyOf(position)}`;
    if (audience.said?.key !== key) {
      const step = { subscription, seq: position.seq, prev: before.seq, at: new Date().toISOString() };
      const json = new Json(withRawMembers(step, question.newsSince(before)));
      audience.said = { key, event: SharedMessage.event(this.namespace.name, view, json) };
    }
    return audience.said.event;
  }
}

function sayTo(listeners: readonly Listener[], message: SharedMessage): void {
  for (const { client } of listeners) message.sendTo(client);
}

/** What is wrong with the question, or with telling it to this one. */
function tellOwnTrouble({ trouble: ofAll, subscription }: Audience, listener: Listener): void {
  const trouble = ofAll ?? listener.untold;
  if (trouble === listener.trouble) return;
  listener.trouble = trouble;
  listener.client.emit('trouble', { ...told(trouble), subscription } satisfies TroubleEvent);
}

function told(trouble: Trouble | undefined): TroubleEvent {
  return trouble === undefined
    ? { code: null, message: 'answers come again' }
    : { code: trouble.code, message: trouble.message };
}

type Group = [Listener, ...Listener[]];

function isBehind({ question }: Audience, { position }: Listener): boolean {
  return position.seq < question.seq || position.epoch !== question.epoch;
}

function byPosition(listeners: readonly Listener[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const listener of listeners) {
    const key = keyOf(listener.position);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [listener]);
    else group.push(listener);
  }
  return groups.values();
}

function keyOf({ epoch, seq }: Position): string {
  return `${epoch} ${seq}`;
}
