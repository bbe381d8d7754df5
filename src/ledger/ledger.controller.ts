import { Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { FlowatlasError } from '../domain/errors.js';
import { parseDuration, parseTime } from '../domain/filter/window.js';
import { always } from '../domain/filter/window.js';
import type { LedgerEntry } from '../domain/ledger/ledger.js';
import type { Viewer } from '../domain/viewer.js';
import { readJsonBody } from '../http/json-body.js';
import { IngestClient } from '../ingest/ingest-client.js';
import { noParameters, wholeNumber } from '../query/parameters.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import { DigestPoster } from './digest-poster.js';
import { slackMessage, type SlackMessage } from './digest-words.js';
import { edgeOf, readDigest } from './ledger-answer.js';
import {
  digestSchema,
  ledgerSchema,
  type Ledger,
  type LedgerDigest,
  type LedgerEdge,
} from './ledger.schema.js';

const MOST_EDGES = 10_000;
const LONGEST_NOTE = 2_000;
const MOST_BYTES = 16 << 10;

const limit = wholeNumber(1, MOST_EDGES).default(1_000).describe('most edges of a list');
const ledgerQuery = z.strictObject({ limit });
const digestQuery = z.strictObject({
  since: z.string().default('24h').describe('what came since then: a duration back from now or a time'),
  'silent-for': z.string().default('6h').describe('without a flow for so long, an edge went silent'),
  limit,
  format: z.enum(['json', 'slack']).default('json'),
});
const noteSchema = z.strictObject({ note: z.string().max(LONGEST_NOTE).default('') });

@ApiTags('ledger')
@Controller('api/v1/ledger')
export class LedgerController {
  constructor(
    private readonly store: FlowStore,
    private readonly ingest: IngestClient,
    private readonly poster: DigestPoster,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who was ever seen to speak with whom, whatever retention removed since' })
  @ApiOkResponse({ standardSchema: ledgerSchema })
  all(
    @Query({ schema: ledgerQuery }) query: z.infer<typeof ledgerQuery>,
    @CurrentViewer() viewer: Viewer,
  ): Ledger {
    const question = { list: { name: 'all' }, most: query.limit } as const;
    const { entries, leftOut, upTo } = this.store.ledger(viewer, question);
    return {
      edges: entries.map(edgeOf),
      leftOut,
      behind: Math.max(0, this.store.summary().lastSeq - upTo),
      coverage: coverageOf(this.store, always),
    };
  }

  @Get('digest')
  @ApiOperation({ summary: 'What is new, what went silent, what was dropped for the first time' })
  @ApiOkResponse({ standardSchema: digestSchema })
  digest(
    @Query({ schema: digestQuery }) query: z.infer<typeof digestQuery>,
    @CurrentViewer() viewer: Viewer,
  ): LedgerDigest | SlackMessage {
    const since = parseTime('since', query.since, Date.now());
    const silentFor = parseDuration(query['silent-for']);
    if (silentFor === undefined || silentFor <= 0n) {
      throw new FlowatlasError(
        'invalid_parameter',
        `silent-for: ${JSON.stringify(query['silent-for'].slice(0, 80))} is no duration such as 6h or 2d`,
        'silent-for',
      );
    }
    const digest = readDigest(this.store, viewer, { since, silentFor, most: query.limit });
    return query.format === 'slack' ? slackMessage(digest) : digest;
  }

  @Post('digest')
  @HttpCode(200)
  @ApiOperation({ summary: 'Posts the digest to the webhook now' })
  @ApiOkResponse({ standardSchema: digestSchema })
  post(
    @Query({ schema: z.strictObject({ since: digestQuery.shape.since }) }) query: { since: string },
  ): Promise<LedgerDigest> {
    const since = parseTime('since', query.since, Date.now());
    return this.poster.post(since);
  }

  @Put(':edge/acknowledgement')
  @ApiOperation({ summary: 'Notes that somebody has seen an edge: digests leave it out from then on' })
  @ApiBody({ schema: { type: 'object', properties: { note: { type: 'string' } } } })
  async acknowledge(
    @Param('edge') edge: string,
    @Query({ schema: noParameters }) _: unknown,
    @Req() request: Request,
    @CurrentViewer() viewer: Viewer,
  ): Promise<LedgerEdge> {
    const entry = this.#find(viewer, edge);
    const body = noteSchema.safeParse(await readJsonBody(request, MOST_BYTES));
    if (!body.success) {
      const issue = body.error.issues[0];
      throw new FlowatlasError(
        'invalid_body',
        `${issue?.path.join('.') || 'the body'}: ${issue?.message ?? ''}`,
        'note',
      );
    }
    const acknowledged = { note: body.data.note, at: Date.now() };
    await this.ingest.acknowledge(edge, acknowledged);
    return edgeOf({ ...entry, acknowledged });
  }

  @Delete(':edge/acknowledgement')
  @ApiOperation({ summary: 'Takes it back' })
  async takeBack(
    @Param('edge') edge: string,
    @Query({ schema: noParameters }) _: unknown,
    @CurrentViewer() viewer: Viewer,
  ): Promise<LedgerEdge> {
    const entry = this.#find(viewer, edge);
    await this.ingest.acknowledge(edge, undefined);
    return edgeOf({ ...entry, acknowledged: undefined });
  }

  #find(viewer: Viewer, edge: string): LedgerEntry {
    const entry = this.store.ledgerEdge(viewer, edge);
    if (entry !== undefined) return entry;
    throw new FlowatlasError(
      'not_found',
      `no edge of the ledger has the id ${JSON.stringify(edge.slice(0, 80))}`,
    );
  }
}
