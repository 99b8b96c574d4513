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
  /** A file of the same multipart request (GraphQL multipart request specification). Send null in its place in "operations", and name the place in "map". */
  Upload: { input: File; output: File; }
};

/** How the file names the coupons that were redeemed. */
export type CouponIdentifier =
  /** By the code on the coupon. */
  | 'COUPON_CODE'
  /** By Capillary's coupon id. */
  | 'COUPON_ID';

/** A series that coupons belong to. */
export type CouponSeries = {
  __typename?: 'CouponSeries';
  /** The series' number in Capillary. */
  id: Scalars['ID']['output'];
  /** The upload jobs of this series, newest first. */
  uploadJobs: UploadJobConnection;
};


/** A series that coupons belong to. */
export type CouponSeriesUploadJobsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  kind?: InputMaybe<UploadJobKind>;
  status?: InputMaybe<Array<UploadJobStatus>>;
};

/** How the file names the customers that the coupons are for. */
export type CustomerIdentifier =
  /** By e-mail address. */
  | 'EMAIL'
  /** By the id that your own systems gave them. */
  | 'EXTERNAL_ID'
  /** By mobile number. */
  | 'MOBILE'
  /** Not at all: the file holds coupon codes only. */
  | 'NOT_TAGGED'
  /** By Capillary's user id. */
  | 'USER_ID';

/** One thing that is wrong, and where. */
export type FileProblem = {
  __typename?: 'FileProblem';
  /** What is wrong, for a program. */
  code: FileProblemCode;
  /** Zero-based column, where there is one. */
  column?: Maybe<Scalars['Int']['output']>;
  /** 1-based line in the file, header included. Null when it is about the whole file. */
  line?: Maybe<Scalars['Int']['output']>;
  /** What is wrong and how to mend it, for a person. */
  message: Scalars['String']['output'];
};

/** What is wrong with a file or with one of its rows. */
export type FileProblemCode =
  /** The same coupon code stands in several rows: Capillary rejects all of them. */
  | 'DUPLICATE_COUPON'
  /** A needed cell is empty. */
  | 'EMPTY_CELL'
  /** The file has no content. */
  | 'EMPTY_FILE'
  /** A cell that should hold milliseconds since 1970 does not. */
  | 'INVALID_DATE'
  /** A cell that should hold an e-mail address cannot be one. */
  | 'INVALID_EMAIL'
  /** The file is not UTF-8 text. */
  | 'INVALID_ENCODING'
  /** A cell that should hold a mobile number cannot be one. */
  | 'INVALID_MOBILE'
  /** A cell that should hold a number does not. */
  | 'INVALID_NUMBER'
  /** The file is something else: a spreadsheet, an archive, a binary. */
  | 'NOT_CSV'
  /** The file has a header and nothing below it. */
  | 'NO_DATA_ROWS'
  /** A needed column does not exist, in the file or in this row. */
  | 'TOO_FEW_COLUMNS'
  /** The file is larger than this gateway takes. */
  | 'TOO_LARGE'
  /** The file ended before it should have. */
  | 'TRUNCATED'
  /** A quoted cell is never closed. */
  | 'UNTERMINATED_QUOTE';

/** The file as the gateway saw it pass. */
export type FileReport = {
  __typename?: 'FileReport';
  /** Size. A Float, since files may be larger than an Int tells. */
  bytes: Scalars['Float']['output'];
  /** Columns of the header. */
  columns: Scalars['Int']['output'];
  /** The file name as the user gave it. */
  name: Scalars['String']['output'];
  /** What else there is to know, as that a file was too long to search all of it for duplicates. */
  notes: Array<Scalars['String']['output']>;
  /** How many were found, those that are not listed included. */
  problemCount: Scalars['Int']['output'];
  /** Rows that Capillary is going to reject: the first 100, in the order of the file. */
  problems: Array<FileProblem>;
  /** Data rows: neither the header nor empty lines are counted. */
  rows: Scalars['Int']['output'];
  /** SHA-256 of the content, in hex. Worked out only where an upload asks for it. */
  sha256: Scalars['String']['output'];
};

