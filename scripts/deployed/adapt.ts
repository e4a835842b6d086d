import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionsOf, templates } from './policies.ts';

interface Manifest {
  artifacts: Record<string, { properties?: { terminationProtection?: boolean } }>;
}

/**
 * Change a synthesized app into what the emulator can take, and say what was changed. This is the only place where
 * what is checked differs from what ships: a long list would mean that lib/ is wrong.
 */
export const adapt = (app: string, endpoints: ReadonlyMap<string, string>): string[] => [
  ...unprotect(app),
  ...guarded(app, endpoints),
];

function unprotect(app: string): string[] {
  const file = join(app, 'manifest.json');
  const manifest: Manifest = JSON.parse(readFileSync(file, 'utf8'));
  const changes = Object.entries(manifest.artifacts).flatMap(([stack, { properties }]) => {
    if (!properties?.terminationProtection) return [];
    properties.terminationProtection = false;
    return [`${stack}: no termination protection, the emulator does not know UpdateTerminationProtection`];
  });
  writeFileSync(file, JSON.stringify(manifest, null, 2));
  return changes;
}

const services = ['DYNAMODB', 'S3', 'SFN', 'EVENTBRIDGE'];

/** The emulator holds nobody to his policy: every function makes its calls through who does. */
function guarded(app: string, endpoints: ReadonlyMap<string, string>): string[] {
  for (const [file, template] of templates(app)) {
    for (const [operation, { Properties }] of functionsOf(template)) {
      const own = services.map((service) => [`AWS_ENDPOINT_URL_${service}`, endpoints.get(operation)]);
      const Variables = { ...Properties.Environment?.Variables, ...Object.fromEntries(own) };
      Properties.Environment = { Variables };
    }
    writeFileSync(file, JSON.stringify(template, null, 1));
  }
  return [
    `${endpoints.size} functions: they call AWS through a guard that holds them to the policies of their roles`,
  ];
}
