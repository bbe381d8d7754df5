import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Courtesy } from '../http/courtesy.js';
import { LiveGateway } from './live.gateway.js';
import { LiveQuestions } from './live-questions.js';

@Module({
  providers: [LiveGateway, LiveQuestions, Courtesy, { provide: APP_INTERCEPTOR, useExisting: Courtesy }],
})
export class LiveModule {}
