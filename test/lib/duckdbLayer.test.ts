import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { engineLayer, engineLayers, layerLock } from '../../lib/duckdbLayer.ts';
import { aliases } from '../../lib/handler.ts';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
type Packages = Record<string, { version: string; integrity?: string }>;

test('the layer holds the engine at the versions and digests of the lock file, and nothing else', () => {
  const { packages } = layerLock(lock).lock as { packages: Packages };
  const names = Object.keys(packages).filter((path) => path !== '');
  expect(names).toContain('node_modules/@duckdb/node-bindings-linux-arm64');
  for (const name of names) {
    expect(name).toMatch(/@duckdb\/|detect-libc$/);
    expect(packages[name]).toEqual(lock.packages[name]);
    expect(packages[name]?.integrity).toMatch(/^sha512-/);
  }
});

test('another version is another layer, and one that npm does not know for Lambda is an error', () => {
  const packages = { ...lock.packages };
  delete packages['node_modules/@duckdb/node-bindings-linux-arm64'];
  expect(() => layerLock({ packages })).toThrow('does not hold the engine');
});

test('all functions of an installation share one layer, also from nested stacks, and none is built for a test', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'platform');
  const nested = new NestedStack(stack, 'dialect');
  expect(engineLayers(nested)).toEqual([engineLayer(stack)]);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::LayerVersion', 1);
  template.hasResourceProperties('AWS::Lambda::LayerVersion', {
    CompatibleArchitectures: ['arm64'],
    CompatibleRuntimes: ['nodejs24.x'],
  });
});

test('where the context says so there is none', () => {
  const stack = new Stack(new App({ context: { engineLayer: 'false' } }), 'platform');
  expect(engineLayers(stack)).toEqual([]);
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::LayerVersion', 0);
});

test('a bundle names the engine, holds none of it, and finds it outside', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-engine-'));
  try {
    const outfile = join(folder, 'handler.mjs');
    const { metafile } = await build({
      ...{ entryPoints: ['test/local/support/functions/engine.ts'], outfile, bundle: true, metafile: true },
      ...{ format: 'esm', platform: 'node', target: 'node24', minify: true, alias: aliases },
    });
    expect(Object.keys(metafile.inputs).filter((input) => input.includes('@duckdb'))).toEqual([]);
    const script = `const { handler } = await import(${JSON.stringify(outfile)});
      console.log(JSON.stringify(await handler({ rows: 10 })));`;
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(JSON.parse(told).total).toMatch(/^19\.306/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what the layer is made from is installed', () => {
  expect(existsSync('node_modules/@duckdb/node-bindings')).toBe(true);
});
