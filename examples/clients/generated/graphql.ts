/* eslint-disable */
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A date-time string at UTC, such as 2007-12-03T10:15:30Z, compliant with the `date-time` format outlined in section 5.6 of the RFC 3339 profile of the ISO 8601 standard for representation of dates and times using the Gregorian calendar. */
  DateTime: { input: string; output: string; }
  /** A file in the same multipart request (GraphQL multipart request specification): `operations` has null in its place, and `map` names that place. */
  Upload: { input: File; output: File; }
};

/** How the file identifies the redeemed coupons. */
export type CouponIdentifier =
  /** By the coupon code. */
  | 'COUPON_CODE'
  /** By Capillary's coupon id. */
  | 'COUPON_ID';

/** A coupon series. */
export type CouponSeries = {
  __typename?: 'CouponSeries';
  /** The series' id in Capillary. */
  id: Scalars['ID']['output'];
  /** The upload jobs of this series, newest first. */
  uploadJobs: UploadJobConnection;
};


/** A coupon series. */
export type CouponSeriesUploadJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  kind?: InputMaybe<UploadJobKind>;
  status?: InputMaybe<Array<UploadJobStatus>>;
};

/** How the file identifies the customers who get the coupons. */
export type CustomerIdentifier =
  /** By e-mail address. */
  | 'EMAIL'
  /** By the id that your own systems use. */
  | 'EXTERNAL_ID'
  /** By mobile number. */
  | 'MOBILE'
  /** Not at all: the file has coupon codes only. */
  | 'NOT_TAGGED'
  /** By Capillary's user id. */
  | 'USER_ID';

/** One problem in a file, and where it is. */
export type FileProblem = {
  __typename?: 'FileProblem';
  /** What is wrong, for programs. */
  code: FileProblemCode;
  /** Column, counted from 0. Null when the problem is not in one column. */
  column?: Maybe<Scalars['Int']['output']>;
  /** Line in the file, counted from 1, header included. Null when the problem concerns the whole file. */
  line?: Maybe<Scalars['Int']['output']>;
  /** What is wrong and how to fix it, in words for the user. */
  message: Scalars['String']['output'];
};

/** What is wrong with a file or with one of its rows. */
export type FileProblemCode =
  /** The coupon code appears in more than one row. Capillary rejects all of these rows. */
  | 'DUPLICATE_COUPON'
  /** A required cell is empty. */
  | 'EMPTY_CELL'
  /** The file has no content. */
  | 'EMPTY_FILE'
  /** The cell is not a time in milliseconds since 1970. */
  | 'INVALID_DATE'
  /** The cell is not an e-mail address. */
  | 'INVALID_EMAIL'
  /** The file is not UTF-8 text. */
  | 'INVALID_ENCODING'
  /** The cell is not a mobile number. */
  | 'INVALID_MOBILE'
  /** The cell is not a whole number. */
  | 'INVALID_NUMBER'
  /** The file is not CSV: for example a spreadsheet, an archive or another binary format. */
  | 'NOT_CSV'
  /** The file has a header and no data rows. */
  | 'NO_DATA_ROWS'
  /** The header, or this row, lacks a column that the upload needs. */
  | 'TOO_FEW_COLUMNS'
  /** The file is larger than this gateway accepts. */
  | 'TOO_LARGE'
  /** The upload ended before the file did. */
  | 'TRUNCATED'
  /** A quoted cell is never closed. */
  | 'UNTERMINATED_QUOTE';

/** What the gateway found in the file. */
export type FileReport = {
  __typename?: 'FileReport';
  /** Size in bytes. A Float, because a file may be larger than an Int can express. */
  bytes: Scalars['Float']['output'];
  /** Number of columns in the header. */
  columns: Scalars['Int']['output'];
  /** The original name of the file. */
  name: Scalars['String']['output'];
  /** Further remarks, for example that the file was too long to be searched completely for duplicates. */
  notes: Array<Scalars['String']['output']>;
  /** Number of problems found, including those not listed. */
  problemCount: Scalars['Int']['output'];
  /** Problems with rows that Capillary will reject: the first 100, in the order of the file. */
  problems: Array<FileProblem>;
  /** Number of data rows. The header and empty lines are not counted. */
  rows: Scalars['Int']['output'];
  /** SHA-256 of the content, in hex. Computed only when this field is selected. */
  sha256: Scalars['String']['output'];
};

