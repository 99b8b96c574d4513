import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const embeddedFont = /url\(["']?data:font\/(ttf|woff2?);base64,([\w+/=]+)["']?\)/g;

/**
 * Takes the fonts out of the style sheets, where GraphiQL's come embedded: a browser then fetches those few whose
 * characters are on the page, and shows the page before they are there.
 */
export function splitFonts(): Plugin {
  return {
    name: 'split-fonts',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const sheet of Object.values(bundle)) {
        if (sheet.type !== 'asset' || !sheet.fileName.endsWith('.css')) continue;
        sheet.source = sheet.source.toString().replace(embeddedFont, (_all, type: string, base64: string) => {
          const source = Buffer.from(base64, 'base64');
          const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
          const name = `font-${hash}.${type}`;
          this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
          return `url(./${name})`;
        });
      }
    },
  };
}
