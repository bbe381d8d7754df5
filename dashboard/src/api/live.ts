import { io, type Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  EdgesEvent,
  LiveError,
  LivePosition,
  ServerToClientEvents,
  EdgesSubscribed,
  SubscribeRequest,
} from '../../../src/live/live-events.js';
import type { Level } from '../../../src/service-map/service-map.schema.js';
import { applyChange, fromSnapshot, type HeldMap } from './held-map.js';
import { ApiError, toApiError } from './http.js';

export type Connection = 'connected' | 'reconnecting' | 'offline';

export interface LiveQuestion {
  level: Level;
  filter: Record<string, string[]>;
}

export interface LiveListener {
  /** `at` tells when the server sent a change; null for the first picture. */
  onMap: (map: HeldMap, seq: number, question: LiveQuestion, at: string | null) => void;
  onConnection: (connection: Connection) => void;
  onError: (error: ApiError | null) => void;
}

const ACK_TIMEOUT_MS = 20_000;
const OFFLINE_AFTER_MS = 8_000;
const RETRY_MS = 2_000;

/** One live subscription to the map: applies changes in order and closes every gap by resuming. */
export class LiveMap {
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly #listener: LiveListener;
  #question: LiveQuestion | null = null;
  #subscription: string | null = null;
  #position: LivePosition | null = null;
  #map: HeldMap | null = null;
  #round = 0;
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: LiveListener) {
    this.#listener = listener;
    const path = new URL('socket.io', document.baseURI).pathname;
    this.#socket = io(`${location.origin}/live`, { path, reconnectionDelayMax: 5_000 });
    this.#socket.on('connect', () => {
      this.#connected();
    });
    this.#socket.on('disconnect', (reason) => {
      this.#disconnected(reason);
    });
    this.#socket.on('edges', (event) => {
      this.#apply(event);
    });
    this.#startOfflineTimer();
  }

  ask(question: LiveQuestion): void {
    this.#leave();
    this.#question = question;
    this.#position = null;
    this.#map = null;
    if (this.#socket.connected) this.#subscribe();
  }

  close(): void {
    clearTimeout(this.#offlineTimer);
    clearTimeout(this.#retryTimer);
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  #connected(): void {
    clearTimeout(this.#offlineTimer);
    this.#listener.onConnection('connected');
    this.#subscription = null;
    this.#subscribe();
  }

  #disconnected(reason: string): void {
    this.#subscription = null;
    this.#round += 1;
    this.#listener.onConnection('reconnecting');
    this.#startOfflineTimer();
    // The client library reconnects by itself in every other case.
    if (reason === 'io server disconnect') setTimeout(() => this.#socket.connect(), RETRY_MS);
  }

  #startOfflineTimer(): void {
    clearTimeout(this.#offlineTimer);
    this.#offlineTimer = setTimeout(() => {
      this.#listener.onConnection('offline');
    }, OFFLINE_AFTER_MS);
  }

  #leave(): void {
    this.#round += 1;
    clearTimeout(this.#retryTimer);
    if (this.#subscription && this.#socket.connected) {
      this.#socket.emit('unsubscribe', { subscription: this.#subscription });
    }
    this.#subscription = null;
  }

  #subscribe(): void {
    const question = this.#question;
    if (!question) return;
    this.#round += 1;
    const round = this.#round;
    const request: SubscribeRequest = { view: 'edges', level: question.level, filter: question.filter };
    if (this.#position && this.#map) request.resume = this.#position;
    this.#socket
      .timeout(ACK_TIMEOUT_MS)
      .emitWithAck('subscribe', request)
      .then((answer: EdgesSubscribed | LiveError) => {
        if (round !== this.#round) this.#abandon(answer);
        else if ('error' in answer) this.#refused(answer);
        else this.#accepted(answer, question);
      })
      .catch(() => {
        if (round === this.#round) this.#retryLater();
      });
  }

  /** The user asked something else meanwhile: the server should stop sending this. */
  #abandon(answer: EdgesSubscribed | LiveError): void {
    if ('subscription' in answer && this.#socket.connected) {
      this.#socket.emit('unsubscribe', { subscription: answer.subscription });
    }
  }

  #refused(answer: LiveError): void {
    const resumed = this.#position !== null;
    this.#position = null;
    this.#listener.onError(toApiError(answer, 400));
    if (resumed) this.#retryLater();
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      if (this.#socket.connected && !this.#subscription) this.#subscribe();
    }, RETRY_MS);
  }

  #accepted(answer: EdgesSubscribed, question: LiveQuestion): void {
    if (answer.snapshot) this.#map = fromSnapshot(answer.snapshot);
    else if (answer.changes && this.#map) this.#map = applyChange(this.#map, answer.changes);
    if (!this.#map) {
      this.#listener.onError(new ApiError('unexpected', 'The server sent no map to start from.', 0));
      return;
    }
    this.#subscription = answer.subscription;
    this.#position = { epoch: answer.epoch, seq: answer.seq };
    this.#listener.onError(null);
    this.#listener.onMap(this.#map, answer.seq, question, null);
  }

  #apply(event: EdgesEvent): void {
    if (event.subscription !== this.#subscription || !this.#map || !this.#position || !this.#question) return;
    if (event.prev !== this.#position.seq) {
      this.#leave();
      this.#subscribe();
      return;
    }
    this.#map = applyChange(this.#map, event);
    this.#position = { ...this.#position, seq: event.seq };
    this.#listener.onMap(this.#map, event.seq, this.#question, event.at);
  }
}
