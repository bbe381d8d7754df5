import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import type { Grain } from '../domain/service-map/grain.js';
import type { Viewer } from '../domain/viewer.js';
import { hangUp } from '../http/hang-up.js';
import { jsonPieces, JSON_TYPE } from '../http/pieces.js';
import { streamText } from '../http/stream-text.js';
import { inTurns } from '../query/in-turns.js';
import { oneOf } from '../query/parameters.js';
import { filterSchema, readQuestion, readSpan, type Question } from '../query/question.js';
import { Sources } from '../sources/sources.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageReport } from '../telemetry/coverage-report.js';
import { coverageOf, format, formatSummed } from '../telemetry/coverage.js';
import { diffAnswer, type DiffSide } from './diff-answer.js';
import { diffMarkdown } from './diff-markdown.js';
import { heldOf, isMissing, isSummed, recordedMinutes } from './diff-notes.js';
import { thresholdShape, thresholdsOf } from './diff-thresholds.js';
import { mapDiffSchema } from './map-diff.schema.js';
import { grainShape, readGrain } from './grain-query.js';
import { MapReader } from './map-reader.js';

const WINDOW = 'FROM/UNTIL, each a duration back from now or a time; an end left empty is open';

const diffQuery = filterSchema({
  a: z.string(`is needed: ${WINDOW}`).describe(`the window to compare with: ${WINDOW}`),
  b: z.string(`is needed: ${WINDOW}`).describe('the window that is compared with it, in the same form'),
  ...grainShape,
  format: oneOf(['json', 'markdown']).optional().describe('else by Accept: text/markdown, else json'),
  ...thresholdShape,
});
type DiffQuery = z.infer<typeof diffQuery>;

@ApiTags('service map')
@Controller('api/v1/map')
export class MapDiffController {
  constructor(
    private readonly store: FlowStore,
    private readonly maps: MapReader,
    private readonly sources: Sources,
  ) {}

  @Get('diff')
  @ApiOperation({ summary: 'What differs between the service maps of two windows' })
  @ApiProduces('application/json', 'text/markdown')
  @ApiOkResponse({ standardSchema: mapDiffSchema })
  async diff(
    @Query({ schema: diffQuery }) query: DiffQuery,
    @Headers('accept') accept: string | undefined,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const now = Date.now();
    const [windowA, windowB] = [readSpan('a', query.a, now), readSpan('b', query.b, now)];
    const question = { ...readQuestion(query, now), signal: hangUp(response) };
    const grain = readGrain(query);
    const a = await this.#side(viewer, grain, { ...question, window: windowA });
    const b = await this.#side(viewer, grain, { ...question, window: windowB });
    const answer = await inTurns(diffAnswer(grain, a, b, thresholdsOf(query)), question.signal);
    const wantsText = query.format === undefined && (accept ?? '').includes('text/markdown');
    if (query.format === 'markdown' || wantsText) {
      response.type('text/markdown; charset=utf-8').send(diffMarkdown(answer));
    } else await streamText(response, { 'Content-Type': JSON_TYPE }, jsonPieces(answer));
  }

  async #side(viewer: Viewer, grain: Grain, question: Question): Promise<DiffSide> {
    const { window } = question;
    const { nodes, edges, span, seq } = await this.maps.draw(viewer, grain, question);
    const summed = this.maps.summedOf(viewer, grain, question);
    const { oldest, newest } = this.store.summary();
    const held = heldOf(oldest, newest, this.maps.reachOf(viewer, grain, question));
    const coverage = coverageOf(this.store, window);
    const report = await coverageReport(this.store, this.sources.gaps(), viewer, window);
    return {
      nodes,
      edges,
      about: {
        asked: { since: format(window.since), until: format(window.until) },
        from: format(span?.oldest),
        to: format(span?.newest),
        minutes: recordedMinutes({ ...window, held }),
        seq,
        summed: formatSummed(summed),
        coverage,
      },
      recorded: {
        ...window,
        held,
        coverage,
        summed: isSummed(summed),
        sumsMissing: isMissing(summed.minutes),
        report,
      },
    };
  }
}
