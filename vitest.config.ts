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

const setupFiles = ['test/support/seed.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/*.test.ts',
            'test/{domain,contracts,scoring,adapters,functions,statemachines,scripts,bench}/**/*.test.ts',
          ],
          // A machine that others use too may be ten times slower for a while.
          testTimeout: 30_000,
          env,
          setupFiles,
        },
      },
      {
        test: {
          name: 'promises',
          include: ['test/{promises,hostile}/**/*.test.ts'],
          testTimeout: 120_000,
          env,
          setupFiles,
        },
      },
      {
        test: {
          name: 'infra',
          include: ['test/lib/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'local',
          include: ['test/local/**/*.test.ts', 'test/journey/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          env,
          setupFiles,
        },
      },
    ],
  },
});
