import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import type { Tx } from '../database/tx.js';
import { DataKeyRepository } from './data-key.repository.js';
import { newKey } from './envelope.js';
import { MasterKeys } from './master-keys.js';

/**
 * One random key a subject (a household, an outsider, an organisation's plot), kept wrapped by the master key. Destroying it is erasing all that it has sealed,
 * wherever that lies.
 */
@Injectable()
export class DataKeys {
  constructor(
    private readonly masters: MasterKeys,
    private readonly keys: DataKeyRepository,
  ) {}

  /** New keys for subjects that have none. */
  async make(tx: Tx, subjectIds: readonly string[]): Promise<Map<string, Buffer>> {
    if (subjectIds.length === 0) return new Map();
    const masterId = await this.keys.heldMaster(tx);
    assert(masterId !== undefined, 'There is a master key since the start.');
    await this.masters.require([masterId]);
    const made = new Map(subjectIds.map((subjectId) => [subjectId, newKey()]));
    await this.keys.insert(
      tx,
      [...made].map(([subjectId, key]) => this.masters.wrap(subjectId, key, masterId)),
    );
    return made;
  }

  /** The keys of those that have one, for reading. */
  async of(tx: Tx, subjectIds: readonly string[]): Promise<Map<string, Buffer>> {
    return this.unwrapped(tx, subjectIds, false);
  }

  /** The same for sealing: the keys are not destroyed before the transaction ends. */
  async held(tx: Tx, subjectIds: readonly string[]): Promise<Map<string, Buffer>> {
    return this.unwrapped(tx, subjectIds, true);
  }

  /** Answers the subjects that had a key. Twice is harmless. */
  async destroy(tx: Tx, subjectIds: readonly string[]): Promise<string[]> {
    return subjectIds.length === 0 ? [] : this.keys.delete(tx, subjectIds);
  }

  private async unwrapped(tx: Tx, subjectIds: readonly string[], hold: boolean): Promise<Map<string, Buffer>> {
    const wrapped = await this.keys.keys(tx, [...new Set(subjectIds)], hold);
    await this.masters.require(wrapped.map((key) => key.masterId));
    return new Map(wrapped.map((key) => [key.subjectId, this.masters.unwrap(key)]));
  }
}
