/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment JobState on UploadJob {\n  id\n  uploadedFileName\n  status\n  outcome\n  isTerminal\n  acceptedCount\n  errorCount\n  errorFileUrl\n}\n\nfragment PassedFile on FileReport {\n  name\n  bytes\n  rows\n  sha256\n  problemCount\n  problems {\n    line\n    column\n    message\n  }\n  notes\n}\n\nmutation UploadCoupons($file: Upload!, $input: UploadCouponBatchInput!) {\n  uploadCouponBatch(file: $file, input: $input) {\n    __typename\n    ... on UploadAccepted {\n      replayed\n      jobs {\n        ...JobState\n      }\n      file {\n        ...PassedFile\n      }\n    }\n    ... on UploadChecked {\n      file {\n        ...PassedFile\n      }\n    }\n    ... on InvalidFileError {\n      message\n      problemCount\n      problems {\n        line\n        column\n        message\n      }\n      jobs {\n        ...JobState\n      }\n    }\n    ... on InvalidInputError {\n      message\n      field\n    }\n    ... on UpstreamRejectedError {\n      message\n      requestId\n      jobs {\n        ...JobState\n      }\n    }\n    ... on UploadOutcomeUnknownError {\n      message\n      idempotencyKey\n      jobs {\n        ...JobState\n      }\n    }\n  }\n}\n\nquery FindJob($id: ID!) {\n  uploadJob(id: $id) {\n    ...JobState\n  }\n}\n\nsubscription WatchJobs($ids: [ID!]!) {\n  uploadJobUpdated(ids: $ids) {\n    ...JobState\n  }\n}": typeof types.JobStateFragmentDoc,
};
const documents: Documents = {
    "fragment JobState on UploadJob {\n  id\n  uploadedFileName\n  status\n  outcome\n  isTerminal\n  acceptedCount\n  errorCount\n  errorFileUrl\n}\n\nfragment PassedFile on FileReport {\n  name\n  bytes\n  rows\n  sha256\n  problemCount\n  problems {\n    line\n    column\n    message\n  }\n  notes\n}\n\nmutation UploadCoupons($file: Upload!, $input: UploadCouponBatchInput!) {\n  uploadCouponBatch(file: $file, input: $input) {\n    __typename\n    ... on UploadAccepted {\n      replayed\n      jobs {\n        ...JobState\n      }\n      file {\n        ...PassedFile\n      }\n    }\n    ... on UploadChecked {\n      file {\n        ...PassedFile\n      }\n    }\n    ... on InvalidFileError {\n      message\n      problemCount\n      problems {\n        line\n        column\n        message\n      }\n      jobs {\n        ...JobState\n      }\n    }\n    ... on InvalidInputError {\n      message\n      field\n    }\n    ... on UpstreamRejectedError {\n      message\n      requestId\n      jobs {\n        ...JobState\n      }\n    }\n    ... on UploadOutcomeUnknownError {\n      message\n      idempotencyKey\n      jobs {\n        ...JobState\n      }\n    }\n  }\n}\n\nquery FindJob($id: ID!) {\n  uploadJob(id: $id) {\n    ...JobState\n  }\n}\n\nsubscription WatchJobs($ids: [ID!]!) {\n  uploadJobUpdated(ids: $ids) {\n    ...JobState\n  }\n}": types.JobStateFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment JobState on UploadJob {\n  id\n  uploadedFileName\n  status\n  outcome\n  isTerminal\n  acceptedCount\n  errorCount\n  errorFileUrl\n}\n\nfragment PassedFile on FileReport {\n  name\n  bytes\n  rows\n  sha256\n  problemCount\n  problems {\n    line\n    column\n    message\n  }\n  notes\n}\n\nmutation UploadCoupons($file: Upload!, $input: UploadCouponBatchInput!) {\n  uploadCouponBatch(file: $file, input: $input) {\n    __typename\n    ... on UploadAccepted {\n      replayed\n      jobs {\n        ...JobState\n      }\n      file {\n        ...PassedFile\n      }\n    }\n    ... on UploadChecked {\n      file {\n        ...PassedFile\n      }\n    }\n    ... on InvalidFileError {\n      message\n      problemCount\n      problems {\n        line\n        column\n        message\n      }\n      jobs {\n        ...JobState\n      }\n    }\n    ... on InvalidInputError {\n      message\n      field\n    }\n    ... on UpstreamRejectedError {\n      message\n      requestId\n      jobs {\n        ...JobState\n      }\n    }\n    ... on UploadOutcomeUnknownError {\n      message\n      idempotencyKey\n      jobs {\n        ...JobState\n      }\n    }\n  }\n}\n\nquery FindJob($id: ID!) {\n  uploadJob(id: $id) {\n    ...JobState\n  }\n}\n\nsubscription WatchJobs($ids: [ID!]!) {\n  uploadJobUpdated(ids: $ids) {\n    ...JobState\n  }\n}"): (typeof documents)["fragment JobState on UploadJob {\n  id\n  uploadedFileName\n  status\n  outcome\n  isTerminal\n  acceptedCount\n  errorCount\n  errorFileUrl\n}\n\nfragment PassedFile on FileReport {\n  name\n  bytes\n  rows\n  sha256\n  problemCount\n  problems {\n    line\n    column\n    message\n  }\n  notes\n}\n\nmutation UploadCoupons($file: Upload!, $input: UploadCouponBatchInput!) {\n  uploadCouponBatch(file: $file, input: $input) {\n    __typename\n    ... on UploadAccepted {\n      replayed\n      jobs {\n        ...JobState\n      }\n      file {\n        ...PassedFile\n      }\n    }\n    ... on UploadChecked {\n      file {\n        ...PassedFile\n      }\n    }\n    ... on InvalidFileError {\n      message\n      problemCount\n      problems {\n        line\n        column\n        message\n      }\n      jobs {\n        ...JobState\n      }\n    }\n    ... on InvalidInputError {\n      message\n      field\n    }\n    ... on UpstreamRejectedError {\n      message\n      requestId\n      jobs {\n        ...JobState\n      }\n    }\n    ... on UploadOutcomeUnknownError {\n      message\n      idempotencyKey\n      jobs {\n        ...JobState\n      }\n    }\n  }\n}\n\nquery FindJob($id: ID!) {\n  uploadJob(id: $id) {\n    ...JobState\n  }\n}\n\nsubscription WatchJobs($ids: [ID!]!) {\n  uploadJobUpdated(ids: $ids) {\n    ...JobState\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;