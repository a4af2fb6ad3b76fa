import pg from 'pg';

/**
 * A pool whose end can be waited for. `pg.Pool.end()` resolves when it has said goodbye, not when the connections are gone: a server that is
 * stopped right after it would still find them, and report each as cut off.
 */
export class ClosingPool {
  readonly pool: pg.Pool;
  private readonly open = new Set<pg.PoolClient>();
  private gone: (() => void) | null = null;

  constructor(config: pg.PoolConfig) {
    this.pool = new pg.Pool(config);
    this.pool.on('connect', (client) => this.open.add(client));
    this.pool.on('remove', (client) => {
      this.open.delete(client);
      if (this.open.size === 0) this.gone?.();
    });
  }

  /** Resolves when no connection of the pool stands any more. Once only. */
  async close(): Promise<void> {
    await this.pool.end();
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.gone = resolve));
  }
}
