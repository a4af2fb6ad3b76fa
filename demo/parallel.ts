/** Works on all items, `width` at a time; the answers stand in the order of the items. The first failure ends it. */
export async function inParallel<T, R>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const answers = new Array<R>(items.length);
  const queue = items.map((item, index) => ({ item, index })).reverse();
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      answers[next.index] = await work(next.item, next.index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return answers;
}

/** Asks again and again until there is an answer. Throws with `what` when `deadlineMs` have passed. */
export async function eventually<T>(what: string, deadlineMs: number, ask: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`${what} did not happen within ${String(Math.round(deadlineMs / 1_000))} seconds.`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
