/**
 * Goes round a list of any length, a page at a time, and begins again at its end: what stands first and fails every time hides nothing that
 * stands behind it, and no turn costs more than a page.
 */
export class Round<Item> {
  private after: Item | null = null;

  constructor(private readonly pageSize: number) {}

  /** The next page; `read` gives what stands behind an item (null: from the beginning), in one order, as many as it is asked for. */
  async next(read: (after: Item | null, limit: number) => Promise<Item[]>): Promise<Item[]> {
    const page = await read(this.after, this.pageSize);
    this.after = page.length < this.pageSize ? null : (page[page.length - 1] ?? null);
    return page;
  }
}
