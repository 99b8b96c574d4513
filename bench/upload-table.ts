import type { Contender } from './contenders.ts';
import { markdownTable } from './markdown-table.ts';
import { type FailedRun, measureUploads, type UploadRun } from './measure-uploads.ts';
import { median } from './median.ts';

export interface UploadTableOptions {
  /** The first is what the others are held against. */
  readonly contenders: readonly Contender[];
  readonly sinkUrl: string;
  readonly files: number;
  /** Of each file. */
  readonly mib: number;
  readonly rounds: number;
  /** By the name of whoever writes them so. */
  readonly boundaries: Readonly<Record<string, string>>;
  /** Hears what runs. */
  readonly onRun: (line: string) => void;
}

type Run = UploadRun | FailedRun;

/** Every contender under every boundary, in interleaved rounds, as a table of medians; why one failed stands below. */
export async function uploadTable(options: UploadTableOptions): Promise<string> {
  const { contenders, sinkUrl, files, mib, rounds, boundaries, onRun } = options;
  const runs = new Map<string, Run[]>();
  const runsOf = ({ name }: Contender, boundary: string) => runs.get(`${name} ${boundary}`) ?? [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const [boundaryName, boundary] of Object.entries(boundaries)) {
      for (const contender of contenders) {
        const before = runsOf(contender, boundary);
        // What it refused once it refuses again.
        if (before.some(isFailed)) continue;
        const run = await measureUploads(contender, sinkUrl, { files, mib, boundary });
        runs.set(`${contender.name} ${boundary}`, [...before, run]);
        onRun(
          `round ${round}, ${files} x ${mib} MiB, ${boundaryName}, ${contender.name}: ${JSON.stringify(run)}`,
        );
      }
    }
  }

  const speed = (contender: Contender | undefined, boundary: string) =>
    contender
      ? median(
          runsOf(contender, boundary)
            .filter(isDone)
            .map((run) => run.megabytesPerSecond),
        )
      : Number.NaN;
  const rows = contenders.map((contender) => {
    const all = Object.values(boundaries).flatMap((boundary) => runsOf(contender, boundary));
    if (all.some(isFailed)) return [contender.name, ...Object.keys(boundaries).map(() => 'failed')];
    const done = all.filter(isDone);
    return [
      contender.name,
      ...Object.values(boundaries).map((boundary) => {
        const own = speed(contender, boundary);
        return `${own.toFixed(0)} (${(own / speed(contenders[0], boundary)).toFixed(2)})`;
      }),
      median(done.map((run) => run.cpuSecondsPerGib)).toFixed(2),
      Math.max(...done.map((run) => run.peakRssMib)).toFixed(0),
    ];
  });
  const head = [
    `${files} x ${mib} MiB: MB/s (of the pipe)`,
    ...Object.keys(boundaries),
    'CPU s/GiB',
    'peak RSS MiB',
  ];
  const reasons = contenders.flatMap((contender) => {
    const all = Object.values(boundaries).flatMap((boundary) => runsOf(contender, boundary));
    const failed = all.find(isFailed);
    return failed ? [`${contender.name} failed: ${failed.reason}`] : [];
  });
  return [markdownTable(head, rows), ...reasons].join('\n\n');
}

const isFailed = (run: Run): run is FailedRun => 'reason' in run;
const isDone = (run: Run): run is UploadRun => !isFailed(run);
