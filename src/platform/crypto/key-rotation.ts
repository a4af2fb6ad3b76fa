import type { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { DataKeyRepository } from './data-key.repository.js';
import type { MasterKeys } from './master-keys.js';

/** Data keys wrapped anew in one transaction. */
export const REWRAP_BATCH = 2_000;

export interface RotationProgress {
  readonly done: bigint;
  readonly rest: bigint;
}

/**
 * Wraps every data key by another master key, while the platform works. From the first step on new keys are wrapped by it; every further step is a
 * transaction of its own, so that a rotation that was interrupted goes on where it stopped. What the data keys have sealed stays as it is.
 */
export class KeyRotation {
  private readonly keys = new DataKeyRepository();

  constructor(
    private readonly database: Database,
    private readonly masters: MasterKeys,
  ) {}

  /** Both masters must stand in the file. Answers how many keys were wrapped anew. Throws with a sentence for the operator. */
  async run(toMasterId: string, tell: (progress: RotationProgress) => void = () => undefined): Promise<bigint> {
    await this.masters.require([toMasterId, ...(await this.keys.masters(this.database.reader))]);
    const known = await this.database.transaction((tx) => this.keys.insertMaster(tx, toMasterId));
    if (!known) throw new Error('This master key was in use before and has been retired: make a new one.');
    let rest = await this.keys.countNotBy(this.database.reader, toMasterId);
    let done = 0n;
    let after: string | null = null;
    for (;;) {
      const last: Batch | null = await this.database.transaction((tx) => this.batch(tx, toMasterId, after));
      if (last === null) break;
      after = last.subjectId;
      done += last.count;
      rest = rest > last.count ? rest - last.count : 0n;
      tell({ done, rest });
    }
    return done + (await this.database.transaction((tx) => this.end(tx, toMasterId)));
  }

  private async batch(tx: Tx, toMasterId: string, after: string | null): Promise<Batch | null> {
    const wrapped = await this.keys.keysNotBy(tx, toMasterId, after, REWRAP_BATCH);
    const last = wrapped.at(-1);
    if (!last) return null;
    await this.keys.rewrap(
      tx,
      wrapped.map((key) => this.masters.wrap(key.subjectId, this.masters.unwrap(key), toMasterId)),
    );
    return { subjectId: last.subjectId, count: BigInt(wrapped.length) };
  }

  /** Keys that were being made when the new master came are wrapped by the old one: with nobody wrapping, the last of them are found. */
  private async end(tx: Tx, toMasterId: string): Promise<bigint> {
    await this.keys.holdMasters(tx);
    let done = 0n;
    for (;;) {
      const last = await this.batch(tx, toMasterId, null);
      if (last === null) break;
      done += last.count;
    }
    await this.keys.retireMastersBut(tx, toMasterId);
    return done;
  }
}

interface Batch {
  readonly subjectId: string;
  readonly count: bigint;
}
