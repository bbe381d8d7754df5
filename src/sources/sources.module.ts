import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { IngestClient } from '../ingest/ingest-client.js';
import { FlowStore } from '../store/flow-store.js';
import { Sources, type SourceOptions } from './sources.js';

/** Fetches from when the server is up until the moment before the store is closed. */
class RunningSources extends Sources {
  onApplicationBootstrap(): void {
    this.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }
}

@Module({})
export class SourcesModule {
  static of(options: SourceOptions, store: DynamicModule): DynamicModule {
    const logger = new Logger('sources');
    const tell = (message: string) => {
      logger.warn(message);
    };
    return {
      module: SourcesModule,
      imports: [store],
      providers: [
        {
          provide: Sources,
          useFactory: (flows: FlowStore, ingest: IngestClient) =>
            new RunningSources(options, flows, ingest, tell),
          inject: [FlowStore, IngestClient],
        },
      ],
      exports: [Sources],
    };
  }
}
