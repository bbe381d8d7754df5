import { Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { IngestClient } from './ingest-client.js';
import { ingestReportSchema, textDatingSchema, type IngestReport, type TextDating } from './ingest.schema.js';
import { drain, receiveBody } from './receive-body.js';
import { storeUpload } from './store-upload.js';
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
      try {
        return await storeUpload(this.ingest, dating, (upload) =>
          receiveBody(request, upload, this.gate.limits),
        );
      } finally {
        this.gate.leave();
      }
    } catch (error) {
      drain(request);
      throw error;
    }
  }
}
