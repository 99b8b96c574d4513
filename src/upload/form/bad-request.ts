import { GatewayError } from '../../errors.ts';

/** The refusal of a form that breaks a rule, which `message` tells. */
export function badRequest(message: string): GatewayError {
  return new GatewayError('BAD_REQUEST', message);
}

/** What a client calls a part, or writes in its headers, as messages show it: in quotes, at most 40 characters. */
export function shown(name = ''): string {
  return JSON.stringify(name.slice(0, 40));
}
