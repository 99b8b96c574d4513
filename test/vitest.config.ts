import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';

export default defineConfig({
  resolve: {
    // Vite would take graphql's .mjs where Node, and so every dependency, takes the other: two GraphQL realms.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // One less than the cores by default, and most tests wait more than they work.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // For hangs alone: a machine that does other work beside is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
