// One run, several projects: pure unit tests, tests on a real Postgres, end-to-end tests in a browser and those that start
// and kill processes (scripts/test.ts runs the two side by side), and the extension tests in jsdom with Preact's JSX and
// Shopify's own tester.
import { defineConfig } from 'vitest/config';

const NEVER = ['**/node_modules/**', '**/dist/**', '**/.cache/**', '**/.data/**'];

// It takes all cores for itself.
const SIMULATION = 'tests/simulation/*.db.test.ts';

// Whole processes without a browser: they wait more than they compute.
const PROCESSES = [
  'backend/platform/postgres-server.e2e.test.ts',
  'scripts/{bootstrap,kept}.e2e.test.ts',
  'tests/{ledger-crash,push-killed}.e2e.test.ts',
  'tests/orders-killed/*.e2e.test.ts',
];

// What must come is waited for, on a busy machine too; what does not come within this is broken.
const PATIENT = { testTimeout: 30_000, expect: { poll: { timeout: 25_000 } } };
const VERY_PATIENT = { testTimeout: 120_000, expect: { poll: { timeout: 45_000 } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...PATIENT,
          name: 'unit',
          environment: 'node',
          include: ['{backend,graphql,scripts,tests}/**/*.test.ts'],
          exclude: [...NEVER, '**/*.db.test.ts', '**/*.e2e.test.ts'],
        },
      },
      {
        test: {
          ...PATIENT,
          name: 'db',
          environment: 'node',
          include: ['{backend,graphql,scripts,tests}/**/*.db.test.ts'],
          exclude: [...NEVER, SIMULATION],
          globalSetup: ['tests/setup/postgres.ts'],
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...PATIENT,
          name: 'simulation',
          environment: 'node',
          include: [SIMULATION],
          exclude: NEVER,
          globalSetup: ['tests/setup/postgres.ts'],
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...VERY_PATIENT,
          name: 'e2e',
          environment: 'node',
          include: ['{backend,scripts,tests}/**/*.e2e.test.ts'],
          exclude: [...NEVER, ...PROCESSES],
          globalSetup: ['tests/setup/postgres.ts'],
          // Whole stories through real processes and a browser, on two shared cores.
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...VERY_PATIENT,
          name: 'processes',
          environment: 'node',
          include: PROCESSES,
          exclude: NEVER,
          globalSetup: ['tests/setup/postgres.ts'],
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        resolve: { dedupe: ['preact', '@preact/signals', '@shopify/ui-extensions'] },
        test: {
          ...PATIENT,
          name: 'extensions',
          environment: 'jsdom',
          include: ['extensions/*/tests/**/*.test.{ts,tsx}'],
          exclude: NEVER,
          server: { deps: { inline: ['@shopify/ui-extensions-tester'] } },
        },
      },
    ],
  },
});
