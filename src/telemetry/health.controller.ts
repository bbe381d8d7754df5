import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { FlowatlasError } from '../domain/errors.js';
import { IngestClient } from '../ingest/ingest-client.js';
import { FlowStore } from '../store/flow-store.js';
import { Metrics } from './metrics.js';

@ApiTags('status')
@Controller()
export class HealthController {
  constructor(
    private readonly store: FlowStore,
    private readonly ingest: IngestClient,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Flows can be asked for and stored' })
  ready(): { status: 'ok' } {
    this.store.summary();
    if (!this.ingest.isAlive)
      throw new FlowatlasError('unavailable', 'the writing thread died; restart the server');
    return { status: 'ok' };
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Prometheus metrics of the server itself' })
  async prometheus(@Res() response: Response): Promise<void> {
    const { registry } = this.metrics;
    response.setHeader('Content-Type', registry.contentType);
    response.send(await registry.metrics());
  }
}
