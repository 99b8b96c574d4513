import { useMonaco } from '@graphiql/react';
import { useLayoutEffect } from 'react';

/** The editor's themes, by GraphiQL's names for those of the page. */
export const editorTheme = { dark: 'explorer-dark', light: 'explorer-light' };

/**
 * Draws nothing. Defines the editor's themes: in GraphiQL's own, comments, numbers and line numbers are too
 * pale to read.
 */
export function EditorThemes() {
  const monaco = useMonaco((state) => state.monaco);
  // Before the effects of the editors, which ask for the theme by its name.
  useLayoutEffect(() => {
    monaco?.editor.defineTheme(editorTheme.light, {
      base: 'vs',
      inherit: true,
      rules: [
        { token: 'comment', foreground: '006b00' },
        { token: 'number', foreground: '066543' },
        { token: 'argument.identifier.gql', foreground: '5b57c4' },
      ],
      colors: widgetColors('#ffffff', '#b8057c', '#1f6880'),
    });
    monaco?.editor.defineTheme(editorTheme.dark, {
      base: 'vs-dark',
      inherit: true,
      rules: [
        { token: 'comment', foreground: '8fc47c' },
        { token: 'argument.identifier.gql', foreground: 'a5a0ff' },
      ],
      colors: widgetColors('#212a3b', '#ff85b3', '#a7b0c0'),
    });
  }, [monaco]);
  return null;
}

function widgetColors(surface: string, accent: string, lineNumbers: string): Record<string, string> {
  return {
    // GraphiQL's panes show through.
    'editor.background': '#00000000',
    'scrollbar.shadow': '#00000000',
    'editorLineNumber.foreground': lineNumbers,
    'editorWidget.background': surface,
    'editorHoverWidget.background': surface,
    'editorSuggestWidget.background': surface,
    'editorSuggestWidget.selectedBackground': `${accent}22`,
    'editorSuggestWidget.selectedForeground': accent,
    'editorSuggestWidget.highlightForeground': accent,
    'list.hoverBackground': `${accent}18`,
    'list.highlightForeground': accent,
    'menu.background': surface,
    'menu.selectionBackground': `${accent}22`,
    'menu.selectionForeground': accent,
    'quickInput.background': surface,
    'textLink.foreground': accent,
    'textLink.activeForeground': accent,
    'editorLink.activeForeground': accent,
    focusBorder: accent,
  };
}