/** The file itself is wrong. Nothing was uploaded, but for the `jobs` of a split file. */
export type InvalidFileError = UploadError & {
  __typename?: 'InvalidFileError';
  /** Repeat the mended file with this key: where there are `jobs`, it goes on behind them. */
  idempotencyKey: Scalars['String']['output'];
  /** Jobs that an earlier part of a split file had already made. */
  jobs: Array<UploadJob>;
  /** What is wrong and what to do, for a person. */
  message: Scalars['String']['output'];
  /** How many were found, those that are not listed included. */
  problemCount: Scalars['Int']['output'];
  /** The first problems, at most 100. */
  problems: Array<FileProblem>;
};

/** An argument is wrong. Nothing was uploaded. */
export type InvalidInputError = UploadError & {
  __typename?: 'InvalidInputError';
  /** Path of the argument, as `input.columns.billId`. */
  field: Scalars['String']['output'];
  /** What is wrong and what to do, for a person. */
  message: Scalars['String']['output'];
};

/** Uploading coupon files. */
export type Mutation = {
  __typename?: 'Mutation';
  /** Uploads coupons of a series. The file is streamed, whatever its size. */
  uploadCouponBatch: UploadResult;
  /** Uploads coupons that were redeemed elsewhere. The file is streamed, whatever its size. */
  uploadRedeemedCoupons: UploadResult;
};


/** Uploading coupon files. */
export type MutationUploadCouponBatchArgs = {
  file: Scalars['Upload']['input'];
  input: UploadCouponBatchInput;
};


/** Uploading coupon files. */
export type MutationUploadRedeemedCouponsArgs = {
  file: Scalars['Upload']['input'];
  input: UploadRedeemedCouponsInput;
};

/** Where a page of a connection stands in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last edge: pass it as `after` for the next page. Null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** True when more follow after `endCursor`. */
  hasNextPage: Scalars['Boolean']['output'];
  /** True when some stand before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge; null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** Reading upload jobs. */
export type Query = {
  __typename?: 'Query';
  /** A coupon series by its number. */
  couponSeries: CouponSeries;
  /** One upload job by its id. Null when the series has no such job. */
  uploadJob?: Maybe<UploadJob>;
};


/** Reading upload jobs. */
export type QueryCouponSeriesArgs = {
  id: Scalars['ID']['input'];
};


/** Reading upload jobs. */
export type QueryUploadJobArgs = {
  id: Scalars['ID']['input'];
};

/** Zero-based position of each column: becomes the uploadHeaders of the REST call. */
export type RedeemedCouponColumns = {
  /** The bill, by its id. */
  billId?: InputMaybe<Scalars['Int']['input']>;
  /** The bill, by the number printed on it. */
  billNumber?: InputMaybe<Scalars['Int']['input']>;
  /** The coupon, as `couponIdentifier` says. */
  couponIdentifier: Scalars['Int']['input'];
  /** The customer, as `customerIdentifier` says. */
  customerIdentifier: Scalars['Int']['input'];
  /** A note for this redemption. */
  details?: InputMaybe<Scalars['Int']['input']>;
  /** Where it was redeemed: the id of the till. */
  redeemedAt: Scalars['Int']['input'];
  /** When it was redeemed, in milliseconds since 1970. */
  redeemedDateInMillis: Scalars['Int']['input'];
};

/** How the file names the customers who redeemed. */
export type RedeemedCustomerIdentifier =
  /** By e-mail address. */
  | 'EMAIL'
  /** By the id that your own systems gave them. */
  | 'EXTERNAL_ID'
  /** By mobile number. */
  | 'MOBILE'
  /** By Capillary's user id. */
  | 'USER_ID';

/** What to do with rows that Capillary is going to reject. */
export type RowProblemPolicy =
  /** Upload nothing. */
  | 'REJECT'
  /** Upload all the same, and list them in the report. */
  | 'REPORT';

