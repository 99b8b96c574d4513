/** Reports a wait that lasts too long. */
export interface StallWatch {
  /** A wait begins, unless one is under way. Cheap enough for every chunk. */
  begin(): void;
  /** The wait is over: something moved. */
  end(): void;
  /** Something moved, but what is waited for has not come: the time of a running wait starts over. */
  moved(): void;
  /** No more checks; may be called twice. */
  close(): void;
}

/** How long is too long, and who hears of it. */
export interface StallWatchOptions {
  readonly timeoutMs: number;
  /** Called once, up to a quarter of `timeoutMs` late. The watch is closed by then. */
  readonly onStall: () => void;
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number;
}

/** One timer looks a few times within the timeout: to re-arm a timer at each chunk would slow the hot path. */
export function createStallWatch(options: StallWatchOptions): StallWatch {
  const { timeoutMs, onStall, now = () => performance.now() } = options;
  let waitingSince: number | undefined;
  let secondLook: NodeJS.Immediate | undefined;
  const isTooLong = () => waitingSince !== undefined && now() - waitingSince >= timeoutMs;
  const close = () => {
    clearInterval(timer);
    clearImmediate(secondLook);
  };
  const timer = setInterval(
    () => {
      if (!isTooLong()) return;
      // After the process has stood still, its timers run before the data that arrived meanwhile is read: let
      // that come in first.
      clearImmediate(secondLook);
      secondLook = setImmediate(() => {
        if (!isTooLong()) return;
        close();
        onStall();
      });
    },
    Math.max(1, Math.ceil(timeoutMs / 4)),
  );
  return {
    begin() {
      waitingSince ??= now();
    },
    end() {
      waitingSince = undefined;
    },
    moved() {
      if (waitingSince !== undefined) waitingSince = now();
    },
    close,
  };
}
