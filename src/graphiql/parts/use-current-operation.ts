import { pick, useGraphiQL } from '@graphiql/react';
import type { OperationDefinitionNode } from 'graphql';
import { useMemo } from 'react';
import { findOperation } from '../operation/find-operation.ts';
import { type UploadField, uploadFields } from '../operation/upload-fields.ts';
import { type UploadSlot, uploadSlots } from '../operation/upload-slots.ts';
import { useShared } from './explorer-context.ts';
import { useEditorText } from './use-editor-text.ts';

/** The operation in front, as far as it can be read. */
export interface CurrentOperation {
  /** False until there is an editor: until then nobody knows where a file would go. */
  readonly isReady: boolean;
  /** `undefined` while the document does not parse, or holds several operations and none is chosen. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly slots: readonly UploadSlot[];
  readonly fields: readonly UploadField[];
}

/** The operation that the play button would run, and where it takes files. */
export function useCurrentOperation(): CurrentOperation {
  const { queryEditor, operationName } = useGraphiQL(pick('queryEditor', 'operationName'));
  const query = useEditorText(queryEditor);
  const schema = useShared('schema');
  const isReady = queryEditor !== undefined;
  return useMemo(() => {
    const operation = findOperation(query, operationName);
    return { isReady, operation, slots: uploadSlots(operation, schema), fields: uploadFields(operation) };
  }, [isReady, query, operationName, schema]);
}
