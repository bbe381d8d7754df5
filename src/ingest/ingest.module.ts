import { Module, type DynamicModule } from '@nestjs/common';
import { IngestController } from './ingest.controller.js';
import { UploadGate } from './upload-gate.js';
import type { UploadLimits } from './upload-limits.js';

@Module({ controllers: [IngestController] })
export class IngestModule {
  static of(limits: UploadLimits, ...imports: DynamicModule[]): DynamicModule {
    const gate = { provide: UploadGate, useValue: new UploadGate(limits) };
    return { module: IngestModule, imports, providers: [gate], exports: [UploadGate] };
  }
}
