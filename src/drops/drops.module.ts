import { Module } from '@nestjs/common';
import { DropsController } from './drops.controller.js';

@Module({ controllers: [DropsController] })
export class DropsModule {}
