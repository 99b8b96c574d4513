import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Vite would take graphql's .mjs where Node, and so every dependency, takes the other: two GraphQL realms.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // One less than the cores by default, and most tests wait more than they work.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // The default of one second is too short for two cores with other work.
    expect: { poll: { timeout: 10_000 } },
  },
});
