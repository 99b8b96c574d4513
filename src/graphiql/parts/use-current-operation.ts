import { pick, useGraphiQL } from '@graphiql/react';
import { getOperationAST, type OperationDefinitionNode } from 'graphql';
import { useMemo } from 'react';
import { type UploadField, uploadFields } from '../operation/upload-fields.ts';
import { type UploadSlot, uploadSlots } from '../operation/upload-slots.ts';
import { useShared } from './explorer-context.ts';

export interface CurrentOperation {
  /** `undefined` while the document does not parse, or holds several and none is chosen. */
  readonly operation: OperationDefinitionNode | undefined;
  readonly slots: readonly UploadSlot[];
  readonly fields: readonly UploadField[];
}

/** The operation that the play button would run, and where it takes files. */
export function useCurrentOperation(): CurrentOperation {
  const { documentAST, operationName } = useGraphiQL(pick('documentAST', 'operationName'));
  const schema = useShared('schema');
  return useMemo(() => {
    const operation = documentAST && (getOperationAST(documentAST, operationName) ?? undefined);
    if (!operation) return { operation, slots: [], fields: [] };
    return { operation, slots: uploadSlots(operation, schema), fields: uploadFields(operation) };
  }, [documentAST, operationName, schema]);
}
