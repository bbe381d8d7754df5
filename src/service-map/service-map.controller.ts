import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { FlowatlasError } from '../domain/errors.js';
import { shown } from '../domain/filter/criterion.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import { hangUp } from '../http/hang-up.js';
import { inPieces, jsonPieces, JSON_TYPE } from '../http/pieces.js';
import { rawList, withRawMember } from '../http/raw-json.js';
import { streamText } from '../http/stream-text.js';
import { inTurns } from '../query/in-turns.js';
import { oneOf } from '../query/parameters.js';
import { questionSchema, readQuestion } from '../query/question.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageHeader, coverageOf, formatSummed } from '../telemetry/coverage.js';
import { edgesAtMost, exports, mapFormats } from './export/formats.js';
import { foldDrawn, foldShape, headerOf, readFoldLimits } from './fold-query.js';
import { grainShape, namedJson, readGrain } from './grain-query.js';
import { MapReader } from './map-reader.js';
import { edgeDetailSchema, serviceMapSchema } from './service-map.schema.js';
import type { ServiceMapResponse } from './service-map.schema.js';

const mapQuery = questionSchema({
  ...grainShape,
  ...foldShape,
  format: oneOf(mapFormats).default('json').describe('what it is written as'),
});
type MapQuery = z.infer<typeof mapQuery>;

const edgeQuery = questionSchema(grainShape);
type EdgeQuery = z.infer<typeof edgeQuery>;

@ApiTags('service map')
@Controller('api/v1')
export class ServiceMapController {
  constructor(
    private readonly store: FlowStore,
    private readonly maps: MapReader,
  ) {}

  @Get('map')
  @ApiOperation({ summary: 'Who talks to whom, and who is kept from it, in a window' })
  @ApiProduces('application/json', ...Object.values(exports).map(({ type }) => type))
  @ApiOkResponse({ standardSchema: serviceMapSchema })
  async map(
    @Query({ schema: mapQuery }) query: MapQuery,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const question = { ...readQuestion(query, Date.now()), signal: hangUp(response) };
    const maxEdges = query['max-edges'] ?? edgesAtMost(query.format);
    const limits = readFoldLimits({ ...query, 'max-edges': maxEdges });
    const grain = readGrain(query);
    const { signal, window } = question;
    const { seq, span, ...drawn } = await this.maps.draw(viewer, grain, question);
    const coverage = coverageOf(this.store, window);
    const { nodes, edges, folded } = await inTurns(foldDrawn(drawn, limits), signal);
    if (query.format !== 'json') {
      const { type, lines } = exports[query.format];
      const headers = {
        'Content-Type': type,
        'Flowatlas-Coverage': coverageHeader(coverage),
        ...(folded !== null && { 'Flowatlas-Folded': headerOf(folded) }),
      };
      await streamText(response, headers, inPieces(lines({ nodes, edges, others: folded?.edges })));
      return;
    }
    const answer: ServiceMapResponse = {
      level: query.level,
      ...namedJson(grain),
      nodes,
      edges,
      folded,
      from: span === undefined ? null : formatTimestamp(span.oldest),
      to: span === undefined ? null : formatTimestamp(span.newest),
      seq,
      ...formatSummed(this.maps.summedOf(viewer, grain, question)),
      coverage,
    };
    await streamText(response, { 'Content-Type': JSON_TYPE }, jsonPieces(answer));
  }

  @Get('edges/:id')
  @ApiOperation({
    summary: 'One edge in full: the counters behind its headline, and some of its newest flows',
  })
  @ApiOkResponse({ standardSchema: edgeDetailSchema })
  async edge(
    @Param('id') id: string,
    @Query({ schema: edgeQuery }) query: EdgeQuery,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const question = { ...readQuestion(query, Date.now()), signal: hangUp(response) };
    const grain = readGrain(query);
    const answer = await this.maps.readEdge(viewer, grain, id, question);
    if (answer === undefined) {
      throw new FlowatlasError('not_found', `no edge has the id ${shown(id)} in this window and level`);
    }
    const { edge, source, target, names, seq } = answer;
    const summed = formatSummed(this.maps.summedOf(viewer, grain, question));
    const coverage = coverageOf(this.store, question.window);
    const examples = rawList(await this.store.take(viewer, answer.examples));
    response
      .type('application/json')
      .send(
        withRawMember({ edge, source, target, ...names, seq, ...summed, coverage }, 'examples', examples),
      );
  }
}
