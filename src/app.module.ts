import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Config } from './config.js';
import { DropsModule } from './drops/drops.module.js';
import { EventsModule } from './events/events.module.js';
import { FlowsModule } from './flows/flows.module.js';
import { IngestModule } from './ingest/ingest.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { LiveModule } from './live/live.module.js';
import { ServiceMapModule } from './service-map/service-map.module.js';
import { SourcesModule } from './sources/sources.module.js';
import type { OpenStore } from './store/open-store.js';
import { StoreModule } from './store/store.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';

/**
 * The whole system. Flows come in by `ingest`, whose thread stores them; `sources` fetches them there; the `store` tells its feed;
 * `flows`, `events`, `drops` and `service-map` answer questions; `ledger` remembers what was ever seen; `live` pushes what changes.
 */
@Module({})
export class AppModule {
  static of(open: OpenStore, config: Config): DynamicModule {
    const store = StoreModule.of(open);
    const ingest = IngestModule.of(config.upload, store);
    const sources = SourcesModule.of(config, store);
    const telemetry = needs(TelemetryModule, store, ingest, sources);
    const drops = needs(DropsModule, store);
    const serviceMap = ServiceMapModule.of(config.routes, store, sources);
    return {
      module: AppModule,
      imports: [
        store,
        ingest,
        sources,
        needs(FlowsModule, store),
        needs(EventsModule, store),
        drops,
        serviceMap,
        LedgerModule.of(config.digest, store),
        needs(LiveModule, store, drops, serviceMap, telemetry),
        telemetry,
      ],
    };
  }
}

function needs(module: Type, ...imports: DynamicModule[]): DynamicModule {
  return { module, imports };
}
