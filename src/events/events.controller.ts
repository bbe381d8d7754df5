import { Controller, Get, Headers, Query, Res, type OnModuleDestroy } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import type { Viewer } from '../domain/viewer.js';
import { Feed } from '../feed/feed.js';
import { Followers } from '../feed/followers.js';
import { hangUp } from '../http/hang-up.js';
import { rawList, withRawMember } from '../http/raw-json.js';
import { streamText } from '../http/stream-text.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageHeader, coverageOf } from '../telemetry/coverage.js';
import { formatCursor } from './cursor.js';
import { eventsQuery, readAsked, type Asked } from './events-query.js';
import { eventsPageSchema } from './events.schema.js';
import { eventLines, readPage } from './select-events.js';

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController implements OnModuleDestroy {
  readonly #followers = new Followers();

  constructor(
    private readonly store: FlowStore,
    private readonly feed: Feed,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Records that are no flows, as Hubble wrote them',
    description:
      'Agent and debug events, lost events, and what Relay said of nodes. As a page of JSON; with Accept application/x-ndjson as a stream of every match. With follow=true the stream goes on with what comes.',
  })
  @ApiOkResponse({ standardSchema: eventsPageSchema })
  async find(
    @Query({ schema: eventsQuery }) query: z.infer<typeof eventsQuery>,
    @Headers('accept') accept = '',
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const isStream = accept.includes('application/x-ndjson');
    const asked = readAsked(query, isStream, Date.now(), this.store.lastEvent());
    const signal = hangUp(response);
    if (!isStream) return this.#page({ ...asked, signal }, viewer, response);
    const headers = {
      'Content-Type': 'application/x-ndjson',
      'Flowatlas-Coverage': coverageHeader(coverageOf(this.store, asked.window)),
    };
    const stream = (signal: AbortSignal) =>
      streamText(response, headers, eventLines(this.store, this.feed, viewer, { ...asked, signal }), {
        atOnce: asked.follow,
      });
    return asked.follow ? this.#followers.seat(signal, stream) : stream(signal);
  }

  onModuleDestroy(): void {
    this.#followers.stop();
  }

  async #page(asked: Asked, viewer: Viewer, response: Response): Promise<void> {
    const { limit = 0, upTo, window } = asked;
    const { events, next, damaged } = await readPage(this.store, viewer, { ...asked, limit });
    const rest = {
      next: next === undefined ? null : formatCursor({ after: next, upTo, window }),
      ...(damaged > 0 && { damaged }),
      coverage: coverageOf(this.store, window),
    };
    response.type('application/json').send(withRawMember(rest, 'events', rawList(events)));
  }
}
