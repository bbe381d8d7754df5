import { Module } from '@nestjs/common';
import { DropQuestions } from './drop-questions.js';
import { DropsController } from './drops.controller.js';

@Module({ controllers: [DropsController], providers: [DropQuestions], exports: [DropQuestions] })
export class DropsModule {}
