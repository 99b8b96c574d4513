/**
 * Lets at most `perRound` callers go on in each round of the event loop, in the order they came: so a change that
 * thousands watch neither holds up everybody else, nor keeps all of their results in memory at once. The function
 * returned gives `undefined` to a caller who may go on at once, and else a promise that resolves when it may.
 */
export function createRoundPacer(perRound: number): () => Promise<void> | undefined {
  const waiting: (() => void)[] = [];
  let gone = 0;
  let scheduled = false;

  return () => {
    if (!scheduled) {
      scheduled = true;
      setImmediate(nextRound);
    }
    if (gone < perRound) {
      gone += 1;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };

  function nextRound(): void {
    const now = waiting.splice(0, perRound);
    gone = now.length;
    scheduled = now.length > 0;
    if (scheduled) setImmediate(nextRound);
    for (const go of now) go();
  }
}
