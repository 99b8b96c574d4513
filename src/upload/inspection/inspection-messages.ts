import type { FileProblem } from '../scan/file-problem.ts';
import type { ScanInput } from '../scan/scan-plan.ts';
import type { ScanReport } from '../scan/scan-report.ts';

/** What is to be looked for in one file. */
export interface InspectionPlan {
  readonly input: ScanInput;
  /** Data rows after which a new part of the file begins. Undefined: no parts. */
  readonly rowsPerPart: number | undefined;
  readonly maxFileBytes: number;
  readonly wantsSha256: boolean;
}

/** What was found in a whole file. */
export type InspectionReport = ScanReport & {
  readonly bytes: number;
  /** Set where the plan wants it. */
  readonly sha256: string | undefined;
};

/** What a thread is given at its start. */
export interface ThreadMemory {
  readonly bell: SharedArrayBuffer;
  /** The code pool of all threads, and the number under which this one takes from it. */
  readonly codes: SharedArrayBuffer;
  readonly owner: number;
  /** The most rows of one file that are searched for duplicates. */
  readonly maxRows: number;
}

/** Messages to the worker. The bytes of a file go through its memory, as a `BlockRing`. */
export type InspectionRequest =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly plan: InspectionPlan;
      readonly memory: WebAssembly.Memory;
    }
  /** All blocks were sent. */
  | { readonly type: 'end'; readonly id: number }
  /** Answered by `closed`, unless the report is out already. */
  | { readonly type: 'close'; readonly id: number }
  /** Blocks were sent. */
  | { readonly type: 'wake' };

/** Messages from the worker. */
export type InspectionAnswer =
  /** Blocks of some files were scanned. */
  | { readonly type: 'scanned' }
  /** What was found in a marked block. */
  | {
      readonly type: 'found';
      readonly id: number;
      readonly block: number;
      /** Offsets in the block at which a new part begins. */
      readonly cuts: readonly number[];
      /** With the first cut: what each further part of the file begins with. */
      readonly header: Uint8Array | undefined;
      /** The file is wrong as a whole, and need not go on. */
      readonly fatal: FileProblem | undefined;
    }
  /** The last message about a file: the thread uses its memory no more. */
  | { readonly type: 'report'; readonly id: number; readonly report: InspectionReport }
  /** The same, of a file that was closed before. */
  | { readonly type: 'closed'; readonly id: number };

/** What was found in one block. */
export type Finding = Extract<InspectionAnswer, { readonly type: 'found' }>;
