import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Properties = Record<string, unknown>;

export interface Resource {
  Type: string;
  Properties?: Properties;
  Metadata?: Record<string, unknown>;
  Condition?: string;
}

interface Template {
  Resources?: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
  Parameters?: Record<string, { Default?: unknown }>;
  Conditions?: Record<string, unknown>;
}

/** One stack with what its templates say; a nested one knows who gives it its parameters. */
export interface Stack {
  name: string;
  template: Template;
  nested: Map<string, Stack>;
  parent?: { stack: Stack; parameters: Properties };
}

interface Manifest {
  artifacts?: Record<
    string,
    { type: string; properties?: { templateFile?: string; stackName?: string; directoryName?: string } }
  >;
}

/** Every top stack of a synthesized application, with its nested stacks. */
export function readAssembly(folder: string): Stack[] {
  const manifest: Manifest = readJson(join(folder, 'manifest.json'));
  return Object.entries(manifest.artifacts ?? {}).flatMap(([id, { type, properties }]) => {
    if (type === 'cdk:cloud-assembly') return readAssembly(join(folder, properties?.directoryName ?? ''));
    if (type !== 'aws:cloudformation:stack') return [];
    return [readStack(folder, properties?.templateFile ?? '', properties?.stackName ?? id)];
  });
}

/** A stack and those inside it. */
export const withNested = (stack: Stack): Stack[] => [
  stack,
  ...[...stack.nested.values()].flatMap(withNested),
];

function readStack(folder: string, file: string, name: string, parent?: Stack['parent']): Stack {
  const stack: Stack = { name, template: readJson(join(folder, file)), nested: new Map(), parent };
  for (const [id, resource] of Object.entries(stack.template.Resources ?? {})) {
    if (resource.Type !== 'AWS::CloudFormation::Stack') continue;
    const inner = resource.Metadata?.['aws:asset:path'];
    if (typeof inner !== 'string')
      throw new Error(`${id}: a nested stack that does not say where its template is`);
    const parameters = (resource.Properties?.Parameters ?? {}) as Properties;
    stack.nested.set(id, readStack(folder, inner, `${name}-${id}`, { stack, parameters }));
  }
  return stack;
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
