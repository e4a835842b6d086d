import { openapi } from '../../contracts/openapi.ts';
import { routes } from '../../contracts/routes.ts';
import { getOpenapi } from '../../contracts/service.ts';
import project from '../../package.json' with { type: 'json' };
import { pipeline, success } from '../kit/http/pipeline.ts';

const document = success(getOpenapi, openapi(routes, project.version));

export const handler = pipeline(getOpenapi, async () => document);
