import type { InvalidInputError } from './upload-result.ts';

/** Says which argument is wrong. `field` is its path below `input`. */
export function refuseInput(field: string, message: string): { readonly refusal: InvalidInputError } {
  return { refusal: { __typename: 'InvalidInputError', message, field: `input.${field}` } };
}
