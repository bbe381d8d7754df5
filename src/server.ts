import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConsoleLogger, type INestApplication, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import helmet from 'helmet';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { answerClientErrors } from './http/client-errors.js';
import { ErrorsFilter } from './http/errors.filter.js';
import { Guard } from './http/guard.js';
import { validationPipe } from './http/validation.js';
import { GuardedAdapter } from './live/guarded-adapter.js';
import { openStore, type OpenStore } from './store/open-store.js';
import { logTrouble } from './store/store.module.js';
import { packageRoot, version } from './version.js';

const LOG_LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];

function logLevels(least: Config['log']): LogLevel[] {
  return LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(least) + 1);
}

export interface RunningServer {
  url: string;
  /** Stores what was accepted, then ends. */
  close(): Promise<void>;
}

export async function startServer(config: Config): Promise<RunningServer> {
  // Rotation takes away what of a log was not read in time; whoever uploads waits.
  const canWait = config.follow.length === 0;
  const open = await openStore(config.data, { ...config, isAsked: true, canWait }, logTrouble);
  const app = await make(open, config).catch(async (error: unknown) => {
    await open.close();
    throw error;
  });
  await listen(app, config.listen);
  return { url: urlOf(app, config.listen.host), close: () => close(app) };
}

/** What fails here has not taken over the store: nothing closes it but who opened it. */
async function make(open: OpenStore, config: Config): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(open, config), {
    // Bodies of flows are streams; there is no other kind of body.
    bodyParser: false,
    abortOnError: false,
    logger: new ConsoleLogger({ prefix: 'flowatlas', logLevels: logLevels(config.log) }),
  });
  configure(app, config);
  serveOpenApi(app);
  serveDashboard(app);
  return app;
}

/** Not by Nest, which logs what keeps it from listening before anybody can put it in words. */
async function listen(app: NestExpressApplication, { host, port }: Config['listen']): Promise<void> {
  await app.init();
  const server = app.getHttpServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    await app.close();
    const taken = (error as { code?: string }).code === 'EADDRINUSE';
    throw taken ? new Error(`${host}:${port} is in use; name another address with --listen`) : error;
  }
}

/** Uploads that are about to end may; those that go on for hours are cut off. What came is stored. Milliseconds. */
const GRACE = 2_000;

async function close(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer();
  const cutOff = setTimeout(() => {
    server.closeAllConnections();
  }, GRACE);
  try {
    await app.close();
  } finally {
    clearTimeout(cutOff);
  }
}

function configure(app: NestExpressApplication, config: Config): void {
  const server = app.getHttpServer();
  const guard = new Guard(server, config);
  app.useWebSocketAdapter(new GuardedAdapter(app, guard));
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ErrorsFilter());
  app.disable('x-powered-by');
  // Hardly an answer is given twice: its hash would be worked out in vain. Files of the dashboard keep theirs.
  app.disable('etag');
  app.use(
    helmet({ contentSecurityPolicy: { directives: contentSecurityPolicy }, strictTransportSecurity: false }),
  );
  app.use(guard.http);
  // An upload may go on for hours.
  server.requestTimeout = 0;
  answerClientErrors(server);
}

/** Text from flows is hostile: even if it slipped through as HTML, nothing in it would run or load. */
const contentSecurityPolicy = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'", 'ws:', 'wss:'],
  'object-src': ["'none'"],
  'frame-ancestors': ["'self'"],
  // Served over plain HTTP on loopback.
  'upgrade-insecure-requests': null,
};

function serveOpenApi(app: INestApplication): void {
  const description =
    'Recorded Hubble flows as a queryable history and a service map. Filters are the long flags of `hubble observe`, with the same names and meaning.';
  const builder = new DocumentBuilder().setTitle('Flowatlas').setDescription(description).setVersion(version);
  const document = SwaggerModule.createDocument(app, builder.build());
  SwaggerModule.setup('api/docs', app, document, { jsonDocumentUrl: 'api/openapi.json' });
}

function serveDashboard(app: NestExpressApplication): void {
  const folder = fileURLToPath(new URL('dist/dashboard', packageRoot));
  if (existsSync(folder)) app.useStaticAssets(folder);
}

function urlOf(app: INestApplication, host: string): string {
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
