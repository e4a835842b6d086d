import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openapi } from '../contracts/openapi.ts';
import { routes } from '../contracts/routes.ts';
import project from '../package.json' with { type: 'json' };

/** Write docs/openapi.json anew from the contracts: `node scripts/openapi.ts`. */
const file = join(import.meta.dirname, '..', 'docs', 'openapi.json');
writeFileSync(file, `${JSON.stringify(openapi(routes, project.version), null, 2)}\n`);
