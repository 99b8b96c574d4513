import type { LoggedRequest } from '../../src/sandbox/requests/logged-request.ts';
import { sha256Of } from '../support/sha256-of.ts';
import { noAnswer, replayed } from './answer-word.ts';
import type { FaultCase } from './fault-case.ts';
import type { FaultStage } from './fault-stage.ts';

/** What upstream has of an upload. */
export type UpstreamHas = 'nothing' | 'a part' | 'the file' | 'a job';

const uploads = ({ sandbox, series }: FaultStage) =>
  sandbox.requests.filter(({ call, couponSeriesId }) => call === 'uploadFile' && couponSeriesId === series);

const jobsOf = ({ sandbox, series }: FaultStage) =>
  sandbox.jobs.list().filter(({ couponSeriesId }) => couponSeriesId === series);

export function upstreamHas(stage: FaultStage): UpstreamHas {
  if (jobsOf(stage).length > 0) return 'a job';
  const requests = uploads(stage);
  if (requests.some(({ complete }) => complete)) return 'the file';
  return requests.some(({ fileBytes }) => fileBytes > 0) ? 'a part' : 'nothing';
}

export interface Outcome {
  readonly got: string;
  readonly ms: number;
  readonly upstream: UpstreamHas;
  readonly repeat: string;
  readonly leftOver: string;
  /** Of the gateways' processes. */
  readonly log: readonly string[];
  readonly stderr: readonly string[];
}

/** Whom upstream itself told no is told so, although it had read the file. */
const refusals = new Set([
  'UpstreamRejectedError',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
]);

/** Which invariants do not hold, in sentences. */
export interface Broken {
  /** Of what no fault may break, however slow the machine is. */
  readonly promises: readonly string[];
  /** Of what a machine that stands still may break, too: it is to be tried again. */
  readonly times: readonly string[];
}

/** Holds an outcome against what no fault may break. */
export function brokenInvariants(stage: FaultStage, { withinMs }: FaultCase, outcome: Outcome): Broken {
  const { got, ms, upstream, repeat, log, stderr } = outcome;
  const accepted = got === 'UploadAccepted' || got === replayed;
  const open = got === 'UploadOutcomeUnknownError' || got === noAnswer;
  const made = jobsOf(stage).length;
  const isTold = repeat === replayed || repeat === 'UploadAccepted';
  const promises: readonly Rule[] = [
    [upstream === 'a job' && !accepted && !open, `There is a job, and the client was told ${got}.`],
    [
      upstream === 'the file' && !open && !(refusals.has(got) && saidNo(uploads(stage))),
      `Capillary has the file without having said no, and the client was told ${got}.`,
    ],
    [upstream !== 'a job' && accepted, 'There is no job, and the client was told that there is one.'],
    [made > 1, `There are ${made} jobs after the repeat.`],
    [holdsOther(stage), 'A request that came to its end had not the bytes of the file.'],
    [outcome.leftOver !== 'nothing', `Left over: ${outcome.leftOver}.`],
    [stderr.some((text) => text !== ''), `On stderr: ${stderr.join('')}`],
    [
      log.some((line) => /"level":[56]0/.test(line) || line.includes('INTERNAL_SERVER_ERROR')),
      `In the log: ${log.find((line) => /"level":[56]0|INTERNAL_SERVER_ERROR/.test(line))}`,
    ],
  ];
  const times: readonly Rule[] = [
    [ms > withinMs, `It took ${Math.round(ms)} ms, and may take ${withinMs}.`],
    [made < 1, 'There is no job after the repeat.'],
    [!isTold, `The repeat was not accepted: it was told ${repeat}.`],
  ];
  return { promises: sentencesOf(promises), times: sentencesOf(times) };
}

type Rule = readonly [broken: boolean, sentence: string];
const sentencesOf = (rules: readonly Rule[]) =>
  rules.filter(([broken]) => broken).map(([, sentence]) => sentence);

function saidNo(requests: readonly LoggedRequest[]): boolean {
  return requests.some(({ complete, status }) => complete && status !== undefined);
}

/** Never a truncated file that upstream could take for whole. */
function holdsOther(stage: FaultStage): boolean {
  const sha256 = sha256Of(stage.file);
  return uploads(stage).some(({ complete, fileSha256 }) => complete && fileSha256 !== sha256);
}
