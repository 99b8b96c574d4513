import type { FileProblem } from '../scan/file-problem.ts';

/** The file itself is wrong, and goes no further. Upstream has no whole file. */
export class FileRefusedError extends Error {
  override readonly name = 'FileRefusedError';
  /** The first problems, in the order of the file. */
  readonly problems: readonly FileProblem[];
  /** All that were found. */
  readonly problemCount: number;

  constructor(message: string, problems: readonly FileProblem[], problemCount = problems.length) {
    super(message);
    this.problems = problems;
    this.problemCount = problemCount;
  }
}
