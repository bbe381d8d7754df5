import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { FlowatlasError } from '../domain/errors.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { groupFields, hintFields, type GroupField } from '../domain/grouping/fields.js';
import type { Group } from '../domain/grouping/groups.js';
import type { Buckets } from '../domain/grouping/series.js';
import { summarise } from '../domain/latencies.js';
import type { Viewer } from '../domain/viewer.js';
import { hangUp } from '../http/hang-up.js';
import { namesIn, wholeNumber, type List } from '../query/parameters.js';
import { questionSchema, readQuestion } from '../query/question.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import { countFlows, groupFlows, hintsOf, seriesOf, type Counted } from './numbers.js';
import {
  countSchema,
  groupsSchema,
  hintsSchema,
  seriesSchema,
  type FlowCount,
  type FlowGroups,
  type FlowHints,
  type FlowSeries,
} from './numbers.schema.js';
import { heldBuckets } from '../query/step.js';

const MOST_FIELDS = 6;
const names = [...groupFields.keys()].join(', ');

const countQuery = questionSchema({});
const groupsQuery = questionSchema({
  by: z
    .union([z.string(), z.array(z.string())], 'which fields? such as by=from-workload,verdict')
    .describe(`up to ${MOST_FIELDS} of: ${names}`),
  top: wholeNumber(1, 1_000).default(20).describe('groups, the most frequent first'),
});
const seriesQuery = questionSchema({
  by: z.string().optional().describe(`one of: ${names}`),
  step: z.string().optional().describe('length of a bucket, such as 1m; unless said, one of at most 120'),
  top: wholeNumber(1, 50).default(10).describe('values told on their own, the most frequent first'),
});
const hintsQuery = questionSchema({
  field: z.string('which field? such as field=from-pod').describe([...hintFields.keys()].join(', ')),
  prefix: z.string().max(1_000).default('').describe('in any case; also of a name behind its namespace'),
  top: wholeNumber(1, 1_000).default(20).describe('values, the most frequent first'),
});

/** Numbers instead of flows: all are made of one reading of what matches, which ends when the client hangs up. */
@ApiTags('flows')
@Controller('api/v1/flows')
export class NumbersController {
  constructor(private readonly store: FlowStore) {}

  @Get('count')
  @ApiOperation({ summary: 'How many flows match' })
  @ApiOkResponse({ standardSchema: countSchema })
  async count(
    @Query({ schema: countQuery }) query: z.infer<typeof countQuery>,
    @CurrentViewer() viewer: Viewer,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FlowCount> {
    const asked = this.#read(query, response);
    const sum = await countFlows(this.store, viewer, asked);
    return { ...sum, coverage: coverageOf(this.store, asked.window) };
  }

  @Get('groups')
  @ApiOperation({ summary: 'Flows by the values of any fields: counts, first and last seen, rate, latency' })
  @ApiOkResponse({ standardSchema: groupsSchema })
  async groups(
    @Query({ schema: groupsQuery }) query: z.infer<typeof groupsQuery>,
    @CurrentViewer() viewer: Viewer,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FlowGroups> {
    const by = readFields(query.by);
    const asked = this.#read(query, response);
    const coverage = coverageOf(this.store, asked.window);
    const groups = await groupFlows(this.store, viewer, asked, by);
    const { top, leftOut, folded, unmeasured } = groups.rank(query.top);
    const seconds = secondsOf(coverage);
    return {
      by: by.map(({ name }) => name),
      count: groups.count,
      groups: top.map((group) => tellGroup(group, by, seconds)),
      leftOut,
      folded: folded ?? null,
      latenciesLeftOut: unmeasured,
      coverage,
    };
  }

  @Get('timeseries')
  @ApiOperation({ summary: 'How many flows match, by time and by the values of a field' })
  @ApiOkResponse({ standardSchema: seriesSchema })
  async timeseries(
    @Query({ schema: seriesQuery }) query: z.infer<typeof seriesQuery>,
    @CurrentViewer() viewer: Viewer,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FlowSeries> {
    const field = query.by === undefined ? undefined : readField('by', groupFields, query.by);
    const asked = this.#read(query, response);
    const coverage = coverageOf(this.store, asked.window);
    const buckets = heldBuckets(this.store.extent(asked.window), asked.window, query.step);
    const found = await seriesOf(this.store, viewer, asked, buckets, field, query.top);
    return {
      by: field?.name ?? null,
      step: Number(buckets.step) / 1e9,
      times: timesOf(buckets),
      series: found.series.map(({ value, ...counts }) => ({ value: said(value), ...counts })),
      others: { values: found.leftOut.groups, ...found.others },
      folded: found.folded ?? null,
      coverage,
    };
  }

  @Get('hints')
  @ApiOperation({ summary: 'Which values a field has among the flows that match, for completion' })
  @ApiOkResponse({ standardSchema: hintsSchema })
  async hints(
    @Query({ schema: hintsQuery }) query: z.infer<typeof hintsQuery>,
    @CurrentViewer() viewer: Viewer,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FlowHints> {
    const field = readField('field', hintFields, query.field);
    const asked = this.#read(query, response);
    const { groups, strange } = await hintsOf(this.store, viewer, asked, field, query.prefix);
    const { top, leftOut, folded } = groups.rank(query.top);
    return {
      field: field.name,
      values: top.map(({ values: [value = ''], count, last }) => ({
        value,
        count,
        lastSeen: formatTimestamp(last),
      })),
      leftOut: leftOut.groups,
      strange: strange.size,
      folded: folded ?? null,
      coverage: coverageOf(this.store, asked.window),
    };
  }

  /** What arrives while it is read is left for the next answer. */
  #read(query: object, response: Response): Counted {
    const { filter, window } = readQuestion(query, Date.now());
    return { filter, window, upTo: this.store.summary().lastSeq, signal: hangUp(response) };
  }
}

function readFields(list: List): GroupField[] {
  const fields = namesIn(list).map((name) => readField('by', groupFields, name));
  const again = fields.find((field, i) => fields.indexOf(field) !== i);
  if (again !== undefined) refuse('by', `${again.name} stands there twice`);
  if (fields.length > MOST_FIELDS) refuse('by', `at most ${MOST_FIELDS} fields`);
  return fields;
}

function readField<T>(parameter: string, fields: ReadonlyMap<string, T>, name: string): T {
  const known = [...fields.keys()].join(', ');
  return fields.get(name) ?? refuse(parameter, `${JSON.stringify(name.slice(0, 100))} is none of ${known}`);
}

function refuse(field: string, reason: string): never {
  throw new FlowatlasError('invalid_parameter', `${field}: ${reason}`, field);
}

function tellGroup(group: Group, by: readonly GroupField[], seconds: number): FlowGroups['groups'][number] {
  const { values, count, flows, first, last, answers, latencies } = group;
  return {
    values: Object.fromEntries(by.map(({ name }, i) => [name, said(values[i])])),
    count,
    flows,
    firstSeen: formatTimestamp(first),
    lastSeen: formatTimestamp(last),
    rate: seconds > 0 ? rounded(flows / seconds) : null,
    latency: answers === 0 ? null : summarise(latencies, answers),
  };
}

function said(value = ''): string | null {
  return value === '' ? null : value;
}

/** Three digits: the buckets of latencies tell no more. */
function rounded(number: number): number {
  return Number(number.toPrecision(3));
}

function secondsOf({ from, to }: { from: string | null; to: string | null }): number {
  return from === null || to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000;
}

function timesOf({ from, step, count }: Buckets): string[] {
  return Array.from({ length: count }, (_, i) => formatTimestamp(from + BigInt(i) * step));
}
