import type { UploadProgress } from '../request/progress-meter.ts';

/** An upload that is under way. */
export interface RunningUpload {
  readonly id: string;
  readonly tab: string;
  readonly names: readonly string[];
  /** `undefined` until the first byte is out. */
  readonly progress: UploadProgress | undefined;
  readonly cancel: () => void;
}
