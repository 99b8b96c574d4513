import { pick, ToolbarButton, useGraphiQL } from '@graphiql/react';
import { filesOfOperation } from '../files/files-of-operation.ts';
import { findOperation } from '../operation/find-operation.ts';
import { uploadSlots } from '../operation/upload-slots.ts';
import { curlCommand } from '../request/curl-command.ts';
import { copyText } from './copy-text.ts';
import { useExplorer } from './explorer-context.ts';
import { readVariables } from './use-variables.ts';

/** Copies the request that the play button would send, as a curl command without the token. */
export function CopyCurlButton() {
  const { store, url } = useExplorer();
  const { queryEditor, variableEditor, headerEditor, operationName } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'headerEditor', 'operationName'),
  );
  const copy = async () => {
    const { token, files, schema, tab } = store.get();
    const query = queryEditor?.getValue() ?? '';
    const operation = findOperation(query, operationName);
    const slots = uploadSlots(operation, schema);
    const placed = filesOfOperation(files, tab, slots);
    // A place without a file still shows how one is sent.
    const names =
      placed.length > 0 ? placed.map(({ path, file }) => ({ path, name: file.name })) : sample(slots);
    const command = curlCommand({
      url,
      query,
      operationName: operation?.name?.value,
      variables: readVariables(variableEditor?.getValue() ?? ''),
      headers: (readVariables(headerEditor?.getValue() ?? '') ?? {}) as Record<string, string>,
      hasToken: token !== '',
      isSubscription: operation?.operation === 'subscription',
      files: names,
    });
    const isCopied = await copyText(command);
    store.set({
      notice: isCopied
        ? { title: 'Copied as curl.', text: hint(token !== '', names.length > 0) }
        : { title: 'Not copied.', text: 'The browser does not allow it.' },
      announcement: isCopied ? 'Copied as curl.' : 'The browser does not allow copying.',
    });
  };
  return (
    <ToolbarButton label="Copy as curl" onClick={() => void copy()}>
      <svg
        viewBox="0 0 16 16"
        className="graphiql-toolbar-icon"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
      >
        <path d="m2 4 4 4-4 4M8 12.5h6" strokeWidth="1.4" />
      </svg>
    </ToolbarButton>
  );
}

function sample(slots: readonly { readonly path: string; readonly isList: boolean }[]) {
  return slots.map(({ path, isList }) => ({ path: isList ? `${path}.0` : path, name: 'coupons.csv' }));
}

function hint(hasToken: boolean, hasFiles: boolean): string {
  const token = hasToken ? 'Set CAPILLARY_TOKEN in your shell: the token itself is not in the command.' : '';
  return `${token}${hasFiles ? ' Run it in the folder of the file.' : ''}`.trim();
}
