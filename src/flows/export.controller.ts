import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import type { Viewer } from '../domain/viewer.js';
import { hangUp } from '../http/hang-up.js';
import { streamText } from '../http/stream-text.js';
import { questionSchema, readQuestion } from '../query/question.js';
import { FlowStore } from '../store/flow-store.js';
import type { RecordBatch } from '../store/queries.js';

const exportQuery = questionSchema({});

@ApiTags('flows')
@Controller('api/v1/export')
export class ExportController {
  constructor(private readonly store: FlowStore) {}

  @Get()
  @ApiOperation({
    summary: 'The records again, as they came',
    description:
      'NDJSON in order of arrival, without a limit. Without a filter, lost_events and other events stand at their places. Trailers tell how many flows and events were sent, and how many of them are damaged and left out.',
  })
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ description: 'one record a line' })
  async export(
    @Query({ schema: exportQuery }) query: z.infer<typeof exportQuery>,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const { filter, window } = readQuestion(query, Date.now());
    const batches = this.store.records(viewer, { filter, window, signal: hangUp(response) });
    await streamText(response, HEADERS, textsOf(batches, response));
  }
}

const HEADERS = {
  'Content-Type': 'application/x-ndjson',
  Trailer: 'Flowatlas-Flows, Flowatlas-Events, Flowatlas-Damaged',
};

/** What was left out is known at the end, and said there. */
async function* textsOf(batches: AsyncIterable<RecordBatch>, response: Response): AsyncGenerator<string> {
  const sum = { flows: 0, events: 0, damaged: 0 };
  for await (const { text, flows, events, damaged } of batches) {
    sum.flows += flows;
    sum.events += events;
    sum.damaged += damaged;
    if (text !== '') yield text;
  }
  response.addTrailers({
    'Flowatlas-Flows': String(sum.flows),
    'Flowatlas-Events': String(sum.events),
    'Flowatlas-Damaged': String(sum.damaged),
  });
}
