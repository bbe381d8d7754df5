import { Module } from '@nestjs/common';
import { MapQuestions } from './map-questions.js';
import { ServiceMapController } from './service-map.controller.js';

@Module({ controllers: [ServiceMapController], providers: [MapQuestions], exports: [MapQuestions] })
export class ServiceMapModule {}
