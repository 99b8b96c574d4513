import type { HtmlTagDescriptor, Plugin } from 'vite';

/** The modules that GraphiQL imports when it is first shown. */
const editorModules = ['monaco-graphql/esm/monaco-editor.js', 'monaco-graphql/esm/lite.js'];

/**
 * Makes the page fetch the editor, its largest part, with the first scripts: GraphiQL imports it only in its
 * first effect.
 */
export function preloadEditor(): Plugin {
  return {
    name: 'preload-editor',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const scripts = new Set<string>();
        const sheets = new Set<string>();
        function add(fileName: string): void {
          const chunk = bundle[fileName];
          if (chunk?.type !== 'chunk' || scripts.has(fileName) || html.includes(fileName)) return;
          scripts.add(fileName);
          for (const sheet of chunk.viteMetadata?.importedCss ?? []) sheets.add(sheet);
          for (const imported of chunk.imports) add(imported);
        }
        for (const chunk of Object.values(bundle)) {
          if (chunk.type !== 'chunk' || !chunk.isDynamicEntry) continue;
          if (editorModules.some((module) => chunk.facadeModuleId?.endsWith(module))) add(chunk.fileName);
        }
        return [
          ...[...scripts].map((name) => link({ rel: 'modulepreload', href: name })),
          ...[...sheets].map((name) => link({ rel: 'preload', as: 'style', href: name })),
        ];
      },
    },
  };
}

function link({ href, ...attributes }: { rel: string; as?: string; href: string }): HtmlTagDescriptor {
  return {
    tag: 'link',
    attrs: { ...attributes, crossorigin: true, href: `/graphiql/${href}` },
    injectTo: 'head',
  };
}
