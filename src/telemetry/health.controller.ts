import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { FlowStore } from '../store/flow-store.js';
import { Metrics } from './metrics.js';

@ApiTags('status')
@Controller()
export class HealthController {
  constructor(
    private readonly store: FlowStore,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'The store answers' })
  ready(): { status: 'ok' } {
    this.store.summary();
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
