import { Module } from '@nestjs/common';
import { ExportController } from './export.controller.js';
import { FlowsController } from './flows.controller.js';
import { NumbersController } from './numbers.controller.js';

/** Numbers come first: `/flows/count` is no uuid. */
@Module({ controllers: [NumbersController, FlowsController, ExportController] })
export class FlowsModule {}
