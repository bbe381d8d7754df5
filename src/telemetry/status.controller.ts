import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { always } from '../domain/filter/window.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import { IngestClient } from '../ingest/ingest-client.js';
import { UploadGate } from '../ingest/upload-gate.js';
import { FlowStore } from '../store/flow-store.js';
import { noParameters } from '../query/parameters.js';
import { readWindow, windowSchema, type WindowQuery } from '../query/question.js';
import { Sources } from '../sources/sources.js';
import { version } from '../version.js';
import { coverageReport } from './coverage-report.js';
import { coverageReportSchema, type CoverageReport } from './coverage-report.schema.js';
import { damageReport, formatSummed } from './coverage.js';
import { Metrics } from './metrics.js';
import { statusSchema, type Status } from './status.schema.js';

@ApiTags('status')
@Controller('api/v1')
export class StatusController {
  constructor(
    private readonly store: FlowStore,
    private readonly metrics: Metrics,
    private readonly sources: Sources,
    private readonly ingest: IngestClient,
    private readonly gate: UploadGate,
  ) {}

  @Get('status')
  @ApiOperation({ summary: 'What is held, and how fast more of it comes' })
  @ApiOkResponse({ standardSchema: statusSchema })
  status(@Query({ schema: noParameters }) _: unknown): Status {
    const { flows, oldest, newest, bytesOnDisk } = this.store.summary();
    const { rules, records } = this.ingest.redaction;
    const removed = this.store.removed();
    return {
      version,
      uptimeSeconds: Math.round(process.uptime()),
      flows,
      oldest: oldest === undefined ? null : formatTimestamp(oldest),
      newest: newest === undefined ? null : formatTimestamp(newest),
      bytesOnDisk,
      flowsPerSecond: this.metrics.flowsPerSecond(),
      eventsLost: this.store.extent(always).eventsLost,
      liveClients: this.metrics.liveClients,
      kept: {
        since: removed.until === undefined ? null : formatTimestamp(removed.until),
        removedFlows: removed.flows,
        removedEvents: removed.events,
        lastRemoval: removed.last === undefined ? null : new Date(removed.last).toISOString(),
        ...formatSummed(this.store.summed(always)),
      },
      damaged: damageReport(this.store, always),
      sources: this.sources.status(),
      openUploads: this.gate.open,
      redaction: rules.length === 0 ? null : { rules: [...rules], records },
    };
  }

  @Get('coverage')
  @ApiOperation({
    summary: 'What each source node delivered, lost, delayed or left out, and when it was silent',
  })
  @ApiOkResponse({ standardSchema: coverageReportSchema })
  coverage(
    @CurrentViewer() viewer: Viewer,
    @Query({ schema: windowSchema }) query: WindowQuery,
  ): Promise<CoverageReport> {
    return coverageReport(this.store, this.sources.gaps(), viewer, readWindow(query, Date.now()));
  }
}
