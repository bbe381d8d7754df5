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
import { Feed } from '../feed/feed.js';
import { Courtesy } from '../http/courtesy.js';
import { Metrics } from '../telemetry/metrics.js';
import { Turns } from './connection.js';
import { jsonParser, SelfSent } from './json-encoder.js';
import { KeptNear } from './kept-near.js';
import type { LiveError } from './live-events.js';
import { LiveQuestions } from './live-questions.js';
import { subscribeSchema, subscriptionSchema, type Subscribe } from './live.schema.js';
import { Openings } from './openings.js';
import { Pusher } from './pusher.js';
import { Subscriptions, type Listener, type Subject } from './subscriptions.js';
import { troubleOf } from './trouble.js';
import { WebSockets } from './web-sockets.js';

/** Changes are gathered this long, in milliseconds: at most four messages a second and subscription. */
const TICK = 250;
/** Milliseconds in which a client answers whether it is there. One that has megabytes to read first is there, but late. */
const PATIENCE = 60_000;
/** Subscriptions of one client: each can be a question of its own. */
const MOST_SUBSCRIPTIONS = 16;

type Done = Record<string, never>;

/** The doors of `/live`: what clients ask for, and a tick in which they are told. See docs/live.md. */
@WebSocketGateway({
  namespace: '/live',
  cors: false,
  maxHttpBufferSize: 64 << 10,
  perMessageDeflate: false,
  pingTimeout: PATIENCE,
  // A class to Engine.IO; the type is of long ago.
  wsEngine: WebSockets as never,
  parser: jsonParser,
})
export class LiveGateway
  implements OnApplicationBootstrap, OnModuleDestroy, OnGatewayConnection, OnGatewayDisconnect
{
  @WebSocketServer() private readonly namespace!: Namespace;
  readonly #log = new Logger('live');
  readonly #subscriptions = new Subscriptions();
  readonly #openings = new Openings();
  readonly #turns = new Turns();
  readonly #kept: KeptNear;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;
  #unfollow: () => void = () => undefined;

  constructor(
    private readonly questions: LiveQuestions,
    private readonly feed: Feed,
    private readonly metrics: Metrics,
    courtesy: Courtesy,
  ) {
    this.#kept = new KeptNear(() => questions.usual, courtesy.turn);
  }

  /** The map of everything is rebuilt from the store by the first tick, while the server is ready already. */
  onApplicationBootstrap(): void {
    const { namespace, feed } = this;
    const complain = (error: unknown) => {
      this.#complain('cannot push changes', error);
    };
    const pusher = new Pusher(namespace, this.#kept, this.#subscriptions, feed, complain);
    this.#unfollow = feed.follow(() => {
      pusher.ring();
    });
    this.#timer = setInterval(() => {
      this.#ticking ??= pusher
        .tick()
        .catch(complain)
        .finally(() => {
          this.#ticking = undefined;
        });
    }, TICK);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#timer);
    this.#unfollow();
    await this.#ticking;
    await this.#kept.idle();
  }

  handleConnection(): void {
    this.metrics.liveClients++;
  }

  handleDisconnect(client: Socket): void {
    this.metrics.liveClients--;
    this.#subscriptions.drop(client);
  }

  @SubscribeMessage('subscribe')
  subscribe(@ConnectedSocket() client: Socket, @MessageBody() body: unknown): Promise<SelfSent | LiveError> {
    return this.#answer(client, () => this.#subscribe(client, body));
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() client: Socket, @MessageBody() body: unknown): Promise<Done | LiveError> {
    return this.#answer(client, () => {
      this.#subscriptions.remove(client, readSubscription(body));
      return {};
    });
  }

  @SubscribeMessage('pause')
  pause(@ConnectedSocket() client: Socket, @MessageBody() body: unknown): Promise<Done | LiveError> {
    return this.#answer(client, () => {
      this.#listener(client, readSubscription(body)).isPaused = true;
      return {};
    });
  }

  /** The next tick tells what waited. */
  @SubscribeMessage('resume')
  resume(@ConnectedSocket() client: Socket, @MessageBody() body: unknown): Promise<Done | LiveError> {
    return this.#answer(client, () => {
      Object.assign(this.#listener(client, readSubscription(body)), { isPaused: false, waiting: 0 });
      return {};
    });
  }

  /** What is wrong is told in the acknowledgement. */
  async #answer<T>(client: Socket, work: () => T | Promise<T>): Promise<T | LiveError> {
    try {
      return await this.#turns.take(client, work);
    } catch (error) {
      if (!(error instanceof FlowatlasError)) this.#complain('a request failed', error);
      return errorBody(troubleOf(error));
    }
  }

  #listener(client: Socket, subscription: string): Listener {
    const listener = this.#subscriptions.find(client, subscription);
    if (listener !== undefined) return listener;
    throw new FlowatlasError('not_found', 'subscription: this connection has no such one', 'subscription');
  }

  async #subscribe(client: Socket, body: unknown): Promise<SelfSent> {
    const asked = read(subscribeSchema.safeParse(body), 'request');
    const subject = this.#questionOf(client, asked);
    const { question } = subject;
    question.enter();
    try {
      await question.refresh();
      const { position, message } = await this.#openings.of(question, asked);
      if (!client.connected) throw new FlowatlasError('unavailable', 'the client has gone');
      this.#subscriptions.add(client, subject, position);
      return new SelfSent((head) => {
        message.answer(client, head);
      });
    } finally {
      question.leave();
    }
  }

  /**
   * What a client holds already, to begin it anew, or one more. Its requests come one after another, so that it holds
   * no more by the time that this one is answered.
   */
  #questionOf(client: Socket, asked: Subscribe): Subject {
    const { view } = asked;
    const { key, ask } = this.questions.read(asked);
    const held = this.#subscriptions.heldBy(client, key);
    if (held === undefined) this.#refuseTooMany(client);
    return { view, key, question: held ?? ask() };
  }

  #refuseTooMany(client: Socket): void {
    if (this.#subscriptions.countOf(client) < MOST_SUBSCRIPTIONS) return;
    throw new FlowatlasError('invalid_parameter', `at most ${MOST_SUBSCRIPTIONS} subscriptions a connection`);
  }

  #complain(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const isExplained = error instanceof FlowatlasError || !(error instanceof Error);
    this.#log.error(`${what}: ${reason}`, isExplained ? undefined : error.stack);
  }
}

function readSubscription(body: unknown): string {
  return read(subscriptionSchema.safeParse(body), 'subscription').subscription;
}

type Parsed<T> =
  | { success: true; data: T }
  | { success: false; error: { issues: readonly { message: string; path: readonly PropertyKey[] }[] } };

function read<T>(parsed: Parsed<T>, whole: string): T {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? whole);
  throw new FlowatlasError('invalid_parameter', `${field}: ${issue?.message ?? 'is not valid'}`, field);
}
