import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import { CurrentViewer } from '../access/viewer.decorator.js';
import type { Viewer } from '../domain/viewer.js';
import { hangUp } from '../http/hang-up.js';
import { withRawMember } from '../http/raw-json.js';
import { inTurns } from '../query/in-turns.js';
import { questionSchema, readQuestion } from '../query/question.js';
import { FlowStore } from '../store/flow-store.js';
import { coverageOf } from '../telemetry/coverage.js';
import { groupsJson, removedJson, sumsOf } from './drop-answer.js';
import { groupDrops } from './drop-groups.js';
import { dropsSchema, grouping, readFields } from './drops.schema.js';

const dropsQuery = questionSchema(grouping);
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
    const dropped = await this.store.drops(viewer, { ...question, withoutNodes: !by.includes('node') });
    const causes = await inTurns(groupDrops(dropped, by), question.signal);
    const told = causes.slice(0, query.limit);
    const groups = await groupsJson(this.store, viewer, told);
    const rest = {
      by,
      ...sumsOf(causes, told.length),
      removed: removedJson(dropped),
      coverage: coverageOf(this.store, question.window),
    };
    response.type('application/json').send(withRawMember(rest, 'groups', `[${groups.join(',')}]`));
  }
}
