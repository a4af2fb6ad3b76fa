/**
 * Gathers what the fields of one answer ask for one by one, and asks once: a page of fifty sales reads its attributions in one statement.
 * What was gathered is sent when the event loop comes round, after all fields that stand ready have spoken.
 */
export class Batcher<Value> {
  private waiting: { readonly ids: Set<string>; readonly answer: Promise<ReadonlyMap<string, Value>> } | null = null;

  constructor(private readonly load: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {}

  async get(id: string): Promise<Value | null> {
    this.waiting ??= this.open();
    const { ids, answer } = this.waiting;
    ids.add(id);
    return (await answer).get(id) ?? null;
  }

  private open(): NonNullable<Batcher<Value>['waiting']> {
    const ids = new Set<string>();
    const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.waiting = null;
      return this.load([...ids]);
    });
    return { ids, answer };
  }
}
