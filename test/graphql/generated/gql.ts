/* eslint-disable */
import * as types from './graphql.ts';



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
    "mutation UploadCouponBatch($file: Upload!, $input: UploadCouponBatchInput!) {\n  uploadCouponBatch(file: $file, input: $input) {\n    __typename\n    ... on UploadAccepted {\n      replayed\n      jobs {\n        id\n        status\n        outcome\n        uploadedFileName\n      }\n      file {\n        name\n        bytes\n        sha256\n      }\n    }\n    ... on UploadError {\n      message\n    }\n    ... on InvalidInputError {\n      field\n    }\n  }\n}": typeof types.UploadCouponBatchDocument,
    "query UploadJob($id: ID!) {\n  uploadJob(id: $id) {\n    id\n    status\n    outcome\n    isTerminal\n    acceptedCount\n    errorCount\n    errorFileUrl\n  }\n}": typeof types.UploadJobDocument,
    "subscription WatchJobs($ids: [ID!]!) {\n  uploadJobUpdated(ids: $ids) {\n    id\n    status\n  }\n}": typeof types.WatchJobsDocument,
};
const documents: Documents = {
    "mutation UploadCouponBatch($file: Upload!, $input: UploadCouponBatchInput!) {\n  uploadCouponBatch(file: $file, input: $input) {\n    __typename\n    ... on UploadAccepted {\n      replayed\n      jobs {\n        id\n        status\n        outcome\n        uploadedFileName\n      }\n      file {\n        name\n        bytes\n        sha256\n      }\n    }\n    ... on UploadError {\n      message\n    }\n    ... on InvalidInputError {\n      field\n    }\n  }\n}": types.UploadCouponBatchDocument,
    "query UploadJob($id: ID!) {\n  uploadJob(id: $id) {\n    id\n    status\n    outcome\n    isTerminal\n    acceptedCount\n    errorCount\n    errorFileUrl\n  }\n}": types.UploadJobDocument,
    "subscription WatchJobs($ids: [ID!]!) {\n  uploadJobUpdated(ids: $ids) {\n    id\n    status\n  }\n}": types.WatchJobsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation UploadCouponBatch($file: Upload!, $input: UploadCouponBatchInput!) {\n  uploadCouponBatch(file: $file, input: $input) {\n    __typename\n    ... on UploadAccepted {\n      replayed\n      jobs {\n        id\n        status\n        outcome\n        uploadedFileName\n      }\n      file {\n        name\n        bytes\n        sha256\n      }\n    }\n    ... on UploadError {\n      message\n    }\n    ... on InvalidInputError {\n      field\n    }\n  }\n}"): typeof import('./graphql.ts').UploadCouponBatchDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query UploadJob($id: ID!) {\n  uploadJob(id: $id) {\n    id\n    status\n    outcome\n    isTerminal\n    acceptedCount\n    errorCount\n    errorFileUrl\n  }\n}"): typeof import('./graphql.ts').UploadJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription WatchJobs($ids: [ID!]!) {\n  uploadJobUpdated(ids: $ids) {\n    id\n    status\n  }\n}"): typeof import('./graphql.ts').WatchJobsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
