import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Guide, readGuide, readGuides } from './support/read-guides.ts';

const guides = readGuides();
const root = new URL('../', import.meta.url).href;

/** The addresses of headings, as GitHub makes them. */
function anchorsOf({ text }: Guide): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('README leads to every guide, at once or by another one', () => {
  const reached = new Set(['README.md']);
  for (const path of reached) {
    const { text, address } = readGuide(path);
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+\.md)/g)) {
      const found = new URL(target, address).href;
      if (found.startsWith(root)) reached.add(found.slice(root.length));
    }
  }
  expect([...reached].toSorted()).toEqual(guides.map(({ path }) => path).toSorted());
});

test.each(guides)('every link of $path leads to a file that is there, and to a heading of it', (guide) => {
  const broken = [...guide.text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^(https?|mailto):/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const address = new URL(path || guide.address.href, guide.address);
      if (!existsSync(address)) return true;
      return anchor && !anchorsOf(readGuide(address.href.slice(root.length))).includes(anchor);
    });
  expect(broken).toEqual([]);
});
