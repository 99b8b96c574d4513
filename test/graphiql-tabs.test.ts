import { parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { examples } from '../src/graphiql/examples/examples.ts';
import { watchQuery } from '../src/graphiql/jobs/job-state.ts';
import { browserStorage, type TextStorage } from '../src/graphiql/state/browser-storage.ts';
import { initialTabs } from '../src/graphiql/tabs/initial-tabs.ts';
import { linkedOperation } from '../src/graphiql/tabs/linked-operation.ts';
import { readTabs } from '../src/graphiql/tabs/tab-state.ts';
import { tabStorage, tabsKey } from '../src/graphiql/tabs/tab-storage.ts';
import { schema } from '../src/schema/schema.ts';

const forbidden = (): TextStorage => {
  throw new Error('forbidden');
};

describe('Operations of the page', () => {
  test.each([...examples, { name: 'the watch of the jobs panel', query: watchQuery }])(
    '$name fits the schema',
    ({ query }) => {
      expect(validate(schema, parse(query))).toEqual([]);
    },
  );
});

describe('The first tabs', () => {
  const kept = initialTabs(undefined, examples, undefined);

  test.each([null, '', '[', '{}', '{"tabs":[]}', '{"tabs":[{"id":"a"}],"activeTabIndex":3}'])(
    'are the examples when the storage holds %j',
    (text) => {
      const { tabs, activeTabIndex } = initialTabs(readTabs(text), examples, undefined);
      expect(tabs.map(({ title }) => title)).toEqual(examples.map(({ name }) => name));
      expect(activeTabIndex).toBe(0);
    },
  );

  test('are those of the last visit', () => {
    const state = { ...kept, activeTabIndex: 2 };
    expect(initialTabs(readTabs(JSON.stringify(state)), examples, undefined)).toEqual(state);
  });

  test('have a linked operation in front, in a tab of its own', () => {
    const link = linkedOperation('?query=%7B%20ok%20%7D&variables=%7B%22a%22%3A1%7D');
    const { tabs, activeTabIndex } = initialTabs(kept, examples, link);
    expect(tabs).toHaveLength(kept.tabs.length + 1);
    expect(tabs[activeTabIndex]).toMatchObject({ query: '{ ok }', variables: '{"a":1}' });
  });

  test('show a linked operation that is there already without one more', () => {
    const link = { query: examples[2]?.query ?? '', variables: examples[2]?.variables ?? '' };
    expect(initialTabs(kept, examples, link)).toEqual({ ...kept, activeTabIndex: 2 });
  });

  test.each(['', '?query=', '?variables=%7B%7D'])('have no linked operation for %j', (search) => {
    expect(linkedOperation(search)).toBeUndefined();
  });
});

describe('The storage of the editor', () => {
  test('tells the texts of the tab in front, whatever was written beside the tabs', () => {
    const tabs = { ...initialTabs(undefined, examples, undefined), activeTabIndex: 1 };
    const base = browserStorage(forbidden);
    base.setItem('graphiql:query', '{ stale }');
    const storage = tabStorage(base, tabs);
    storage.setItem('graphiql:variables', '{ "stale": true }');
    expect(storage.getItem('graphiql:query')).toBe(examples[1]?.query);
    expect(storage.getItem('graphiql:variables')).toBe(examples[1]?.variables);
    expect(readTabs(storage.getItem(tabsKey))).toEqual(tabs);
    storage.setItem('graphiql:theme', 'dark');
    expect(base.getItem('graphiql:theme')).toBe('dark');
    expect(base.getItem('graphiql:variables')).toBeNull();
  });

  test('lasts as long as the page where the browser forbids it', () => {
    const storage = browserStorage(forbidden);
    storage.setItem('a', '1');
    expect([storage.getItem('a'), storage.length]).toEqual(['1', 1]);
    storage.removeItem('a');
    expect(storage.getItem('a')).toBeNull();
    storage.setItem('b', '2');
    storage.clear();
    expect(storage.length).toBe(0);
  });

  test('keeps for as long as the page what does not fit into the browser’s, which is full', () => {
    const kept = browserStorage(forbidden);
    kept.setItem('theme', 'dark');
    const full = () => {
      throw new DOMException('It is full.', 'QuotaExceededError');
    };
    const storage = browserStorage(() => ({ ...kept, setItem: full }));
    storage.setItem('theme', 'light');
    expect([storage.getItem('theme'), kept.getItem('theme')]).toEqual(['light', 'dark']);
  });
});
