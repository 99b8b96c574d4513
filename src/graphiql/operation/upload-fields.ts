import type { ArgumentNode, FieldNode, OperationDefinitionNode, ValueNode } from 'graphql';

/** The two mutations of the gateway that take a CSV. */
export type UploadMutation = 'uploadCouponBatch' | 'uploadRedeemedCoupons';

/** One use of an upload mutation in an operation. */
export interface UploadField {
  readonly mutation: UploadMutation;
  /** The path of the variable that is its file; `undefined` when the file is not a variable. */
  readonly filePath: string | undefined;
  /**
   * Where in the variables a part of `input` (such as `columns.redeemedAt`) stands; `undefined`: it is
   * written in the document.
   */
  readonly inputPath: (part: string) => string | undefined;
}

/** The upload mutations at the top level of an operation, in order. Fragments are not followed. */
export function uploadFields(operation: OperationDefinitionNode | undefined): UploadField[] {
  return (operation?.selectionSet.selections ?? []).flatMap((selection) => {
    if (selection.kind !== 'Field') return [];
    const mutation = mutations.find((name) => name === selection.name.value);
    if (!mutation) return [];
    const input = argument(selection, 'input');
    return {
      mutation,
      filePath: variablePath(argument(selection, 'file')?.value, []),
      inputPath: (part) => variablePath(input?.value, part.split('.')),
    };
  });
}

const mutations: readonly UploadMutation[] = ['uploadCouponBatch', 'uploadRedeemedCoupons'];

function argument(field: FieldNode, name: string): ArgumentNode | undefined {
  return field.arguments?.find((one) => one.name.value === name);
}

function variablePath(node: ValueNode | undefined, rest: readonly string[]): string | undefined {
  if (node?.kind === 'Variable') return [node.name.value, ...rest].join('.');
  if (node?.kind !== 'ObjectValue') return undefined;
  const [key, ...deeper] = rest;
  return variablePath(node.fields.find(({ name }) => name.value === key)?.value, deeper);
}
