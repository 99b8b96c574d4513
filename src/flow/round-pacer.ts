/**
 * Lets at most `perRound` go on in one round of the event loop, in the order they came: a change that thousands
 * watch then neither holds up everybody else, nor keeps all their results in memory at once. Returns `undefined` to who
 * may go on at once.
 */
export function createTurns(perRound: number): () => Promise<void> | undefined {
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
