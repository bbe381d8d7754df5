import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { FlowatlasError } from '../domain/errors.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import { rawList, withRawMember } from '../http/raw-json.js';
import { oneOf, wholeNumber } from '../query/parameters.js';
import { questionSchema, readQuestion } from '../query/question.js';
import { FlowStore, type FlowQuery, type StoredFlow } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import { csvHeader, csvLine } from './csv.js';
import { formatCursor, parseCursor } from './cursor.js';
import { flowDetailSchema, flowsPageSchema } from './flows.schema.js';
import { findWithNeighbours } from './neighbours.js';
import { streamLines } from './stream-lines.js';

const DEFAULT_LIMIT = 100;
const HIGHEST_LIMIT = 10_000;

const flowsQuery = questionSchema({
  limit: wholeNumber(1)
    .optional()
    .describe(
      `flows of a page: ${DEFAULT_LIMIT} unless said, at most ${HIGHEST_LIMIT}; streams have no limit`,
    ),
  order: oneOf(['asc', 'desc']).default('desc').describe('desc is newest first'),
  cursor: z.string().optional().describe('`next` of the page before'),
});
type FlowsQuery = z.infer<typeof flowsQuery>;

@ApiTags('flows')
@Controller('api/v1/flows')
export class FlowsController {
  constructor(private readonly store: FlowStore) {}

  @Get()
  @ApiOperation({
    summary: 'Flows that match, as Hubble wrote them',
    description:
      'As a page of JSON; with Accept application/x-ndjson or text/csv as a stream of every match.',
  })
  @ApiOkResponse({ standardSchema: flowsPageSchema })
  async find(
    @Query({ schema: flowsQuery }) query: FlowsQuery,
    @Headers('accept') accept: string | undefined,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const asked = this.#read(query);
    if (accept?.includes('application/x-ndjson') === true) {
      const lines = this.store.find(viewer, { ...asked, limit: query.limit });
      await streamLines(
        response,
        'application/x-ndjson',
        '',
        lines,
        ({ record }) => `${record}\n`,
        query.limit,
      );
    } else if (accept?.includes('text/csv') === true) {
      const lines = this.store.find(viewer, { ...asked, limit: query.limit });
      await streamLines(response, 'text/csv; charset=utf-8', csvHeader, lines, csvLine, query.limit);
    } else await this.#page(query, asked, viewer, response);
  }

  @Get(':uuid')
  @ApiOperation({ summary: 'One flow, and the other records of its connection' })
  @ApiOkResponse({ standardSchema: flowDetailSchema })
  async one(
    @Param('uuid') uuid: string,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const found = await findWithNeighbours(this.store, viewer, uuid);
    if (found === undefined)
      throw new FlowatlasError('not_found', `no flow has the uuid ${JSON.stringify(uuid)}`);
    const { flow, neighbours } = found;
    response.type('application/json').send(`{"flow":${flow.record},"neighbours":${rawList(neighbours)}}`);
  }

  #read(query: FlowsQuery): FlowQuery {
    const { filter, window } = readQuestion(query, Date.now());
    const cursor = query.cursor === undefined ? undefined : parseCursor(query.cursor);
    const upTo = cursor?.upTo ?? this.store.summary().lastSeq;
    return { filter, window, order: query.order, after: cursor, upTo };
  }

  async #page(query: FlowsQuery, asked: FlowQuery, viewer: Viewer, response: Response): Promise<void> {
    const limit = query.limit ?? DEFAULT_LIMIT;
    if (limit > HIGHEST_LIMIT) {
      throw new FlowatlasError(
        'invalid_parameter',
        `limit: at most ${HIGHEST_LIMIT} flows a page; for all of them ask with Accept: application/x-ndjson`,
        'limit',
      );
    }
    const flows: StoredFlow[] = [];
    // One more than asked for tells whether there is another page.
    for await (const flow of this.store.find(viewer, { ...asked, limit: limit + 1 })) {
      flows.push(flow);
      if (flows.length > limit) break;
    }
    const last = flows.length > limit ? flows[limit - 1] : undefined;
    flows.length = Math.min(flows.length, limit);
    const next = last === undefined ? null : formatCursor({ ...last, upTo: asked.upTo ?? 0 });
    const placed = placedAtArrival(flows);
    const rest = {
      next,
      ...(placed.length > 0 && { placedAtArrival: placed }),
      coverage: coverageOf(this.store, asked.window),
    };
    response.type('application/json').send(withRawMember(rest, 'flows', rawList(flows)));
  }
}

function placedAtArrival(flows: readonly StoredFlow[]): { index: number; time: string }[] {
  return flows.flatMap(({ placedAtArrival, time }, index) =>
    placedAtArrival ? [{ index, time: formatTimestamp(time) }] : [],
  );
}
