import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';

/**
 * WebSockets that may be sent compressed messages (RFC 7692), each complete in itself, so that one can be sent to many:
 * `SharedMessage` makes them. What is for one client alone is never compressed. Engine.IO must not know of it, as it
 * would compress for each client.
 */
export class WebSockets extends WebSocketServer {
  constructor(options: ServerOptions) {
    const perMessageDeflate = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      threshold: Infinity,
    };
    super({ ...options, perMessageDeflate });
  }

  override handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (client: WebSocket, request: IncomingMessage) => void,
  ): void {
    // A client that wants a smaller window could not read what all others are sent.
    const { headers } = request;
    if (headers['sec-websocket-extensions']?.includes('server_max_window_bits') === true)
      delete headers['sec-websocket-extensions'];
    super.handleUpgrade(request, socket, head, done);
  }
}