/** The file itself is wrong. Nothing was uploaded, except for the parts of a split file listed in `jobs`. */
export type InvalidFileError = UploadError & {
  __typename?: 'InvalidFileError';
  /** Upload the corrected file with this key. If there are `jobs`, the upload continues after them. */
  idempotencyKey: Scalars['String']['output'];
  /** Jobs already created for earlier parts of a split file. */
  jobs: Array<UploadJob>;
  /** What is wrong and what to do about it. Can be shown to the user. */
  message: Scalars['String']['output'];
  /** Number of problems found, including those not listed. */
  problemCount: Scalars['Int']['output'];
  /** The first 100 problems. */
  problems: Array<FileProblem>;
};

/** An argument is wrong. Nothing was uploaded. */
export type InvalidInputError = UploadError & {
  __typename?: 'InvalidInputError';
  /** Path of the argument, for example `input.columns.billId`. */
  field: Scalars['String']['output'];
  /** What is wrong and what to do about it. Can be shown to the user. */
  message: Scalars['String']['output'];
};

/** Uploads coupon files. */
export type Mutation = {
  __typename?: 'Mutation';
  /** Uploads coupons to a series. The file is streamed, whatever its size. */
  uploadCouponBatch: UploadResult;
  /** Uploads coupons that were redeemed in another system. The file is streamed, whatever its size. */
  uploadRedeemedCoupons: UploadResult;
};


/** Uploads coupon files. */
export type MutationUploadCouponBatchArgs = {
  file: Scalars['Upload']['input'];
  input: UploadCouponBatchInput;
};


/** Uploads coupon files. */
export type MutationUploadRedeemedCouponsArgs = {
  file: Scalars['Upload']['input'];
  input: UploadRedeemedCouponsInput;
};

/** Whether there are more pages, and how to get them. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last edge: pass it as `after` to get the next page. Null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** True if there is more after `endCursor`. */
  hasNextPage: Scalars['Boolean']['output'];
  /** True if there is something before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge. Null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** Reads upload jobs. */
export type Query = {
  __typename?: 'Query';
  /** A coupon series by its id. */
  couponSeries: CouponSeries;
  /** One upload job by its id. Null if the series has no such job. */
  uploadJob?: Maybe<UploadJob>;
};


/** Reads upload jobs. */
export type QueryCouponSeriesArgs = {
  id: Scalars['ID']['input'];
};


/** Reads upload jobs. */
export type QueryUploadJobArgs = {
  id: Scalars['ID']['input'];
};

/** Position of each column in the file, counted from 0. Capillary gets them as `uploadHeaders`. */
export type RedeemedCouponColumns = {
  /** Column with the id of the bill. */
  billId?: InputMaybe<Scalars['Int']['input']>;
  /** Column with the number printed on the bill. */
  billNumber?: InputMaybe<Scalars['Int']['input']>;
  /** Column with the coupon, in the form that the upload's `couponIdentifier` states. */
  couponIdentifier: Scalars['Int']['input'];
  /** Column with the customer, in the form that the upload's `customerIdentifier` states. */
  customerIdentifier: Scalars['Int']['input'];
  /** Column with a note on the redemption. */
  details?: InputMaybe<Scalars['Int']['input']>;
  /** Column with the id of the till where the coupon was redeemed. */
  redeemedAt: Scalars['Int']['input'];
  /** Column with the time of the redemption, in milliseconds since 1970. */
  redeemedDateInMillis: Scalars['Int']['input'];
};

/** How the file identifies the customers who redeemed the coupons. */
export type RedeemedCustomerIdentifier =
  /** By e-mail address. */
  | 'EMAIL'
  /** By the id that your own systems use. */
  | 'EXTERNAL_ID'
  /** By mobile number. */
  | 'MOBILE'
  /** By Capillary's user id. */
  | 'USER_ID';

/** What to do when the file has rows that Capillary will reject. */
export type RowProblemPolicy =
  /** Upload nothing. */
  | 'REJECT'
  /** Upload the file anyway and list these rows in the report. */
  | 'REPORT';

