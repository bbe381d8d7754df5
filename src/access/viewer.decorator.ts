import { createParamDecorator } from '@nestjs/common';
import { everyone, type Viewer } from '../domain/viewer.js';

/** Who asks. Without authentication that is everyone; with it, this is the only place that changes. */
export const CurrentViewer = createParamDecorator((): Viewer => everyone);
