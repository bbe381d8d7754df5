import { Module } from '@nestjs/common';
import { MapQuestions } from './map-questions.js';
import { MapReader } from './map-reader.js';
import { ServiceMapController } from './service-map.controller.js';

@Module({
  controllers: [ServiceMapController],
  providers: [MapQuestions, MapReader],
  exports: [MapQuestions],
})
export class ServiceMapModule {}
