import { Module } from '@nestjs/common';
import { ExportController } from './export.controller.js';
import { FlowsController } from './flows.controller.js';

@Module({ controllers: [FlowsController, ExportController] })
export class FlowsModule {}
