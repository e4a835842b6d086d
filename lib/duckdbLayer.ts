import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, type ILocalBundling, Stack } from 'aws-cdk-lib';
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const root = join(import.meta.dirname, '..');

interface Lock {
  packages: Record<string, { version: string }>;
}

const engine = '@duckdb/node-api';
const native = '@duckdb/node-bindings-linux-arm64';
/** The engine and all that it loads, for every platform: npm leaves out what is not for Lambda's. */
const belongs = /^node_modules\/(@duckdb\/[^/]+|detect-libc)$/;

/** What npm is asked for: a package and a lock file that hold no other versions and digests than this project's own. */
export function layerLock(lock: Lock): { manifest: object; lock: object } {
  const version = lock.packages[`node_modules/${engine}`]?.version;
  if (!version || !lock.packages[`node_modules/${native}`])
    throw new Error('package-lock.json does not hold the engine for Lambda');
  const manifest = { name: 'duckdb-layer', version: '1.0.0', dependencies: { [engine]: version } };
  const kept = Object.entries(lock.packages).filter(([path]) => belongs.test(path));
  const packages = { '': manifest, ...Object.fromEntries(kept) };
  return {
    manifest,
    lock: { name: manifest.name, version: manifest.version, lockfileVersion: 3, requires: true, packages },
  };
}

/** Install for arm64 Linux on whatever machine this is; npm checks the digests and runs no script. */
function install(folder: string, wanted: ReturnType<typeof layerLock>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(wanted.manifest));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(wanted.lock));
  const options = [
    '--os=linux',
    '--cpu=arm64',
    '--libc=glibc',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
  ];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['ci', ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  // npm leaves a package for another platform out without a word.
  if (!existsSync(join(folder, 'node_modules', native, 'duckdb.node')))
    throw new Error(`npm did not install ${native}`);
  rmSync(join(folder, 'package-lock.json'));
}

const bundlingOf = (wanted: ReturnType<typeof layerLock>): ILocalBundling => ({
  tryBundle(output) {
    install(join(output, 'nodejs'), wanted);
    return true;
  },
});

/** The layers of a function that works with tables; none where the context `engineLayer` is false, as on the emulator. */
export const engineLayers = (scope: Construct): LayerVersion[] =>
  String(scope.node.tryGetContext('engineLayer')) === 'false' ? [] : [engineLayer(scope)];

/** The one layer of an installation, wherever the function is that asks for it. */
export function engineLayer(scope: Construct): LayerVersion {
  let stack = Stack.of(scope);
  while (stack.nestedStackParent) stack = stack.nestedStackParent;
  return (stack.node.tryFindChild('duckdb') as LayerVersion | undefined) ?? duckdbLayer(stack);
}

/**
 * The engine for functions that score tables, 70 MB that no bundle should carry. It is made anew when its versions
 * change, found in the output folder else, and left out where nothing is bundled.
 */
function duckdbLayer(scope: Construct): LayerVersion {
  const wanted = layerLock(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  return new LayerVersion(scope, 'duckdb', {
    description: 'DuckDB for Node.js on arm64',
    compatibleArchitectures: [Architecture.ARM_64],
    compatibleRuntimes: [Runtime.NODEJS_24_X],
    code: Code.fromAsset(join(root, 'node_modules', '@duckdb', 'node-bindings'), {
      assetHashType: AssetHashType.CUSTOM,
      assetHash: createHash('sha256').update(JSON.stringify(wanted.lock)).digest('hex'),
      // Never used: the way above does not fail over.
      bundling: { image: DockerImage.fromRegistry('scratch'), local: bundlingOf(wanted) },
    }),
  });
}
