import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { Metrics } from './metrics.js';
import { StatusController } from './status.controller.js';

@Module({ controllers: [StatusController, HealthController], providers: [Metrics], exports: [Metrics] })
export class TelemetryModule {}
