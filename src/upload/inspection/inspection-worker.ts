import { createHash, type Hash } from 'node:crypto';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { type CsvScan, createCsvScan } from '../scan/csv-scan.ts';
import { openCodePool } from '../scan/duplicates/code-pool.ts';
import { createRowKernel } from '../scan/kernel/row-kernel.ts';
import { scanPlan } from '../scan/scan-plan.ts';
import { openBell } from './bell.ts';
import { type BlockRing, openBlockRing } from './block-ring.ts';
import type { InspectionAnswer, InspectionRequest, ThreadMemory } from './inspection-messages.ts';

/**
 * A file in this thread. Threads scan and hash because both cost more than relaying, and would halve the relay's speed.
 */
interface File {
  readonly id: number;
  readonly ring: BlockRing;
  readonly scan: CsvScan;
  readonly hash: Hash | undefined;
  bytes: number;
  headerSent: boolean;
  ending: boolean;
}

if (!parentPort) throw new Error('This is the program of a thread.');
const port = parentPort;
const given = workerData as ThreadMemory;
const bell = openBell(given.bell);
const codePool = openCodePool(given.codes, given.owner);
const files = new Map<number, File>();
const answer = (message: InspectionAnswer) => port.postMessage(message);
/**
 * How long to wait for the next block: a message that wakes this thread costs the other one more than the
 * wait costs here.
 */
const lingerMs = 1;
const turnMs = 10;

port.on('message', (request: InspectionRequest) => {
  take(request);
  work();
});

function take(request: InspectionRequest): void {
  switch (request.type) {
    case 'open': {
      const { id, memory } = request;
      const { input, rowsPerPart, maxFileBytes, wantsSha256 } = request.plan;
      const kernel = createRowKernel(memory);
      files.set(id, {
        id,
        ring: openBlockRing(memory),
        scan: createCsvScan({
          ...{ plan: scanPlan(input), rowsPerPart, maxFileBytes },
          ...{ maxExactRows: given.maxRows, kernel, codePool },
        }),
        hash: wantsSha256 ? createHash('sha256') : undefined,
        bytes: 0,
        headerSent: false,
        ending: false,
      });
      return;
    }
    case 'end': {
      const file = files.get(request.id);
      if (file) file.ending = true;
      return;
    }
    case 'close': {
      const file = files.get(request.id);
      if (!file) return;
      file.scan.close();
      files.delete(file.id);
      answer({ type: 'closed', id: file.id });
    }
  }
}

/** Works until nothing is left to do, and nothing has come for a while. */
function work(): void {
  let heard: number;
  do {
    do {
      heard = bell.listen();
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) take(next.message);
    } while (scanOneOfEach() || bell.wait(heard, lingerMs));
    tellScanned();
  } while (!bell.leave(heard));
}

/**
 * Scans each file in turn, so that none waits for a huge one. A turn lasts as long as one block may take
 * whose rows are read one by one: otherwise each block of a fast file would wait for a block of such a slow
 * one, which takes as long as many of its own.
 */
function scanOneOfEach(): boolean {
  let busy = false;
  for (const file of files.values()) {
    if (file.ring.scanned < file.ring.sent) {
      const until = performance.now() + turnMs;
      do scanBlock(file);
      while (file.ring.scanned < file.ring.sent && performance.now() < until);
      busy = true;
    } else if (file.ending) {
      files.delete(file.id);
      const report = { ...file.scan.end(), bytes: file.bytes, sha256: file.hash?.digest('hex') };
      answer({ type: 'report', id: file.id, report });
    }
  }
  return busy;
}

function scanBlock(file: File): void {
  const { id, ring, scan, hash } = file;
  const block = ring.scanned;
  const chunk = ring.bytes(block);
  file.bytes += chunk.length;
  hash?.update(chunk);
  scan.write(chunk);
  const { cuts, fatal } = scan;
  const isFound = cuts.length > 0 || fatal !== undefined;
  if (isFound) {
    const header = cuts.length > 0 && !file.headerSent ? Uint8Array.from(scan.headerBytes) : undefined;
    file.headerSent ||= header !== undefined;
    answer({ type: 'found', id, block, cuts, header, fatal });
  }
  ring.markScanned(isFound);
  if (ring.takeWanted()) answer({ type: 'scanned' });
}

function tellScanned(): void {
  const owesOne = [...files.values()].some(({ ring }) => ring.taken < ring.scanned);
  if (owesOne) answer({ type: 'scanned' });
}