/** Watching upload jobs. */
export type Subscription = {
  __typename?: 'Subscription';
  /** The jobs' state now, then each change of any of them; ends when all are terminal. A single id coerces to a list. */
  uploadJobUpdated: UploadJob;
};


/** Watching upload jobs. */
export type SubscriptionUploadJobUpdatedArgs = {
  ids: Array<Scalars['ID']['input']>;
};

/** Capillary has the whole file. What becomes of its rows the `jobs` tell, once they are terminal. */
export type UploadAccepted = {
  __typename?: 'UploadAccepted';
  /** The file as it passed. */
  file: FileReport;
  /** One, or several when `maxRowsPerJob` split the file, in the order of the rows. */
  jobs: Array<UploadJob>;
  /** True when `idempotencyKey` found an earlier upload and nothing was sent now. */
  replayed: Scalars['Boolean']['output'];
};

/** `dryRun`: the file would be accepted. Nothing was uploaded. */
export type UploadChecked = {
  __typename?: 'UploadChecked';
  /** The file as it passed. */
  file: FileReport;
};

/** Where the coupons go, and how the file is to be read. */
export type UploadCouponBatchInput = {
  /** The series that the coupons belong to. */
  couponSeriesId: Scalars['ID']['input'];
  /** How the file names the customers. */
  customerIdentifier: CustomerIdentifier;
  /** Zero-based column of the customers. Needed for every identifier but NOT_TAGGED, refused with it. */
  customerIdentifierColumn?: InputMaybe<Scalars['Int']['input']>;
  /** How to upload. */
  options?: InputMaybe<UploadOptions>;
};

/** Why an upload did not happen, in words that may be shown to the person who made it. */
export type UploadError = {
  /** What is wrong and what to do, for a person. */
  message: Scalars['String']['output'];
};

/** One file on its way through Capillary, from its arrival to the last row. */
export type UploadJob = {
  __typename?: 'UploadJob';
  /** Rows that Capillary accepted: `totalUploadedCount` less `errorCount`. */
  acceptedCount: Scalars['Int']['output'];
  /** Rows of the file as Capillary counted them. */
  actualRowCount: Scalars['Int']['output'];
  /** Audience group that the upload made. Coupon batches only. */
  audienceGroupId?: Maybe<Scalars['ID']['output']>;
  /** Version of that audience group. Coupon batches only. */
  audienceGroupVersionId?: Maybe<Scalars['ID']['output']>;
  /** The coupon series that the file was uploaded to. */
  couponSeries: CouponSeries;
  /** When Capillary took the file. For redeemed coupons it gives the day only, once the job is listed. */
  createdAt: Scalars['DateTime']['output'];
  /** Rows that Capillary rejected. */
  errorCount: Scalars['Int']['output'];
  /** Capillary's handle of the list of rejected rows; not a web address: there is no documented download. */
  errorFileUrl?: Maybe<Scalars['String']['output']>;
  /** KIND:couponSeriesId:jobId, e.g. COUPON_BATCH:541854:222696. The format is documented and stable. */
  id: Scalars['ID']['output'];
  /** True once status can no longer change: no need to watch any longer. */
  isTerminal: Scalars['Boolean']['output'];
  /** The job's number in Capillary. */
  jobId: Scalars['ID']['output'];
  /** Which upload made this job. */
  kind: UploadJobKind;
  /** The organisation in Capillary that owns the series. */
  orgId: Scalars['ID']['output'];
  /** What the job came to: the field to show to a person. */
  outcome: UploadJobOutcome;
  /** How far the job is. */
  status: UploadJobStatus;
  /** Capillary's handle of the list of accepted rows; not a web address. */
  successFileUrl?: Maybe<Scalars['String']['output']>;
  /** Data rows that Capillary counted, good and bad together; 0 until it has. */
  totalUploadedCount: Scalars['Int']['output'];
  /** When the job last changed. For redeemed coupons Capillary gives the day only. */
  updatedAt: Scalars['DateTime']['output'];
  /** Capillary's working table of this job: of use to its support. */
  uploadTableName?: Maybe<Scalars['String']['output']>;
  /** The file name as the user gave it. */
  uploadedFileName: Scalars['String']['output'];
  /** Capillary's handle of the stored file; not a web address. */
  uploadedFileUrl?: Maybe<Scalars['String']['output']>;
  /** The status exactly as Capillary wrote it. */
  upstreamStatus: Scalars['String']['output'];
};

