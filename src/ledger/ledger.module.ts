import { Module, type DynamicModule } from '@nestjs/common';
import { IngestClient } from '../ingest/ingest-client.js';
import { FlowStore } from '../store/flow-store.js';
import { DigestPoster } from './digest-poster.js';
import type { DigestSettings } from './digest-settings.js';
import { LedgerController } from './ledger.controller.js';

@Module({ controllers: [LedgerController] })
export class LedgerModule {
  static of(settings: DigestSettings, store: DynamicModule): DynamicModule {
    const poster = {
      provide: DigestPoster,
      useFactory: (flows: FlowStore, ingest: IngestClient) => new DigestPoster(flows, ingest, settings),
      inject: [FlowStore, IngestClient],
    };
    return { module: LedgerModule, imports: [store], providers: [poster] };
  }
}
