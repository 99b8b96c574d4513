import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createDocumentCache } from '../src/http/document/document-cache.ts';
import { ask } from './support/graphql-client.ts';
import { startGateway } from './support/start-gateway.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('Long documents that nobody sends twice are not kept', () => {
  test.each([
    { name: 'of many tokens', document: `{ a%: __typename ${'... on Query { __typename } '.repeat(690)} }` },
    { name: 'of one long comment', document: `{ a%: __typename } # ${'x'.repeat(900_000)}` },
    { name: 'that do not parse', document: `{ a%: __typename # ${'x'.repeat(900_000)}` },
  ])('$name', async ({ document }) => {
    await using started = await startGateway();
    const send = async (from: number, to: number) => {
      for (let at = from; at < to; at += 1) await ask(started.url, document.replace('%', String(at)));
      collect();
      return process.memoryUsage().heapUsed;
    };
    // What is compiled, and pools that fill, come with the first ones.
    const before = await send(0, 20);
    expect((await send(20, 120)) - before).toBeLessThan(40e6);
  });
});

describe('The cache of documents', () => {
  test('forgets what was not used for longest when the texts are too long together', () => {
    const cache = createDocumentCache<number>(12);
    cache.set('aaaaa', 1);
    cache.set('bbbbb', 2);
    expect(cache.get('aaaaa')).toBe(1);
    cache.set('cc', 3);
    cache.set('ddd', 4);
    expect(['aaaaa', 'bbbbb', 'cc', 'ddd'].map(cache.get)).toEqual([1, undefined, 3, 4]);
  });

  test('does not give the others up for one that is too long for it', () => {
    const cache = createDocumentCache<number>(12);
    cache.set('aaaaa', 1);
    cache.set('b'.repeat(13), 2);
    expect(cache.get('b'.repeat(13))).toBeUndefined();
    expect(cache.get('aaaaa')).toBe(1);
  });

  test('counts a text that is set again once', () => {
    const cache = createDocumentCache<number>(12);
    for (let value = 0; value < 10; value += 1) cache.set('aaaaa', value);
    cache.set('bbbbb', 1);
    expect(cache.get('aaaaa')).toBe(9);
  });
});
