import { isJsonObject, type JsonObject } from '../operation/json-object.ts';
import { findJobIds } from './find-job-ids.ts';
import type { GraphQLFault, GraphQLResult } from './graphql-result.ts';

/** A row, or a whole file, that the gateway found wrong. */
export interface FileProblem {
  readonly code?: string;
  readonly line?: number | null;
  readonly column?: number | null;
  readonly message?: string;
}

/** What an upload came to, in words. */
export interface UploadOutcome {
  readonly tone: 'good' | 'mixed' | 'bad';
  readonly title: string;
  readonly message?: string | undefined;
  readonly problems: readonly FileProblem[];
  /** How many were found; the list above holds the first hundred. */
  readonly problemCount: number;
  /** What was not checked, such as rows beyond those that are searched for duplicate codes. */
  readonly notes: readonly string[];
  readonly jobIds: readonly string[];
  /** False where the answer rules out that the upload has created one. */
  readonly mayHaveJobs: boolean;
}

/**
 * Reads the members of `UploadResult` from an answer, as far as the operation asked for their fields, and the errors
 * that ended a split file after its first job.
 */
export function uploadOutcomes({ data, errors = [] }: GraphQLResult): UploadOutcome[] {
  const results = Object.values(data ?? {}).flatMap((value) => (isJsonObject(value) ? [read(value)] : []));
  return [...results, ...errors.flatMap(readError)];
}

function readError({ message, extensions }: GraphQLFault): UploadOutcome[] {
  const jobIds = findJobIds(extensions?.['jobs']);
  if (jobIds.length === 0) return [];
  const key = extensions?.['idempotencyKey'];
  const title = `The upload broke off after ${jobIds.length === 1 ? 'its first part' : `${jobIds.length} parts`}.`;
  const advice =
    typeof key === 'string' ? ` Repeat it with the idempotencyKey ${key}: only the rest is sent.` : '';
  return [
    {
      ...{ tone: 'bad', title, message: `${message}${advice}` },
      ...{ problems: [], problemCount: 0, notes: [], jobIds, mayHaveJobs: true },
    },
  ];
}

function read(value: JsonObject): UploadOutcome {
  const file = isJsonObject(value['file']) ? value['file'] : {};
  const problems = list<FileProblem>(value['problems']) ?? list<FileProblem>(file['problems']) ?? [];
  const notes = list<string>(file['notes']) ?? [];
  const counted = value['problemCount'] ?? file['problemCount'];
  const problemCount = typeof counted === 'number' ? counted : problems.length;
  const message = typeof value['message'] === 'string' ? value['message'] : undefined;
  const jobIds = findJobIds(value);
  const told = title(value, problemCount, jobIds.length > 0);
  const mayHaveJobs = jobIds.length > 0 || !jobless.has(value['__typename']);
  return { ...told, message, problems, problemCount, notes, jobIds, mayHaveJobs };
}

/** The answers that come with no job, unless they list some. */
const jobless: ReadonlySet<unknown> = new Set([
  'UploadChecked',
  'InvalidFileError',
  'InvalidInputError',
  'UpstreamRejectedError',
]);

function title(
  value: JsonObject,
  problemCount: number,
  hasJobs: boolean,
): Pick<UploadOutcome, 'tone' | 'title'> {
  switch (value['__typename']) {
    case 'UploadAccepted':
      if (value['replayed'] === true)
        return { tone: 'good', title: 'An earlier upload with this key was found. Nothing was sent now.' };
      return problemCount > 0
        ? { tone: 'mixed', title: `Uploaded. Capillary is going to reject ${rows(problemCount)}.` }
        : { tone: 'good', title: 'Uploaded.' };
    case 'UploadChecked':
      return problemCount > 0
        ? { tone: 'mixed', title: `Checked, not uploaded. Capillary would reject ${rows(problemCount)}.` }
        : { tone: 'good', title: 'Checked, not uploaded. The file is fine.' };
    case 'InvalidFileError':
      return {
        tone: 'bad',
        // The parts of a split file before that have their jobs already.
        title: `The file is wrong. ${hasJobs ? 'The parts before the fault were uploaded.' : 'Nothing was uploaded.'}`,
      };
    case 'InvalidInputError':
      return {
        tone: 'bad',
        title: `An argument is wrong (${String(value['field'] ?? 'input')}). Nothing was uploaded.`,
      };
    case 'UpstreamRejectedError':
      return { tone: 'bad', title: 'Capillary refused the upload.' };
    case 'UploadOutcomeUnknownError':
      return {
        tone: 'mixed',
        title: 'The result of the upload is not known yet. Repeat it with the same idempotency key.',
      };
    default:
      return { tone: 'mixed', title: 'Answered. Select __typename to see the result here.' };
  }
}

function rows(count: number): string {
  return count === 1 ? 'one row' : `${count} rows`;
}

function list<T>(value: unknown): readonly T[] | undefined {
  return Array.isArray(value) ? (value as T[]) : undefined;
}
