import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { errorBody, FlowatlasError } from '../domain/errors.js';
import { everyone } from '../domain/viewer.js';
import { Feed } from '../feed/feed.js';
import { readLiveFilter } from '../query/question.js';
import type { MapQuestion } from '../service-map/map-question.js';
import { MapQuestions } from '../service-map/map-questions.js';
import { Metrics } from '../telemetry/metrics.js';
import type { EdgesEvent, LiveError, Subscribed } from './live-events.js';
import { subscribeSchema, unsubscribeSchema } from './live.schema.js';
import { Subscriptions, type Listener } from './subscriptions.js';

/** Changes are gathered this long, in milliseconds: at most four messages a second and subscription. */
const TICK = 250;
/** Milliseconds that the map of everything may be behind what is stored, while nobody asks for it. */
const LONGEST_BEHIND = 5_000;
/** Subscriptions of one client: each can be a question of its own. */
const MOST_SUBSCRIPTIONS = 16;

/** Pushes maps: a snapshot, then what changes. See docs/live.md. */
@WebSocketGateway({ namespace: '/live', cors: false, maxHttpBufferSize: 64 << 10, perMessageDeflate: false })
export class LiveGateway
  implements OnApplicationBootstrap, OnModuleDestroy, OnGatewayConnection, OnGatewayDisconnect
{
  @WebSocketServer() private readonly namespace!: Namespace;
  readonly #log = new Logger('live');
  readonly #subscriptions = new Subscriptions();
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;
  #unfollow: () => void = () => undefined;
  #news = true;
  /** Since when the map of everything is. */
  #behindSince: number | undefined;
  /** Why the last tick failed: said once, as ticks are many. */
  #trouble = '';

  constructor(
    private readonly questions: MapQuestions,
    private readonly feed: Feed,
    private readonly metrics: Metrics,
  ) {}

  /** The map of everything is rebuilt from the store by the first tick, while the server is ready already. */
  onApplicationBootstrap(): void {
    this.#unfollow = this.feed.follow(() => {
      this.#news = true;
    });
    this.#timer = setInterval(() => {
      this.#ticking ??= this.#tick().finally(() => {
        this.#ticking = undefined;
      });
    }, TICK);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    this.#unfollow();
    await this.#ticking;
  }

  handleConnection(): void {
    this.metrics.liveClients++;
  }

  handleDisconnect(client: Socket): void {
    this.metrics.liveClients--;
    this.#subscriptions.drop(client);
  }

  @SubscribeMessage('subscribe')
  async subscribe(
    @ConnectedSocket() client: Socket,
    @MessageBody() body: unknown,
  ): Promise<Subscribed | LiveError> {
    try {
      return await this.#subscribe(client, body);
    } catch (error) {
      return this.#explain(error);
    }
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(
    @ConnectedSocket() client: Socket,
    @MessageBody() body: unknown,
  ): Record<string, never> | LiveError {
    const parsed = unsubscribeSchema.safeParse(body);
    if (!parsed.success) {
      return this.#explain(
        new FlowatlasError('invalid_parameter', 'subscription: the id that subscribe gave'),
      );
    }
    this.#subscriptions.remove(client, parsed.data.subscription);
    return {};
  }

  async #subscribe(client: Socket, body: unknown): Promise<Subscribed> {
    const parsed = subscribeSchema.safeParse(body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const field = String(issue?.path[0] ?? 'request');
      throw new FlowatlasError('invalid_parameter', `${field}: ${issue?.message ?? 'is not valid'}`, field);
    }
    const { level, filter: asked, resume } = parsed.data;
    const { filter, words } = readLiveFilter(asked);
    const question = this.questions.ask(everyone, level, filter, words);
    await question.refresh();
    // Behind the last wait, so that requests sent together are counted together.
    if (!client.connected) throw new FlowatlasError('unavailable', 'the client has gone');
    if (this.#subscriptions.countOf(client) >= MOST_SUBSCRIPTIONS) {
      throw new FlowatlasError(
        'invalid_parameter',
        `at most ${MOST_SUBSCRIPTIONS} subscriptions a connection`,
      );
    }
    const { epoch, seq } = question;
    const subscription = this.#subscriptions.add(client, question);
    if (resume?.epoch === epoch && resume.seq <= seq) {
      return { subscription, epoch, seq, changes: question.changesSince(resume.seq) };
    }
    return {
      subscription,
      epoch,
      seq,
      snapshot: { nodes: question.map.nodes(), edges: question.map.edges() },
    };
  }

  async #tick(): Promise<void> {
    const news = this.#news;
    this.#news = false;
    try {
      await this.#keepNear(news);
      const questions = [...this.#subscriptions.byQuestion()];
      let isCalm = true;
      if (news) for (const { question } of questions) isCalm = (await this.#refresh(question)) && isCalm;
      const drained = new Set([...this.namespace.sockets.values()].filter(isDrained));
      for (const { question, listeners, subscription } of questions) {
        this.#push(
          subscription,
          listeners.filter(({ client }) => drained.has(client)),
          question,
        );
      }
      if (isCalm) this.#trouble = '';
    } catch (error) {
      this.#news = true;
      this.#complain(error);
    }
  }

  /**
   * Whoever opens a dashboard first finds the map of everything made. While flows come thick and nobody looks,
   * it waits for a pause: to follow it flow by flow takes half as long as to store them.
   */
  async #keepNear(news: boolean): Promise<void> {
    if (news && this.#behindSince === undefined) this.#behindSince = performance.now();
    if (this.#behindSince === undefined) return;
    if (news && performance.now() - this.#behindSince < LONGEST_BEHIND) return;
    this.#behindSince = undefined;
    await this.questions.whole(everyone, 'workload').refresh();
  }

  /** One whose filter costs too much must not keep the others from their answers. */
  async #refresh(question: MapQuestion): Promise<boolean> {
    try {
      await question.refresh();
      return true;
    } catch (error) {
      if (!(error instanceof FlowatlasError) || error.code !== 'invalid_filter') throw error;
      this.#complain(error);
      return false;
    }
  }

  /**
   * Those who stand at the same flow get the same message, encoded once. A client whose earlier
   * messages still wait in its connection gets nothing now and one larger message later, so nobody
   * makes the server's memory grow, and nobody misses anything. Who is told is settled before the
   * first message of a tick, which would else keep a client from those of its other subscriptions.
   */
  #push(subscription: string, listeners: readonly Listener[], question: MapQuestion): void {
    const { seq, epoch } = question;
    const behind = listeners.filter((held) => held.seq < seq || held.epoch !== epoch);
    for (const group of byPosition(behind)) {
      const [{ seq: prev, epoch: before }] = group;
      for (const listener of group) Object.assign(listener, { seq, epoch });
      const event: EdgesEvent = {
        subscription,
        seq,
        prev,
        at: new Date().toISOString(),
        ...question.changesSince(prev, before),
      };
      this.namespace.to(group.map(({ client }) => client.id)).emit('edges', event);
    }
  }

  #complain(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.#trouble) return;
    this.#trouble = reason;
    const isExplained = error instanceof FlowatlasError;
    this.#log.error(`cannot push changes: ${reason}`, isExplained ? undefined : (error as Error).stack);
  }

  #explain(error: unknown): LiveError {
    if (error instanceof FlowatlasError) return errorBody(error);
    this.#log.error('a subscription failed', error instanceof Error ? error.stack : error);
    return errorBody(new FlowatlasError('internal', 'an error of ours: the server log tells more'));
  }
}

type Group = [Listener, ...Listener[]];

function byPosition(listeners: readonly Listener[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const listener of listeners) {
    const position = `${listener.epoch} ${listener.seq}`;
    const group = groups.get(position);
    if (group === undefined) groups.set(position, [listener]);
    else group.push(listener);
  }
  return groups.values();
}

/** Everything sent so far has left the process. Engine.IO keeps the rest in a list that its types hide. */
function isDrained(client: Socket): boolean {
  const conn = client.conn as unknown as { transport: { writable: boolean }; writeBuffer: unknown[] };
  return conn.transport.writable && conn.writeBuffer.length === 0;
}
