import type { MonacoEditor } from '@graphiql/react';
import { useCallback, useSyncExternalStore } from 'react';

/** The text of an editor at this moment. GraphiQL's own state follows later, after a debounce. */
export function useEditorText(editor: MonacoEditor | undefined): string {
  const subscribe = useCallback(
    (listener: () => void) => {
      const subscription = editor?.onDidChangeModelContent(listener);
      return () => subscription?.dispose();
    },
    [editor],
  );
  return useSyncExternalStore(subscribe, () => editor?.getValue() ?? '');
}
