import { readFileSync } from 'node:fs';
import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices as composeWithGuild } from '@theguild/federation-composition';
import { buildASTSchema, lexicographicSortSchema, parse, print, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { composeSupergraph, subgraphs } from '../schema/compose-supergraph.ts';

test('subgraphs that contradict each other are refused with the reason', () => {
  const stranger = parse('type FileReport { rows: String! } type Query { report: FileReport }');
  const services = [...subgraphs(), { name: 'stranger', url: 'http://127.0.0.1:4002', typeDefs: stranger }];
  expect(() => composeSupergraph(services)).toThrow(
    /do not compose:\n(.*\n)*.*"FileReport\.rows".*"coupon-uploads".*"stranger"/,
  );
});

test('the committed supergraph is what the subgraphs compose to (npm run compose)', () => {
  const committed = readFileSync(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8');
  expect(committed).toBe(composeSupergraph());
});

test("Apollo's composer has neither an error nor a hint to tell", () => {
  const { errors, hints } = composeWithApollo(subgraphs());
  expect(errors).toBeUndefined();
  expect(hints?.map(String)).toEqual([]);
});

test("the Guild's composer has no error to tell, and comes to the same public schema", () => {
  const { errors, publicSdl } = composeWithGuild(subgraphs());
  expect(errors).toBeUndefined();
  const apollos = composeWithApollo(subgraphs()).schema?.toAPISchema().toGraphQLJSSchema();
  const sorted = (schema = buildASTSchema(parse(''))) => printSchema(lexicographicSortSchema(schema));
  expect(sorted(buildASTSchema(parse(publicSdl ?? '')))).toBe(sorted(apollos));
});

test('an owner that wants to be asked alone overrides the entry, which is a hint and no error', () => {
  const owned = subgraphs().map((service) => {
    if (service.name !== 'coupon-series') return service;
    const sdl = print(service.typeDefs)
      .replace('CouponSeries! @shareable', 'CouponSeries! @override(from: "coupon-uploads")')
      .replace('"@shareable"]', '"@shareable", "@override"]');
    return { ...service, typeDefs: parse(sdl) };
  });
  const { errors, hints, supergraphSdl } = composeWithApollo(owned);
  expect(errors).toBeUndefined();
  expect(hints?.map(({ definition }) => definition.code)).toEqual(['OVERRIDDEN_FIELD_CAN_BE_REMOVED']);
  expect(supergraphSdl).toContain('@join__field(graph: COUPON_SERIES, override: "coupon-uploads")');
  expect(composeWithGuild(owned).errors).toBeUndefined();
});
