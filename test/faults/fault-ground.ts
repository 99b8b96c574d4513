import { createSandbox, type Sandbox } from '../../src/sandbox/create-sandbox.ts';
import { type GatewayProcess, startProcess } from '../support/gateway-process.ts';
import { limits, type OwnGround } from './fault-case.ts';
import { type AnotherGateway, createFaultStage, type FaultStage } from './fault-stage.ts';
import { createIdleCloser, type Holdings, leftOver, settledHoldings } from './leftovers.ts';
import { createTurnstile } from './turnstile.ts';

/** A start takes a second of a core: many at once would take the time of the cases that have begun. */
const takePlace = createTurnstile(2);

/** A sandbox, and real gateway processes before it that have done an upload and hold nothing but what that leaves. */
export interface FaultGround
  extends AsyncDisposable,
    Pick<FaultStage, 'sandbox' | 'gateway' | 'another' | 'defer'> {
  /** What those that stand hold beyond what they held; `allowed` of each kind is passed over. */
  leftOver(allowed: number): Promise<string>;
  /** Tells all to end, and resolves to what they have said. */
  end(): Promise<{ readonly log: readonly string[]; readonly stderr: readonly string[] }>;
}

/** Opens it. Disposing kills what was not told to end. */
export async function openGround(own: () => Promise<OwnGround>): Promise<FaultGround> {
  const sandbox = await createSandbox();
  const idle = createIdleCloser(sandbox.url);
  const processes: GatewayProcess[] = [];
  const held = new Map<GatewayProcess, Holdings>();
  const deferred: AsyncDisposable[] = [];
  let ground: OwnGround = {};
  let isClosed = false;

  const another = (options?: AnotherGateway) => takePlace(() => start(options));

  async function start({ env = {}, openFiles }: AnotherGateway = {}): Promise<GatewayProcess> {
    const settings = {
      COUPON_API_URL: sandbox.url,
      UPLOAD_IDLE_TIMEOUT_MS: String(limits.idleMs),
      UPSTREAM_TIMEOUT_MS: String(limits.answerMs),
      ...ground.env,
      ...env,
    };
    // No file may grow by a byte: whoever writes to one is killed.
    const started = await startProcess(settings, { openFiles, fileBlocks: 0 });
    processes.push(started);
    if (isClosed) {
      // A case that hung was given up meanwhile: nobody else would end what it asked for.
      await started[Symbol.asyncDispose]();
      throw new Error('The ground is closed.');
    }
    // What the first upload brings with it, its thread above all, is nobody's left-over.
    await warmUp(sandbox, started);
    held.set(started, await settledHoldings(started, idle.close));
    void started.ended.then(() => held.delete(started));
    return started;
  }

  async function dispose(): Promise<void> {
    isClosed = true;
    for (const each of processes) await each[Symbol.asyncDispose]();
    for (const each of deferred) await each[Symbol.asyncDispose]();
    idle[Symbol.dispose]();
    await sandbox.close();
    await ground.close?.();
  }

  try {
    ground = await own();
    return {
      ...{ sandbox, another, gateway: await another() },
      defer: (resource) => void deferred.push(resource),
      async leftOver(allowed) {
        const over = await Promise.all(
          [...held].map(([gateway, before]) => leftOver(gateway, before, { allowed, closeIdle: idle.close })),
        );
        return over.find((what) => what !== 'nothing') ?? 'nothing';
      },
      async end() {
        for (const each of processes) each.kill('SIGTERM');
        const ends = await Promise.all(processes.map(({ ended }) => ended));
        return {
          log: processes.flatMap(({ stdout }) => stdout),
          stderr: ends.map(({ stderr }) => stderr),
        };
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function warmUp(sandbox: Sandbox, gateway: GatewayProcess): Promise<void> {
  const never = () => Promise.reject(new Error('Not during the warm-up.'));
  const about = { sandbox, gateway, series: '1', fileBytes: 1024, another: never, defer: never };
  const stage = createFaultStage(about);
  await stage.upload(gateway, stage.elsewhere);
}
