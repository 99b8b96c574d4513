import type { ScanReport } from '../scan/csv-scan.ts';
import type { FileProblem } from '../scan/file-problem.ts';
import type { ScanInput } from '../scan/scan-plan.ts';

/** What is to be looked for in one file. */
export interface InspectionPlan {
  readonly input: ScanInput;
  /** Data rows after which a new part of the file begins. Undefined: no parts. */
  readonly rowsPerPart: number | undefined;
  readonly maxFileBytes: number;
}

export type InspectionReport = ScanReport & { readonly bytes: number; readonly sha256: string };

/** To the worker. Blocks are shared memory: one is the sender's again once its `scanned` came. */
export type InspectionRequest =
  | {
      readonly type: 'open';
      readonly id: number;
      readonly plan: InspectionPlan;
      readonly blocks: SharedArrayBuffer[];
    }
  | { readonly type: 'block'; readonly id: number; readonly block: number; readonly bytes: number }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'close'; readonly id: number };

/** From the worker, in the order of the blocks. */
export type InspectionAnswer =
  | {
      readonly type: 'scanned';
      readonly id: number;
      readonly block: number;
      /** Offsets in the block at which a new part begins. */
      readonly cuts: readonly number[];
      /** With the first cut: what each further part begins with. */
      readonly header: Uint8Array | undefined;
      /** The file is wrong as a whole, and need not go on. */
      readonly fatal: FileProblem | undefined;
    }
  | { readonly type: 'report'; readonly id: number; readonly report: InspectionReport };
