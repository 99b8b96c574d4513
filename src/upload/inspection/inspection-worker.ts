import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { type CsvScan, createCsvScan } from '../scan/csv-scan.ts';
import { scanPlan } from '../scan/scan-plan.ts';
import type { InspectionAnswer, InspectionRequest } from './inspection-messages.ts';

/** The thread that looks at files: hashing and scanning cost more than relaying, and would halve the relay's speed. */
interface File {
  readonly blocks: readonly Buffer[];
  readonly scan: CsvScan;
  readonly hash: ReturnType<typeof createHash>;
  bytes: number;
  headerSent: boolean;
}

const files = new Map<number, File>();
const answer = (message: InspectionAnswer) => parentPort?.postMessage(message);

parentPort?.on('message', (request: InspectionRequest) => {
  const { id } = request;
  if (request.type === 'open') {
    const { input, rowsPerPart, maxFileBytes } = request.plan;
    files.set(id, {
      blocks: request.blocks.map((block) => Buffer.from(block)),
      scan: createCsvScan({ plan: scanPlan(input), rowsPerPart, maxFileBytes }),
      hash: createHash('sha256'),
      bytes: 0,
      headerSent: false,
    });
    return;
  }
  const file = files.get(id);
  if (!file) return;
  const { scan, hash } = file;
  switch (request.type) {
    case 'block': {
      const chunk = file.blocks[request.block]?.subarray(0, request.bytes);
      if (!chunk) return;
      file.bytes += chunk.length;
      hash.update(chunk);
      scan.write(chunk);
      const { cuts, fatal } = scan;
      const header = cuts.length > 0 && !file.headerSent ? Uint8Array.from(scan.headerBytes) : undefined;
      file.headerSent ||= header !== undefined;
      answer({ type: 'scanned', id, block: request.block, cuts, header, fatal });
      return;
    }
    case 'end':
      files.delete(id);
      answer({
        type: 'report',
        id,
        report: { ...scan.end(), bytes: file.bytes, sha256: hash.digest('hex') },
      });
      return;
    case 'close':
      files.delete(id);
      return;
  }
});
