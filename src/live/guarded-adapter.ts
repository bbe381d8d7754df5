import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import type { Guard } from '../http/guard.js';

/** Socket.IO that asks the guard before each request, so also before a WebSocket. */
export class GuardedAdapter extends IoAdapter {
  constructor(
    app: INestApplication,
    private readonly guard: Guard,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, options);
    server.engine.use(this.guard.live);
    return server;
  }
}