/** Watches upload jobs. */
export type Subscription = {
  __typename?: 'Subscription';
  /** Sends the current state of each job, then its changes, and completes when all jobs are terminal. A single id needs no list. */
  uploadJobUpdated: UploadJob;
};


/** Watches upload jobs. */
export type SubscriptionUploadJobUpdatedArgs = {
  ids: Array<Scalars['ID']['input']>;
};

/** Capillary has received the whole file. Watch the `jobs` to learn which rows it accepts. */
export type UploadAccepted = {
  __typename?: 'UploadAccepted';
  /** What the gateway found in the file. */
  file: FileReport;
  /** One job, or several if `maxRowsPerJob` split the file, in the order of the rows. */
  jobs: Array<UploadJob>;
  /** True if `idempotencyKey` matched an earlier upload, so that nothing was sent this time. */
  replayed: Scalars['Boolean']['output'];
};

/** Result of a `dryRun`: the file would be accepted. Nothing was uploaded. */
export type UploadChecked = {
  __typename?: 'UploadChecked';
  /** What the gateway found in the file. */
  file: FileReport;
};

/** Which series to upload to, and how to read the file. */
export type UploadCouponBatchInput = {
  /** The series to upload to. */
  couponSeriesId: Scalars['ID']['input'];
  /** How the file identifies the customers. */
  customerIdentifier: CustomerIdentifier;
  /** Column with the customer identifier, counted from 0. Required, except that NOT_TAGGED does not allow it. */
  customerIdentifierColumn?: InputMaybe<Scalars['Int']['input']>;
  /** Options of the upload. */
  options?: InputMaybe<UploadOptions>;
};

/** Why an upload did not succeed. */
export type UploadError = {
  /** What is wrong and what to do about it. Can be shown to the user. */
  message: Scalars['String']['output'];
};

/** An uploaded file, or one part of a split file, that Capillary processes. */
export type UploadJob = {
  __typename?: 'UploadJob';
  /** Number of rows that Capillary accepted: `totalUploadedCount` minus `errorCount`. */
  acceptedCount: Scalars['Int']['output'];
  /** Number of rows in the file, as Capillary counts them. */
  actualRowCount: Scalars['Int']['output'];
  /** Audience group that the upload created. Coupon batches only. */
  audienceGroupId?: Maybe<Scalars['ID']['output']>;
  /** Version of that audience group. Coupon batches only. */
  audienceGroupVersionId?: Maybe<Scalars['ID']['output']>;
  /** The coupon series that the file was uploaded to. */
  couponSeries: CouponSeries;
  /** When Capillary received the file. For redeemed coupons its job list gives only the day. */
  createdAt: Scalars['DateTime']['output'];
  /** Number of rows that Capillary rejected. */
  errorCount: Scalars['Int']['output'];
  /** Capillary's name for the file of rejected rows. Not a web address: Capillary documents no way to download it. */
  errorFileUrl?: Maybe<Scalars['String']['output']>;
  /** KIND:couponSeriesId:jobId, for example COUPON_BATCH:541854:222696. The format is stable. */
  id: Scalars['ID']['output'];
  /** True once `status` can no longer change, so that there is nothing left to watch. */
  isTerminal: Scalars['Boolean']['output'];
  /** The job's number in Capillary. Arguments of this API take `id` instead. */
  jobId: Scalars['ID']['output'];
  /** Which mutation created this job. */
  kind: UploadJobKind;
  /** The Capillary organisation that owns the series. */
  orgId: Scalars['ID']['output'];
  /** Result of the job. Show this to users rather than `status`. */
  outcome: UploadJobOutcome;
  /** How far the job has got. */
  status: UploadJobStatus;
  /** Capillary's name for the file of accepted rows. Not a web address. */
  successFileUrl?: Maybe<Scalars['String']['output']>;
  /** Number of data rows, accepted and rejected. 0 until Capillary has counted them. */
  totalUploadedCount: Scalars['Int']['output'];
  /** When the job last changed. For redeemed coupons Capillary gives only the day. */
  updatedAt: Scalars['DateTime']['output'];
  /** Capillary's internal table for this job. Its support may ask for it. */
  uploadTableName?: Maybe<Scalars['String']['output']>;
  /** The original name of the file. */
  uploadedFileName: Scalars['String']['output'];
  /** Capillary's name for the stored file. Not a web address. */
  uploadedFileUrl?: Maybe<Scalars['String']['output']>;
  /** The status exactly as Capillary reports it. */
  upstreamStatus: Scalars['String']['output'];
};

