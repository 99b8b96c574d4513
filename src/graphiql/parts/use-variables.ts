import { tryParseJSONC, useGraphiQL } from '@graphiql/react';
import { useCallback, useMemo } from 'react';
import type { JsonObject } from '../operation/json-object.ts';
import { useEditorText } from './use-editor-text.ts';

/** The variables in front, to read and to write. */
export interface Variables {
  /** `undefined` while the text is no JSON object. */
  readonly value: JsonObject | undefined;
  /** Writes the editor's text; undo brings the old one back. */
  readonly write: (value: JsonObject) => void;
}

/** The variables as they stand in their editor. */
export function useVariables(): Variables {
  const editor = useGraphiQL((state) => state.variableEditor);
  const text = useEditorText(editor);
  const value = useMemo(() => readVariables(text), [text]);
  const write = useCallback(
    (next: JsonObject) => {
      const range = editor?.getModel()?.getFullModelRange();
      const json = JSON.stringify(next, null, 2);
      if (!editor || !range || json === editor.getValue()) return;
      editor.pushUndoStop();
      editor.executeEdits('explorer', [{ range, text: json }]);
      editor.pushUndoStop();
    },
    [editor],
  );
  return { value, write };
}

/** Reads variables from their editor's text; none for an empty text; `undefined` when it is no JSON object. */
export function readVariables(text: string): JsonObject | undefined {
  try {
    return (tryParseJSONC(text) as JsonObject | undefined) ?? {};
  } catch {
    return undefined;
  }
}
