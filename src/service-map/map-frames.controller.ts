import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import type { Buckets } from '../domain/grouping/series.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { Grain } from '../domain/service-map/grain.js';
import { MapFrames } from '../domain/service-map/map-frames.js';
import type { Viewer } from '../domain/viewer.js';
import { hangUp } from '../http/hang-up.js';
import { jsonPieces, JSON_TYPE } from '../http/pieces.js';
import { streamText } from '../http/stream-text.js';
import { inTurns } from '../query/in-turns.js';
import { questionSchema, readQuestion, type Question } from '../query/question.js';
import { heldBuckets } from '../query/step.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageOf, formatSummed } from '../telemetry/coverage.js';
import { heldOf } from './diff-notes.js';
import { mapFramesSchema, type MapFramesResponse } from './map-frames.schema.js';
import { grainShape, namedJson, readGrain } from './grain-query.js';
import { MapReader } from './map-reader.js';

/** Each frame is a map of its own to make. */
const LIMITS = { few: 60, most: 500 };

const framesQuery = questionSchema({
  ...grainShape,
  step: z
    .string()
    .optional()
    .describe(
      `length of a frame, such as 1m: at most ${LIMITS.most} frames; unless said, at most ${LIMITS.few}`,
    ),
});
type FramesQuery = z.infer<typeof framesQuery>;

/** What a frame is made of. */
interface Asked {
  viewer: Viewer;
  grain: Grain;
  question: Question;
  buckets: Buckets;
}

@ApiTags('service map')
@Controller('api/v1/map')
export class MapFramesController {
  constructor(
    private readonly store: FlowStore,
    private readonly maps: MapReader,
  ) {}

  @Get('frames')
  @ApiOperation({ summary: 'The service map step by step, for replay: one map, then what changes' })
  @ApiOkResponse({ standardSchema: mapFramesSchema })
  async frames(
    @Query({ schema: framesQuery }) query: FramesQuery,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const gone = hangUp(response);
    const grain = readGrain(query);
    const question = readQuestion(query, Date.now());
    const { window } = question;
    const { hours, minutes } = this.maps.summedOf(viewer, grain, question);
    const { first: oldest, last: newest } = this.store.extent(window);
    const held = heldOf(oldest, newest, { hours, minutes });
    const buckets = heldBuckets({ first: held?.from, last: held?.to }, window, query.step, LIMITS);
    const head: Omit<MapFramesResponse, 'frames'> = {
      level: query.level,
      ...namedJson(grain),
      step: Number(buckets.step) / 1e9,
      count: buckets.count,
      coverage: coverageOf(this.store, window),
    };
    const texts = this.#texts(head, { viewer, grain, question, buckets }, gone);
    await streamText(response, { 'Content-Type': JSON_TYPE }, texts);
  }

  /** Frame by frame: all of them together may be far larger than a map. */
  async *#texts(head: object, asked: Asked, gone: AbortSignal): AsyncGenerator<string> {
    yield `${JSON.stringify(head).slice(0, -1)},"frames":[`;
    const { viewer, grain, question, buckets } = asked;
    const { since = buckets.from, until } = question.window;
    const frames = new MapFrames();
    for (let i = 0; i < buckets.count && !gone.aborted; i++) {
      const begins = buckets.from + BigInt(i) * buckets.step;
      const ends = begins + buckets.step - 1n;
      const window = {
        since: begins < since ? since : begins,
        until: until !== undefined && until < ends ? until : ends,
      };
      const ofFrame = { ...question, window };
      const drawn = await this.maps.draw(viewer, grain, ofFrame);
      const frame: MapFramesResponse['frames'][number] = {
        from: formatTimestamp(window.since),
        until: formatTimestamp(window.until),
        ...(await inTurns(frames.next(drawn), gone)),
        ...formatSummed(this.maps.summedOf(viewer, grain, ofFrame)),
      };
      if (i > 0) yield ',';
      yield* jsonPieces(frame);
    }
    yield ']}';
  }
}
