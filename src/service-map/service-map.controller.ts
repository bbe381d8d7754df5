import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { FlowatlasError } from '../domain/errors.js';
import type { Window } from '../domain/filter/window.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import type { Viewer } from '../domain/viewer.js';
import { rawList, withRawMember } from '../http/raw-json.js';
import { oneOf } from '../query/parameters.js';
import { questionSchema, readQuestion, type Question } from '../query/question.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import { MapQuestions } from './map-questions.js';
import { mapOfSums, readMap } from './read-map.js';
import { edgeDetailSchema, levels, serviceMapSchema } from './service-map.schema.js';
import type { Level, ServiceMapResponse } from './service-map.schema.js';

const mapQuery = questionSchema({
  level: oneOf(levels).default('workload').describe('what a node stands for'),
});
type MapQuery = z.infer<typeof mapQuery>;

interface Answer {
  map: ServiceMap;
  /** The last stored flow that it includes. */
  seq: number;
}

@ApiTags('service map')
@Controller('api/v1')
export class ServiceMapController {
  constructor(
    private readonly store: FlowStore,
    private readonly questions: MapQuestions,
  ) {}

  @Get('map')
  @ApiOperation({ summary: 'Who talks to whom, and who is kept from it, in a window' })
  @ApiOkResponse({ standardSchema: serviceMapSchema })
  async map(
    @Query({ schema: mapQuery }) query: MapQuery,
    @CurrentViewer() viewer: Viewer,
  ): Promise<ServiceMapResponse> {
    const question = readQuestion(query, Date.now());
    const { map, seq } =
      (await this.#kept(viewer, query.level, question)) ?? (await this.#added(viewer, query.level, question));
    const { window } = question;
    const span = map.span();
    return {
      level: query.level,
      nodes: map.nodes(),
      edges: map.edges(),
      from: span === undefined ? null : formatTimestamp(span.oldest),
      to: span === undefined ? null : formatTimestamp(span.newest),
      seq,
      hours: this.#hoursOf(viewer, query.level, question),
      coverage: coverageOf(this.store, window),
    };
  }

  @Get('edges/:id')
  @ApiOperation({
    summary: 'One edge in full: the counters behind its headline, and some of its newest flows',
  })
  @ApiOkResponse({ standardSchema: edgeDetailSchema })
  async edge(
    @Param('id') id: string,
    @Query({ schema: mapQuery }) query: MapQuery,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const question = readQuestion(query, Date.now());
    const { map, seq } =
      (await this.#kept(viewer, query.level, question)) ?? (await this.#built(viewer, query.level, question));
    const edge = map.edge(id);
    const source = edge && map.node(edge.source);
    const target = edge && map.node(edge.target);
    if (edge === undefined || source === undefined || target === undefined) {
      throw new FlowatlasError(
        'not_found',
        `no edge has the id ${JSON.stringify(id)} in this window and level`,
      );
    }
    const examples = rawList(await this.store.take(viewer, map.examplesOf(id)));
    response
      .type('application/json')
      .send(withRawMember({ edge, source, target, ...map.namesOf(id), seq }, 'examples', examples));
  }

  /** The map of everything, which is also that of a window around all that is held. */
  async #kept(viewer: Viewer, level: Level, { filter, window }: Question): Promise<Answer | undefined> {
    if (!filter.isEmpty || !this.#isAround(window)) return undefined;
    const question = this.questions.whole(viewer, level);
    await question.refresh();
    return this.#isAround(window) ? { map: question.map, seq: question.seq } : undefined;
  }

  /** Which part is made of sums by hour, as its flows are no longer held. */
  #hoursOf(viewer: Viewer, level: Level, { filter, window }: Question): ServiceMapResponse['hours'] {
    const isOpen = window.since === undefined && window.until === undefined;
    if (isOpen || level === 'pod' || !filter.isEmpty || viewer.namespaces !== 'all') return null;
    const hours = this.store.summedHours(window);
    return hours === undefined ? null : { from: formatTimestamp(hours.from), to: formatTimestamp(hours.to) };
  }

  #isAround(window: Window): boolean {
    const { since, until } = window;
    if (since === undefined && until === undefined) return true;
    const { oldest, newest } = this.store.summary();
    if (this.store.summedHours(window) !== undefined) return false;
    return (
      (since === undefined || oldest === undefined || oldest >= since) &&
      (until === undefined || newest === undefined || newest <= until)
    );
  }

  /** From sums at the grain of workloads, where that grain is enough. */
  async #added(viewer: Viewer, level: Level, question: Question): Promise<Answer> {
    const last = this.store.summary().lastSeq;
    const sums = level === 'pod' ? undefined : await this.store.sums(viewer, question);
    if (sums === undefined) return this.#built(viewer, level, question);
    return { map: await mapOfSums(sums, level), seq: Math.max(last, sums.upTo) };
  }

  async #built(viewer: Viewer, level: Level, { filter, window }: Question): Promise<Answer> {
    const last = this.store.summary().lastSeq;
    const read = () => this.store.tallies(viewer, { filter, window });
    const { map, seq } = await readMap(new ServiceMap(level), read);
    return { map, seq: Math.max(last, seq) };
  }
}
