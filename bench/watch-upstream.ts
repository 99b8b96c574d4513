import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PolledUpstream {
  readonly url: string;
  /** When each poll of a token came in, by `Date.now()`. */
  pollsOf(token: string): readonly number[];
  /** From now on all jobs have this status. Resolves with the time of the answer that tells it first. */
  setStatus(status: string): Promise<number>;
  close(): void;
}

/** The status calls of an upstream where each series has one job of the series' own number. Cheap, and it counts. */
export async function startPolledUpstream(): Promise<PolledUpstream> {
  const polls = new Map<string, number[]>();
  let status = 'STARTED';
  let onTold: ((atMs: number) => void) | undefined;

  const server = createServer((req, res) => {
    const token = String(req.headers['x-cap-api-oauth-token']);
    polls.set(token, [...(polls.get(token) ?? []), Date.now()]);
    const series = Number(req.url?.split('/').at(-1));
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ success: true, status: 200, result: listOf(series, status) }));
    onTold?.(Date.now());
    onTold = undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pollsOf: (token) => polls.get(token) ?? [],
    setStatus(next) {
      status = next;
      return new Promise((resolve) => {
        onTold = resolve;
      });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function listOf(series: number, uploadStatus: string) {
  const job = {
    ...{ jobId: series, uploadStatus, createdOn: '1717651325445', updatedOn: '1717651325445' },
    ...{ errorFileUrl: null, successFileUrl: null, uploadedFileUrl: `coupons_1717651325326_${series}.csv` },
    ...{ totalUploadedCount: 0, actualRowCount: 0, errorCount: 0, uploadTableName: null },
    ...{ uploadedFileName: 'coupons.csv', audienceGroupId: 0, audienceGroupVersionId: 0 },
  };
  return { orgId: 100458, couponSeriesId: series, uploadJobStatuses: [job] };
}
