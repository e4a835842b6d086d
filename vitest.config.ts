import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Every call that a test forgets to stand in for fails at once: nothing here may reach a real account. */
const env = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** A machine that others use too may be ten times slower for a while: a time-out is for what hangs. */
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

const setupFiles = ['test/support/seed.ts'];
/** Whatever a role does not allow fails the test that saw it. */
const granting = [...setupFiles, 'test/support/granted/setup.ts'];

/** These wait for whole systems to start, end and start again: begun last, they would keep one core alone. */
const longest = ['local/kill', 'local/start', 'hostile/fuzz', 'lib/bundles', 'promises/p02', 'lib/stages'];
const place = ({ moduleId }: TestSpecification) => {
  const found = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return found < 0 ? longest.length : found;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Every core: what runs beside is idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/*.test.ts',
            'test/{domain,contracts,scoring,statemachines,scripts,bench}/**/*.test.ts',
          ],
          // Pure functions have nothing to be kept apart: a process for each file would cost more than its tests.
          isolate: false,
          ...patience,
          env,
          setupFiles,
        },
      },
      {
        test: {
          name: 'functions',
          include: ['test/{functions,iceberg}/**/*.test.ts'],
          exclude: ['test/functions/alone/**'],
          // Each file opens a world of its own, which takes the place of the one before.
          isolate: false,
          ...patience,
          env,
          setupFiles: granting,
        },
      },
      {
        test: {
          name: 'adapters',
          // What stands in for single calls itself, or looks at the first of something, has a process for each file.
          include: ['test/adapters/**/*.test.ts', 'test/functions/alone/**/*.test.ts'],
          ...patience,
          env,
          setupFiles: granting,
        },
      },
      {
        test: {
          name: 'promises',
          include: ['test/{promises,hostile}/**/*.test.ts'],
          ...patience,
          env,
          setupFiles: granting,
        },
      },
      {
        test: {
          name: 'infra',
          include: ['test/lib/**/*.test.ts'],
          // The infrastructure is synthesized once, and looked at by all.
          isolate: false,
          ...patience,
        },
      },
      {
        test: {
          name: 'local',
          include: ['test/local/**/*.test.ts', 'test/journey/**/*.test.ts'],
          ...patience,
          env,
          setupFiles,
        },
      },
    ],
  },
});
