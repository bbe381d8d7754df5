import { Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { Feed } from '../feed/feed.js';
import { IngestClient } from '../ingest/ingest-client.js';
import { FlowStore } from './flow-store.js';
import type { Removal } from './flow-writer.js';
import type { OpenStore } from './open-store.js';

export function logTrouble(message: string): void {
  new Logger('store').error(message);
}

/** Opened before Nest starts, so that a database that cannot be used is said in one line. */
@Module({})
export class StoreModule {
  static of(open: OpenStore): DynamicModule {
    const feed = new Feed();
    open.ingest.onCommitted(() => {
      feed.publish();
    });
    open.ingest.onFailed((error) => {
      feed.fail(error);
    });
    open.ingest.onRemoved((removal) => {
      tell(removal);
      feed.publish();
    });
    open.ingest.onTrouble(logTrouble);
    const lifetime: OnApplicationShutdown = { onApplicationShutdown: () => open.close() };
    return {
      module: StoreModule,
      providers: [
        { provide: FlowStore, useValue: open.store },
        { provide: IngestClient, useValue: open.ingest },
        { provide: Feed, useValue: feed },
        { provide: 'store lifetime', useValue: lifetime },
      ],
      exports: [FlowStore, IngestClient, Feed],
    };
  }
}

function tell({ flows, events, until }: Removal): void {
  const upTo = until === undefined ? '' : `, the newest of ${formatTimestamp(until)}`;
  new Logger('retention').log(
    `removed ${flows.toLocaleString('en')} flows and ${events.toLocaleString('en')} events${upTo}`,
  );
}
