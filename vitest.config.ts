import { defineConfig } from 'vitest/config';

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

export default defineConfig({
  test: {
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
          include: ['test/{adapters,functions,iceberg}/**/*.test.ts'],
          ...patience,
          env,
          setupFiles,
        },
      },
      {
        test: {
          name: 'promises',
          include: ['test/{promises,hostile}/**/*.test.ts'],
          ...patience,
          env,
          setupFiles,
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
