import { io } from 'socket.io-client';
import { LiveMap, type HeldMap, type LiveSocket } from '../../../src/live/live-client.js';
import type { Level } from '../../../src/service-map/service-map.schema.js';
import { ApiError } from './http.js';

export type Connection = 'connected' | 'reconnecting' | 'offline';

export interface LiveQuestion {
  level: Level;
  expand?: string;
  collapse?: string;
  filter: Record<string, string[]>;
}

export interface LiveListener {
  /** `at` tells when the server sent a change; null for the first picture. */
  onMap: (map: HeldMap, seq: number, question: LiveQuestion, at: string | null) => void;
  onConnection: (connection: Connection) => void;
  onError: (error: ApiError | null) => void;
}

const OFFLINE_AFTER_MS = 8_000;
const RETRY_MS = 2_000;

/** The connection to the server, and the one map that is asked for over it. */
export class LiveConnection {
  readonly #socket: LiveSocket;
  #map: LiveMap | null = null;
  #offlineTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly listener: LiveListener) {
    const path = new URL('socket.io', document.baseURI).pathname;
    this.#socket = io(`${location.origin}/live`, { path, reconnectionDelayMax: 5_000 });
    this.#socket.on('connect', () => {
      clearTimeout(this.#offlineTimer);
      listener.onConnection('connected');
    });
    this.#socket.on('disconnect', (reason) => {
      listener.onConnection('reconnecting');
      this.#startOfflineTimer();
      // The client library reconnects by itself in every other case.
      if (reason === 'io server disconnect') setTimeout(() => this.#socket.connect(), RETRY_MS);
    });
    this.#startOfflineTimer();
  }

  ask(question: LiveQuestion): void {
    this.#map?.close();
    const { onMap, onError } = this.listener;
    const map = new LiveMap(this.#socket, question, {
      onChange: (at) => {
        if (map.seq !== undefined) onMap({ nodes: map.nodes, edges: map.edges }, map.seq, question, at);
        onError(map.trouble ? new ApiError(map.trouble.code ?? '', map.trouble.message, 0) : null);
      },
      onError: (error) => {
        onError(error && new ApiError(error.code, error.message, 400, error.field, error.position));
      },
    });
    this.#map = map;
  }

  close(): void {
    clearTimeout(this.#offlineTimer);
    this.#map?.close();
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  #startOfflineTimer(): void {
    clearTimeout(this.#offlineTimer);
    this.#offlineTimer = setTimeout(() => {
      this.listener.onConnection('offline');
    }, OFFLINE_AFTER_MS);
  }
}