/** A page of upload jobs, newest first. */
export type UploadJobConnection = {
  __typename?: 'UploadJobConnection';
  /** The jobs of this page. */
  edges: Array<UploadJobEdge>;
  /** Whether there are more pages, and how to get them. */
  pageInfo: PageInfo;
  /** Number of jobs on all pages. */
  totalCount: Scalars['Int']['output'];
};

/** A job in a list, with its cursor. */
export type UploadJobEdge = {
  __typename?: 'UploadJobEdge';
  /** Cursor of this job: pass it as `after`. */
  cursor: Scalars['String']['output'];
  /** The job. */
  node: UploadJob;
};

/** Which mutation created a job. */
export type UploadJobKind =
  /** Coupons of a series, created by `uploadCouponBatch`. */
  | 'COUPON_BATCH'
  /** Redeemed coupons, created by `uploadRedeemedCoupons`. */
  | 'REDEEMED_COUPONS';

/** Result of a job. */
export type UploadJobOutcome =
  /** The job as a whole failed. */
  | 'FAILED'
  /** Finished; some rows were rejected. */
  | 'PARTIALLY_REJECTED'
  /** Not finished yet. */
  | 'PENDING'
  /** Finished; every row was rejected. */
  | 'REJECTED'
  /** Finished; no row was rejected. */
  | 'SUCCEEDED';

/** How far a job has got. The values are the same for both kinds of job. */
export type UploadJobStatus =
  /** The valid rows have been stored. Coupon batches only. */
  | 'COMMITTED'
  /** Capillary abandoned the job. */
  | 'FAILED'
  /** Done. Check `outcome`: even so, every row may have been rejected. */
  | 'FINISHED'
  /** Waiting to be processed. */
  | 'QUEUED'
  /** Capillary is reading the file. */
  | 'STARTED'
  /** Capillary reported a status that this gateway does not know: see `upstreamStatus`. */
  | 'UNKNOWN'
  /** The rows have been checked. Coupon batches only. */
  | 'VALIDATED';

/** Options of an upload. All of them have defaults. */
export type UploadOptions = {
  /** Only check the file, and upload nothing. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Makes it safe to repeat an upload: a repeat with the same key, series and kind of upload returns the job of the first attempt, even if the answer to it was lost. 8 to 64 characters of A-Z a-z 0-9 _ - */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Split the file into several jobs of at most this many data rows each. Capillary recommends at most 500,000. */
  maxRowsPerJob?: InputMaybe<Scalars['Int']['input']>;
  /** What to do with rows that Capillary will reject, for example because of an empty cell, a bad date or a duplicate code. REPORT uploads the file anyway and lists these rows in the report; Capillary takes the others. REJECT uploads nothing. A file that is wrong as a whole (not CSV, a missing column, no rows) is refused in either case. */
  rowProblems?: InputMaybe<RowProblemPolicy>;
};

/** Capillary may or may not have created a job: the connection broke after the whole file was sent and the job is not in Capillary's list yet, or another upload with the same key is still running. */
export type UploadOutcomeUnknownError = UploadError & {
  __typename?: 'UploadOutcomeUnknownError';
  /** Repeat the upload with this key: it either finds the job or uploads the file. */
  idempotencyKey: Scalars['String']['output'];
  /** Jobs already created for earlier parts of a split file. */
  jobs: Array<UploadJob>;
  /** What is wrong and what to do about it. Can be shown to the user. */
  message: Scalars['String']['output'];
};

/** Which series the coupons belong to, and how to read the file. */
export type UploadRedeemedCouponsInput = {
  /** Which column holds what. */
  columns: RedeemedCouponColumns;
  /** How the file identifies the coupons. */
  couponIdentifier: CouponIdentifier;
  /** The series that the coupons belong to. */
  couponSeriesId: Scalars['ID']['input'];
  /** How the file identifies the customers. */
  customerIdentifier: RedeemedCustomerIdentifier;
  /** A note on the whole upload. */
  details?: InputMaybe<Scalars['String']['input']>;
  /** Options of the upload. */
  options?: InputMaybe<UploadOptions>;
};

