import type { UploadResult } from './upload-with-retries.ts';

/** What to do about an upload that has come to an answer. */
export interface NextStep {
  /** For the person. */
  readonly message: string;
  /** The jobs that exist now: watch them. There may be some beside an error, from the first parts of a split file. */
  readonly watch: readonly string[];
  /** What to mend, as it stands in the file. */
  readonly problems?: readonly { readonly line?: number | null; readonly message: string }[];
  /** What was not checked, such as rows beyond those that are searched for duplicate codes. */
  readonly notes?: readonly string[];
  /** The argument to mend, as `input.customerIdentifierColumn`. */
  readonly field?: string;
  /** Send the file again with this key, later: nothing else is safe. */
  readonly repeatWithKey?: string;
}

/** One case for each member of `UploadResult`: when the schema gets another one, this does not compile. */
export function nextStep(result: UploadResult): NextStep {
  switch (result.__typename) {
    case 'UploadAccepted': {
      const { jobs, file, replayed } = result;
      const what = replayed ? 'was uploaded before' : 'is uploaded';
      return {
        message: `${file.name} ${what}: ${file.rows} rows.`,
        watch: ids(jobs),
        problems: file.problems,
        notes: file.notes,
      };
    }
    case 'UploadChecked': {
      const { name, problems, problemCount, notes } = result.file;
      return {
        message: `${name} can be uploaded. Problems found: ${problemCount}.`,
        watch: [],
        problems,
        notes,
      };
    }
    case 'InvalidFileError':
      return { message: result.message, watch: ids(result.jobs), problems: result.problems };
    case 'InvalidInputError':
      return { message: result.message, watch: [], field: result.field };
    case 'UpstreamRejectedError':
      return { message: `${result.message} (${result.requestId ?? 'no id'})`, watch: ids(result.jobs) };
    case 'UploadOutcomeUnknownError':
      return {
        message: result.message,
        watch: ids(result.jobs),
        repeatWithKey: result.idempotencyKey,
      };
    default:
      return unknownMember(result);
  }
}

/** A gateway that is newer than this page may answer with a member that the page does not know. */
function unknownMember(result: never): NextStep {
  return { message: `The gateway answered ${JSON.stringify(result)}.`, watch: [] };
}

function ids(jobs: readonly { readonly id: string }[]): readonly string[] {
  return jobs.map(({ id }) => id);
}
