import type { MonacoEditor } from '@graphiql/react';
import { useCallback, useSyncExternalStore } from 'react';

/** An editor's text at this moment. GraphiQL's own state follows it later, by a debounce. */
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
