import { Module, type DynamicModule } from '@nestjs/common';
import { PinnedRoutes } from '../domain/service-map/pinned-routes.js';
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
export class ServiceMapModule {
  /** `routes` are templates of those that are pinned. */
  static of(routes: readonly string[], ...imports: DynamicModule[]): DynamicModule {
    const pinned = { provide: PinnedRoutes, useValue: PinnedRoutes.of(routes) };
    return { module: ServiceMapModule, imports, providers: [pinned] };
  }
}
