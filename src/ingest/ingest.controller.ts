import { Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { FlowatlasError } from '../domain/errors.js';
import { IngestClient } from './ingest-client.js';
import { ingestReportSchema, textDatingSchema, type IngestReport, type TextDating } from './ingest.schema.js';
import { drain, receiveBody } from './receive-body.js';
import { UploadGate } from './upload-gate.js';

@ApiTags('flows')
@Controller('api/v1/flows')
export class IngestController {
  constructor(
    private readonly ingest: IngestClient,
    private readonly gate: UploadGate,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Store what Hubble wrote',
    description:
      'NDJSON, arrays, concatenated or pretty-printed objects, what hubble observe prints as text, or a form with files; Content-Encoding gzip or zstd, and .gz or .zst files in a form. Answered after everything new is on disk.',
  })
  @ApiConsumes('application/x-ndjson', 'application/json', 'multipart/form-data')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: ingestReportSchema })
  async post(
    @Req() request: Request,
    @Query({ schema: textDatingSchema }) dating: TextDating,
  ): Promise<IngestReport> {
    try {
      this.gate.enter();
    } catch (error) {
      drain(request);
      throw error;
    }
    try {
      return await this.#take(request, dating);
    } finally {
      this.gate.leave();
    }
  }

  /** What came before a fault is stored, too, and the answer says how much that was. */
  async #take(request: Request, dating: TextDating): Promise<IngestReport> {
    const upload = this.ingest.open(dating);
    let fault: unknown;
    try {
      await receiveBody(request, upload, this.gate.limits);
    } catch (error) {
      fault = error;
    }
    const report = await upload.end();
    if (fault !== undefined) drain(request);
    if (fault instanceof FlowatlasError)
      throw new FlowatlasError(fault.code, fault.message, fault.field, { ...fault.details, report });
    if (fault !== undefined) throw fault instanceof Error ? fault : new Error('the body cannot be read');
    if (report.records === 0) throw noRecords(report);
    return report;
  }
}

function noRecords({ rejected, errors }: IngestReport): FlowatlasError {
  const [first] = errors;
  const reason = first === undefined ? 'the body is empty' : `line ${first.line}: ${first.reason}`;
  return new FlowatlasError('no_records', `nothing in the body is a Hubble record; ${reason}`, undefined, {
    rejected,
    errors: errors.slice(0, 10),
  });
}
