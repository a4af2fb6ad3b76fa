import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Tx } from '../../platform/database/tx.js';
import { ApiKey, Organisation } from './organisation.entity.js';

@Injectable()
export class IdentityRepository {
  async insertOrganisation(tx: Tx, organisation: Organisation): Promise<void> {
    await tx.manager.insert(Organisation, organisation);
  }

  async organisations(tx: Tx, ids: readonly string[]): Promise<Organisation[]> {
    return ids.length === 0 ? [] : tx.manager.find(Organisation, { where: { id: In([...ids]) } });
  }

  async insertApiKey(tx: Tx, key: ApiKey): Promise<void> {
    await tx.manager.insert(ApiKey, key);
  }

  async apiKeyByHash(tx: Tx, keyHash: Buffer): Promise<ApiKey | null> {
    return tx.manager.findOne(ApiKey, { where: { keyHash } });
  }

  async apiKey(tx: Tx, id: string): Promise<ApiKey | null> {
    return tx.manager.findOne(ApiKey, { where: { id } });
  }
}
