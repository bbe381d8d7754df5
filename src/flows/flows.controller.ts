import {
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { FlowatlasError } from '../domain/errors.js';
import { shown } from '../domain/filter/criterion.js';
import { MOST_CHARACTERS } from '../domain/filter/parse-filter.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import { Feed } from '../feed/feed.js';
import { Followers } from '../feed/followers.js';
import { hangUp } from '../http/hang-up.js';
import { readJsonBody } from '../http/json-body.js';
import { rawList, withRawMember } from '../http/raw-json.js';
import { streamText } from '../http/stream-text.js';
import { noParameters } from '../query/parameters.js';
import { FlowStore } from '../store/flow-store.js';
import type { StoredFlow } from '../store/queries.js';
import { coverageHeader, coverageOf } from '../telemetry/coverage.js';
import { csvHeader, csvLine } from './csv.js';
import { formatCursor } from './cursor.js';
import {
  flowsBody,
  flowsQuery,
  formOf,
  readAsked,
  readAskedBody,
  type Asked,
  type Form,
} from './flows-query.js';
import { flowDetailSchema, flowsPageSchema, type FlowsPage } from './flows.schema.js';
import { followLines } from './follow-lines.js';
import { findWithNeighbours } from './neighbours.js';
import { readPage, select } from './selection.js';
import { batches } from './stream-lines.js';

@ApiTags('flows')
@Controller('api/v1/flows')
export class FlowsController implements OnModuleDestroy {
  readonly #followers = new Followers();

  constructor(
    private readonly store: FlowStore,
    private readonly feed: Feed,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Flows that match, as Hubble wrote them',
    description:
      'As a page of JSON; with Accept application/x-ndjson or text/csv as a stream of every match. With follow=true the stream goes on with what comes.',
  })
  @ApiOkResponse({ standardSchema: flowsPageSchema })
  async find(
    @Query({ schema: flowsQuery }) query: z.infer<typeof flowsQuery>,
    @Headers('accept') accept: string | undefined,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const form = formOf(accept);
    const asked = readAsked(query, form, Date.now(), this.store.summary().lastSeq);
    return this.#answer(asked, form, viewer, response);
  }

  @Post('query')
  @HttpCode(200)
  @ApiOperation({
    summary: "The same for a question in Hubble's own JSON",
    description: 'Whitelist and blacklist of FlowFilters, as in GetFlowsRequest; answers are those of GET.',
  })
  @ApiBody({ schema: z.toJSONSchema(flowsBody, { target: 'openapi-3.0', io: 'input' }) as object })
  @ApiOkResponse({ standardSchema: flowsPageSchema })
  async query(
    @Query({ schema: noParameters }) _: unknown,
    @Req() request: Request,
    @Headers('accept') accept: string | undefined,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const form = formOf(accept);
    const body = await readJsonBody(request, MOST_CHARACTERS);
    const asked = readAskedBody(body, form, Date.now(), this.store.summary().lastSeq);
    return this.#answer(asked, form, viewer, response);
  }

  async #answer(asked: Asked, form: Form, viewer: Viewer, response: Response): Promise<void> {
    const gone = hangUp(response);
    asked.selection.signal = gone;
    if (form === 'page') return this.#page(asked, viewer, response);
    const headers = {
      'Content-Type': form === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'Flowatlas-Coverage': coverageHeader(coverageOf(this.store, asked.selection.window)),
    };
    if (asked.follow) return this.#follow(asked, gone, viewer, response, headers);
    const flows = masked(select(this.store, viewer, asked.selection, asked), asked);
    const texts = form === 'csv' ? batches(csvHeader, flows, csvLine) : batches('', flows, recordLine);
    await streamText(response, headers, texts);
  }

  @Get(':uuid')
  @ApiOperation({ summary: 'One flow, and the other records of its connection' })
  @ApiOkResponse({ standardSchema: flowDetailSchema })
  async one(
    @Param('uuid') uuid: string,
    @Query({ schema: noParameters }) _: unknown,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const found = await findWithNeighbours(this.store, viewer, uuid);
    if (found === undefined) throw new FlowatlasError('not_found', `no flow has the uuid ${shown(uuid)}`);
    const { flow, neighbours } = found;
    const placed = placedMember([flow, ...neighbours]);
    const rest = withRawMember(placed, 'neighbours', rawList(neighbours));
    response.type('application/json').send(`{"flow":${flow.record},${rest.slice(1)}`);
  }

  /** Those who follow would keep the server from ending. */
  onModuleDestroy(): void {
    this.#followers.stop();
  }

  async #follow(
    { selection, limit }: Asked,
    gone: AbortSignal,
    viewer: Viewer,
    response: Response,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#followers.seat(gone, async (signal) => {
      const lines = followLines(this.store, this.feed, viewer, { ...selection, signal }, limit);
      await streamText(response, headers, lines, { atOnce: true });
    });
  }

  async #page({ selection, at, limit = 0, mask }: Asked, viewer: Viewer, response: Response): Promise<void> {
    const { flows, next, previous } = await readPage(this.store, viewer, selection, at, limit);
    const rest = {
      next: next === undefined ? null : formatCursor(next),
      previous: previous === undefined ? null : formatCursor(previous),
      ...placedMember(flows),
      coverage: coverageOf(this.store, selection.window),
    };
    const given = mask === undefined ? flows : flows.map(({ record }) => ({ record: mask(record) }));
    response.type('application/json').send(withRawMember(rest, 'flows', rawList(given)));
  }
}

async function* masked(flows: AsyncIterable<StoredFlow>, { mask }: Asked): AsyncGenerator<StoredFlow> {
  for await (const flow of flows) yield mask === undefined ? flow : { ...flow, record: mask(flow.record) };
}

function recordLine({ record }: StoredFlow): string {
  return `${record}\n`;
}

/** Of flows without any time of their own; no member where all of them have one. */
function placedMember(flows: readonly StoredFlow[]): Pick<FlowsPage, 'placedAtArrival'> {
  const placed = flows.flatMap(({ placedAtArrival, time }, index) =>
    placedAtArrival ? [{ index, time: formatTimestamp(time) }] : [],
  );
  return placed.length > 0 ? { placedAtArrival: placed } : {};
}
