// One run, several projects: pure unit tests, tests on a real Postgres, end-to-end tests,
// and the extension tests in jsdom with Preact's JSX and Shopify's own tester.
import { defineConfig } from 'vitest/config';

const NEVER = ['**/node_modules/**', '**/dist/**', '**/.cache/**', '**/.data/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{backend,graphql,scripts,tests}/**/*.test.ts'],
          exclude: [...NEVER, '**/*.db.test.ts', '**/*.e2e.test.ts'],
        },
      },
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        resolve: { dedupe: ['preact', '@preact/signals', '@shopify/ui-extensions'] },
        test: {
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