/** A page of upload jobs, newest first. */
export type UploadJobConnection = {
  __typename?: 'UploadJobConnection';
  /** The jobs of this page. */
  edges: Array<UploadJobEdge>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** Jobs on all pages together. */
  totalCount: Scalars['Int']['output'];
};

/** A job in a list, with its place. */
export type UploadJobEdge = {
  __typename?: 'UploadJobEdge';
  /** The place of this job: pass it as `after`. */
  cursor: Scalars['String']['output'];
  /** The job. */
  node: UploadJob;
};

/** Which of the two upload families a job belongs to. */
export type UploadJobKind =
  /** Coupons of a series, made by `uploadCouponBatch`. */
  | 'COUPON_BATCH'
  /** Coupons redeemed elsewhere, made by `uploadRedeemedCoupons`. */
  | 'REDEEMED_COUPONS';

/** What a job came to. */
export type UploadJobOutcome =
  /** The job as a whole failed. */
  | 'FAILED'
  /** Finished, some rows rejected. */
  | 'PARTIALLY_REJECTED'
  /** Not at its end yet. */
  | 'PENDING'
  /** Finished, every row rejected. */
  | 'REJECTED'
  /** Finished, no row rejected. */
  | 'SUCCEEDED';

/** How far a job is, in one vocabulary for both kinds. */
export type UploadJobStatus =
  /** The good rows are stored. A step of coupon batches only. */
  | 'COMMITTED'
  /** Capillary gave the job up. */
  | 'FAILED'
  /** Done. Look at `outcome`: every row may have been rejected all the same. */
  | 'FINISHED'
  /** Waits for its turn. */
  | 'QUEUED'
  /** Capillary is reading the file. */
  | 'STARTED'
  /** Capillary wrote a status that is not known here; see `upstreamStatus`. */
  | 'UNKNOWN'
  /** The rows are checked. A step of coupon batches only. */
  | 'VALIDATED';

/** How to upload. Everything has a default. */
export type UploadOptions = {
  /** Checks the file and uploads nothing. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
  /** Makes a repeat safe: the same key, series and kind returns the job that the first try made, also when the first answer was lost. 8 to 64 of A-Z a-z 0-9 _ - */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Uploads as several jobs of at most this many data rows. Capillary recommends at most 500,000. */
  maxRowsPerJob?: InputMaybe<Scalars['Int']['input']>;
  /** What to do with rows that Capillary is going to reject (an empty cell, a bad date, a duplicate code). REPORT uploads all the same, since partial success is Capillary's norm, and lists them in the report; REJECT uploads nothing. A file that is wrong as a whole (not CSV, a column that does not exist, no rows) is refused under both. */
  rowProblems?: InputMaybe<RowProblemPolicy>;
};

/** The connection broke after the whole file was sent, and the status list does not show the job yet; or another upload with the same key is still under way. */
export type UploadOutcomeUnknownError = UploadError & {
  __typename?: 'UploadOutcomeUnknownError';
  /** Repeat with this key: it either finds the job or uploads. */
  idempotencyKey: Scalars['String']['output'];
  /** Jobs that an earlier part of a split file had already made. */
  jobs: Array<UploadJob>;
  /** What is wrong and what to do, for a person. */
  message: Scalars['String']['output'];
};

