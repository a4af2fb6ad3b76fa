import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import type { Tx } from '../../platform/database/tx.js';
import { MasterDataRepository } from './master-data.repository.js';

export interface HouseholdFacts {
  readonly id: string;
  readonly areaCode: string;
  /** The organisation that registered it. */
  readonly registeredBy: string;
}

/** Households as everybody else knows them: a pseudonym and a village. */
@Injectable()
export class HouseholdLookupService {
  constructor(private readonly masterData: MasterDataRepository) {}

  async find(tx: Tx, ids: readonly string[]): Promise<HouseholdFacts[]> {
    return (await this.masterData.households(tx, [...new Set(ids)])).map(({ id, areaCode, registeredBy }) => ({
      id,
      areaCode,
      registeredBy,
    }));
  }

  /** Throws NOT_FOUND. */
  async require(tx: Tx, householdId: string): Promise<HouseholdFacts> {
    const [household] = await this.find(tx, [householdId]);
    if (!household) throw new DomainError('NOT_FOUND', { householdId }, ['householdId']);
    return household;
  }
}
