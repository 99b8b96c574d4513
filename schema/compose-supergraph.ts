import { readFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { printSubgraph } from './print-subgraph.ts';

/**
 * This subgraph as the code has it now, and the example owner of coupon series. The addresses are for a first try on one
 * machine: routers take others from their settings.
 */
export function subgraphs(): Parameters<typeof composeServices>[0] {
  const owner = readFileSync(new URL('coupon-series-owner.graphql', import.meta.url), 'utf8');
  return [
    { name: 'coupon-uploads', url: 'http://127.0.0.1:4000/graphql', typeDefs: parse(printSubgraph()) },
    { name: 'coupon-series', url: 'http://127.0.0.1:4001/graphql', typeDefs: parse(owner) },
  ];
}

/** One supergraph of all. Throws an `AggregateError` that says why when they do not fit together. */
export function composeSupergraph(services = subgraphs()): string {
  const { errors, supergraphSdl } = composeServices(services);
  if (errors) {
    const reasons = errors.map(({ message }) => message).join('\n');
    throw new AggregateError(errors, `The subgraphs do not compose:\n${reasons}`);
  }
  return `${supergraphSdl.trim()}\n`;
}