/** Which series was redeemed, and how the file is to be read. */
export type UploadRedeemedCouponsInput = {
  /** Which column is what. */
  columns: RedeemedCouponColumns;
  /** How the file names the coupons. */
  couponIdentifier: CouponIdentifier;
  /** The series that the coupons belong to. */
  couponSeriesId: Scalars['ID']['input'];
  /** How the file names the customers. */
  customerIdentifier: RedeemedCustomerIdentifier;
  /** A note for the whole upload. */
  details?: InputMaybe<Scalars['String']['input']>;
  /** How to upload. */
  options?: InputMaybe<UploadOptions>;
};

/** What an upload came to. Errors that the person can mend are members, not GraphQL errors. */
export type UploadResult = InvalidFileError | InvalidInputError | UploadAccepted | UploadChecked | UploadOutcomeUnknownError | UpstreamRejectedError;

/** Capillary answered, and refused. */
export type UpstreamRejectedError = UploadError & {
  __typename?: 'UpstreamRejectedError';
  /** Status of its answer. */
  httpStatus: Scalars['Int']['output'];
  /** Repeat a split file with this key: it goes on at the first part that is missing. */
  idempotencyKey: Scalars['String']['output'];
  /** Jobs that an earlier part of a split file had already made. */
  jobs: Array<UploadJob>;
  /** What is wrong and what to do, for a person. */
  message: Scalars['String']['output'];
  /** Names the call to Capillary's support. */
  requestId?: Maybe<Scalars['String']['output']>;
  /** Capillary's own error code, where it gave one. */
  upstreamCode?: Maybe<Scalars['String']['output']>;
};

export type JobStateFragment = { __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null };

export type PassedFileFragment = { __typename?: 'FileReport', name: string, bytes: number, rows: number, sha256: string, problemCount: number, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }> };

export type UploadCouponsMutationVariables = Exact<{
  file: Scalars['Upload']['input'];
  input: UploadCouponBatchInput;
}>;


export type UploadCouponsMutation = { __typename?: 'Mutation', uploadCouponBatch:
    | { __typename: 'InvalidFileError', message: string, problemCount: number, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }>, jobs: Array<{ __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null }> }
    | { __typename: 'InvalidInputError', message: string, field: string }
    | { __typename: 'UploadAccepted', replayed: boolean, jobs: Array<{ __typename?: 'UploadJob', id: string, uploadedFileName: string, status: UploadJobStatus, outcome: UploadJobOutcome, isTerminal: boolean, acceptedCount: number, errorCount: number, errorFileUrl?: string | null }>, file: { __typename?: 'FileReport', name: string, bytes: number, rows: number, sha256: string, problemCount: number, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }> } }
    | { __typename: 'UploadChecked', file: { __typename?: 'FileReport', name: string, bytes: number, rows: number, sha256: string, problemCount: number, problems: Array<{ __typename?: 'FileProblem', line?: number | null, column?: number | null, message: string }> } }
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
export const PassedFileFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PassedFile"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FileReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"problemCount"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<PassedFileFragment, unknown>;
export const UploadCouponsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UploadCoupons"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"file"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Upload"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UploadCouponBatchInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadCouponBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"file"},"value":{"kind":"Variable","name":{"kind":"Name","value":"file"}}},{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadAccepted"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"file"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PassedFile"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadChecked"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"file"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PassedFile"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidFileError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"problemCount"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidInputError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"field"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UpstreamRejectedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"requestId"}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadOutcomeUnknownError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"idempotencyKey"}},{"kind":"Field","name":{"kind":"Name","value":"jobs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedFileName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorFileUrl"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PassedFile"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FileReport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"problemCount"}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<UploadCouponsMutation, UploadCouponsMutationVariables>;
export const FindJobDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindJob"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadJob"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedFileName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorFileUrl"}}]}}]} as unknown as DocumentNode<FindJobQuery, FindJobQueryVariables>;
export const WatchJobsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchJobs"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadJobUpdated"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JobState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JobState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedFileName"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"isTerminal"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"errorFileUrl"}}]}}]} as unknown as DocumentNode<WatchJobsSubscription, WatchJobsSubscriptionVariables>;