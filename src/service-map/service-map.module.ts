import { Module } from '@nestjs/common';
import { MapDiffController } from './map-diff.controller.js';
import { MapFramesController } from './map-frames.controller.js';
import { MapQuestions } from './map-questions.js';
import { MapReader } from './map-reader.js';
import { ServiceMapController } from './service-map.controller.js';

@Module({
  controllers: [ServiceMapController, MapDiffController, MapFramesController],
  providers: [MapQuestions, MapReader],
  exports: [MapQuestions],
})
export class ServiceMapModule {}
