import { Module } from '@nestjs/common';
import { LiveGateway } from './live.gateway.js';
import { LiveQuestions } from './live-questions.js';

@Module({ providers: [LiveGateway, LiveQuestions] })
export class LiveModule {}
