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
  ...mapped(app),
  ...engined(app),
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

interface State {
  Type: string;
  Items?: string;
  ItemProcessor?: { States: Record<string, object> };
}

/** The emulator maps in the older language alone: a Map is said in it, and the states inside stay as they are. */
function mapped(app: string): string[] {
  const changes: string[] = [];
  for (const [file, template] of templates(app)) {
    const machines = Object.entries(template.Resources).filter(
      ([, { Type }]) => Type === 'AWS::StepFunctions::StateMachine',
    );
    for (const [id, { Properties }] of machines) {
      const told = Properties as { DefinitionString: string };
      const machine = JSON.parse(told.DefinitionString) as { States: Record<string, State> };
      const maps = Object.entries(machine.States).filter(
        // It reads no items from an object in any language: no run there has more than one part.
        ([, { Type, Items }]) => Type === 'Map' && Items !== undefined,
      );
      for (const [name, map] of maps) machine.States[name] = inOldLanguage(map);
      told.DefinitionString = JSON.stringify(machine);
      changes.push(...maps.map(([name]) => `${id}: the Map '${name}' is written in JSONPath`));
    }
    writeFileSync(file, JSON.stringify(template, null, 1));
  }
  return changes;
}

/** Without a layer, which would be for arm64, functions find the engine where this project has it. */
function engined(app: string): string[] {
  const changes: string[] = [];
  for (const [file, template] of templates(app)) {
    for (const [operation, { Properties, Metadata }] of functionsOf(template)) {
      if (!Metadata?.['slipway:engine']) continue;
      const NODE_PATH = join(import.meta.dirname, '..', '..', 'node_modules');
      Properties.Environment = { Variables: { ...Properties.Environment?.Variables, NODE_PATH } };
      changes.push(`${operation}: it finds the engine outside of a layer`);
    }
    writeFileSync(file, JSON.stringify(template, null, 1));
  }
  return changes;
}

function inOldLanguage({ Items = '', ItemProcessor, ...state }: State): State {
  const [, path] = /^\{% \$states\.input\.([\w.]+) %\}$/.exec(Items) ?? [];
  if (path === undefined || !ItemProcessor) throw new Error(`no path leads to ${Items}`);
  const inside = Object.entries(ItemProcessor.States).map(([name, one]) => [
    name,
    { QueryLanguage: 'JSONata', ...one },
  ]);
  const old = { QueryLanguage: 'JSONPath', ItemsPath: `$.${path}` };
  return { ...state, ...old, ItemProcessor: { ...ItemProcessor, States: Object.fromEntries(inside) } };
}