/** Result of an upload. Problems that the user can fix are members of this union, not GraphQL errors. */
export type UploadResult = InvalidFileError | InvalidInputError | UploadAccepted | UploadChecked | UploadOutcomeUnknownError | UpstreamRejectedError;

/** Capillary refused the upload. */
export type UpstreamRejectedError = UploadError & {
  __typename?: 'UpstreamRejectedError';
  /** HTTP status of Capillary's answer. */
  httpStatus: Scalars['Int']['output'];
  /** Repeat a split file with this key to continue at the first missing part. */
  idempotencyKey: Scalars['String']['output'];
  /** Jobs already created for earlier parts of a split file. */
  jobs: Array<UploadJob>;
  /** What is wrong and what to do about it. Can be shown to the user. */
  message: Scalars['String']['output'];
  /** Identifies the failed request: quote it to Capillary's support. */
  requestId?: Maybe<Scalars['String']['output']>;
  /** Capillary's error code, if it gave one. */
  upstreamCode?: Maybe<Scalars['String']['output']>;
};

export type JobStateFragment = { __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null };

export type PassedFileFragment = { __typename?: 'FileReport', name: string, bytes: number, rows: number, sha256: string, problemCount: number, notes: Array<string>, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }> };

export type UploadCouponsMutationVariables = Exact<{
  file: Scalars['Upload']['input'];
  input: UploadCouponBatchInput;
}>;


export type UploadCouponsMutation = { __typename?: 'Mutation', uploadCouponBatch:
    | { __typename: 'InvalidFileError', message: string, problemCount: number, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }>, jobs: Array<{ __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null }> }
    | { __typename: 'InvalidInputError', message: string, field: string }
    | { __typename: 'UploadAccepted', replayed: boolean, jobs: Array<{ __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null }>, file: { __typename?: 'FileReport', name: string, bytes: number, rows: number, sha256: string, problemCount: number, notes: Array<string>, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }> } }
    | { __typename: 'UploadChecked', file: { __typename?: 'FileReport', name: string, bytes: number, rows: number, sha256: string, problemCount: number, notes: Array<string>, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }> } }
    | { __typename: 'UploadOutcomeUnknownError', message: string, idempotencyKey: string, jobs: Array<{ __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null }> }
    | { __typename: 'UpstreamRejectedError', message: string, requestId?: string | null, jobs: Array<{ __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null }> }
   };

export type FindJobQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type FindJobQuery = { __typename?: 'Query', uploadJob?: { __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null } | null };

export type WatchJobsSubscriptionVariables = Exact<{
  ids: Array<Scalars['ID']['input']> | Scalars['ID']['input'];
}>;


export type WatchJobsSubscription = { __typename?: 'Subscription', uploadJobUpdated: { __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null } };

export const JobStateFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedFileName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorFileUrl"}}]}}]} as unknown as DocumentNode<JobStateFragment, unknown>;
export const PassedFileFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PassedFile"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FileReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"problemCount"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<PassedFileFragment, unknown>;
export const UploadCouponsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UploadCoupons"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"file"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Upload"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UploadCouponBatchInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadCouponBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"file"},"value":{"kind":"Variable","name":{"kind":"Name","value":"file"}}},{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadAccepted"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"file"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PassedFile"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadChecked"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"file"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PassedFile"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidFileError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"problemCount"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidInputError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UpstreamRejectedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"requestId"}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadOutcomeUnknownError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedFileName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorFileUrl"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PassedFile"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FileReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"problemCount"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"notes"}}]}}]} as unknown as DocumentNode<UploadCouponsMutation, UploadCouponsMutationVariables>;
export const FindJobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedFileName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorFileUrl"}}]}}]} as unknown as DocumentNode<FindJobQuery, FindJobQueryVariables>;
export const WatchJobsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchJobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadJobUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedFileName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorFileUrl"}}]}}]} as unknown as DocumentNode<WatchJobsSubscription, WatchJobsSubscriptionVariables>;