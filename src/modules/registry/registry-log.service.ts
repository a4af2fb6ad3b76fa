import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';
import { localDay, parseInstant } from '../../core/kernel/instant.js';
import type { AsOf } from '../../core/registry/as-of.js';
import type { RegistryChange } from '../../core/registry/change.js';
import { seqOfSnapshot, snapshotId } from '../../core/registry/change.js';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { PubSub } from '../../platform/pubsub/pubsub.js';
import type { Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import type { AsOfInput } from './as-of.input.js';
import { RegistryLogRepository } from './registry-log.repository.js';

/** Changes of one call; an import sends many calls. */
export const CHANGES_MAX = 20_000;

/** The channel on which it is told that the log has grown. */
export const REGISTRY_NEWS = 'registry';

/** What a caller must say of a change; the rest is nothing in particular. */
export type ChangeToAppend = Pick<RegistryChange, 'kind' | 'subjectId' | 'organisationId'> & Partial<RegistryChange>;

/** The log of the registry: everything that it is told gets a number here, and every question is asked as of one. */
@Injectable()
export class RegistryLogService {
  constructor(
    private readonly database: Database,
    private readonly identity: IdentityService,
    private readonly log: RegistryLogRepository,
    private readonly pubSub: PubSub,
    private readonly clock: Clock,
  ) {}

  /**
   * Appends changes, and answers their numbers in the same order: the facts that they tell of carry them. Whoever appends holds all others up
   * until the commit, so it comes late in a transaction, after what takes long.
   */
  async append(tx: Tx, changes: readonly ChangeToAppend[]): Promise<bigint[]> {
    assert(changes.length <= CHANGES_MAX, 'A transaction of the registry has a limited number of changes.');
    if (changes.length === 0) return [];
    await this.log.lock(tx);
    const last = await this.log.last(tx);
    const recordedAt = new Date(Math.max(this.clock.nowMs(), last?.recordedAt.getTime() ?? 0));
    const first = (last?.seq ?? 0n) + 1n;
    const rows = changes.map((change, place) => ({ ...NOTHING_MORE, ...change, seq: first + BigInt(place), recordedAt }));
    await this.log.insert(tx, rows);
    tx.afterCommit(() => this.pubSub.publish(REGISTRY_NEWS, ''));
    return rows.map(({ seq }) => seq);
  }

  /** The same for one change. */
  async appendOne(tx: Tx, change: ChangeToAppend): Promise<bigint> {
    const [seq] = await this.append(tx, [change]);
    assert(seq !== undefined, 'Every change has a number.');
    return seq;
  }

  /** The number of the last change; 0 where there is none. */
  async lastSeq(tx: Tx = this.database.reader): Promise<bigint> {
    return (await this.log.last(tx))?.seq ?? 0n;
  }

  /** The name of what the registry knows now. It can be read back: facts are only ever added. */
  async snapshot(tx: Tx = this.database.reader): Promise<string> {
    return snapshotId(await this.lastSeq(tx));
  }

  /** Throws SNAPSHOT_UNKNOWN for what is no snapshot, and for one that is still to come. */
  async seqOf(id: string, tx: Tx = this.database.reader): Promise<bigint> {
    const seq = seqOfSnapshot(id);
    if (seq === null || seq > (await this.lastSeq(tx))) throw new DomainError('SNAPSHOT_UNKNOWN', { snapshot: id.slice(0, 64) });
    return seq;
  }

  /** Today of the asker's organisation, as known now. */
  async now(principal: Principal, tx: Tx = this.database.reader): Promise<AsOf> {
    return this.asOf(principal, null, tx);
  }

  /**
   * The two times of a question; what was left out is today, in the time zone of the asker's organisation, and now. Throws AS_OF_CONTRADICTS,
   * SNAPSHOT_UNKNOWN, TIME_IN_FUTURE.
   */
  async asOf(principal: Principal, input: AsOfInput | null | undefined, tx: Tx = this.database.reader): Promise<AsOf> {
    const on = input?.on ?? (await this.today(principal, tx));
    return { on, seq: await this.seqKnown(input, tx) };
  }

  private async seqKnown(input: AsOfInput | null | undefined, tx: Tx): Promise<bigint> {
    const { knownAt = null, snapshot = null } = input ?? {};
    if (knownAt !== null && snapshot !== null) throw new DomainError('AS_OF_CONTRADICTS', { knownAt, snapshot }, ['asOf']);
    if (snapshot !== null) {
      return this.seqOf(snapshot, tx).catch((error: unknown) => {
        throw error instanceof DomainError ? error.within('asOf', 'snapshot') : error;
      });
    }
    if (knownAt === null) return this.lastSeq(tx);
    const { epochMs } = parseInstant(knownAt);
    if (epochMs > this.clock.nowMs()) throw new DomainError('TIME_IN_FUTURE', { knownAt }, ['asOf', 'knownAt']);
    return (await this.log.lastRecordedBy(tx, new Date(epochMs))) ?? NOTHING_KNOWN;
  }

  private async today(principal: Principal, tx: Tx): Promise<string> {
    const { timeZone } = await this.identity.requireOrganisation(tx, principal.organisationId);
    return localDay(this.clock.nowMs(), timeZone);
  }
}

const NOTHING_MORE = { sourceId: null, concernsId: null, householdId: null, areaCode: null } as const;
/** Below every number of the log, those of what was taken over included. */
const NOTHING_KNOWN = -(2n ** 62n);
