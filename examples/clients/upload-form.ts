/** An operation as GraphQL over HTTP sends it, with a file among its variables. */
export interface FileOperation {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables: { readonly file: File; readonly [name: string]: unknown };
}

/**
 * The form in which an operation carries its file (GraphQL multipart request specification). The order matters: the
 * gateway begins to upload while the file is still on its way, so it must have read the rest by then.
 */
export function uploadForm({ query, operationName, variables }: FileOperation): FormData {
  const { file } = variables;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, operationName, variables: { ...variables, file: null } }));
  form.set('map', JSON.stringify({ 0: ['variables.file'] }));
  form.set('0', file, file.name);
  return form;
}
