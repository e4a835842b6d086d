import { getHealth } from '../../contracts/service.ts';
import project from '../../package.json' with { type: 'json' };
import { pipeline, success } from '../kit/http/pipeline.ts';

const healthy = success(getHealth, { status: 'ok', version: project.version });

export const handler = pipeline(getHealth, async () => healthy);
