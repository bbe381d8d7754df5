import { createHash } from 'node:crypto';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import { FlowatlasError } from '../domain/errors.js';
import { explainDropReason } from '../domain/flow/drop-reason.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import { hangUp } from '../http/hang-up.js';
import { withRawMember } from '../http/raw-json.js';
import { wholeNumber } from '../query/parameters.js';
import { questionSchema, readQuestion } from '../query/question.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import { groupDrops, type DropCause } from './drop-groups.js';
import { dropFields, dropsSchema, type DropField, type DropGroup } from './drops.schema.js';

const DEFAULT_BY: DropField[] = ['source', 'destination', 'port', 'reason', 'direction'];

const dropsQuery = questionSchema({
  by: z
    .string()
    .optional()
    .describe(
      `comma-separated fields to group by: ${dropFields.join(', ')}; ${DEFAULT_BY.join(',')} unless said`,
    ),
  limit: wholeNumber(1, 1_000).default(100).describe('groups, most frequent first'),
});
type DropsQuery = z.infer<typeof dropsQuery>;

@ApiTags('drops')
@Controller('api/v1/drops')
export class DropsController {
  constructor(private readonly store: FlowStore) {}

  @Get()
  @ApiOperation({ summary: 'What was dropped, grouped by cause, with plain words and a next step' })
  @ApiOkResponse({ standardSchema: dropsSchema })
  async drops(
    @Query({ schema: dropsQuery }) query: DropsQuery,
    @CurrentViewer() viewer: Viewer,
    @Res() response: Response,
  ): Promise<void> {
    const by = readFields(query.by);
    const question = { ...readQuestion(query, Date.now()), signal: hangUp(response) };
    const causes = groupDrops(await this.store.drops(viewer, question), by).filter(({ count }) => count > 0);
    const groups = await Promise.all(causes.slice(0, query.limit).map((cause) => this.#group(viewer, cause)));
    const rest = {
      by,
      drops: causes.reduce((sum, { count }) => sum + count, 0),
      groupsLeftOut: causes.length - groups.length,
      coverage: coverageOf(this.store, question.window),
    };
    response.type('application/json').send(withRawMember(rest, 'groups', `[${groups.join(',')}]`));
  }

  /** A group's JSON. */
  async #group(viewer: Viewer, cause: DropCause): Promise<string> {
    const [example] = await this.store.take(viewer, [cause.lastSeq]);
    const { words, nextStep, harmless } = explainDropReason(cause.reason);
    const group: Omit<DropGroup, 'example'> = {
      id: createHash('sha256').update(JSON.stringify(cause.fields)).digest('base64url').slice(0, 20),
      ...(cause.fields as Partial<DropGroup>),
      count: cause.count,
      firstSeen: formatTimestamp(cause.first),
      lastSeen: formatTimestamp(cause.last),
      explanation: { words, nextStep, harmless },
      deniedBy: cause.deniedBy,
    };
    return withRawMember(group, 'example', example?.record ?? 'null');
  }
}

function readFields(text: string | undefined): DropField[] {
  if (text === undefined) return DEFAULT_BY;
  return text.split(',').map((name) => {
    const field = dropFields.find((known) => known === name.trim());
    if (field !== undefined) return field;
    throw new FlowatlasError('invalid_parameter', `by: "${name}" is none of ${dropFields.join(', ')}`, 'by');
  });
}
