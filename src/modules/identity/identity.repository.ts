import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import { ApiKey, Organisation } from './organisation.entity.js';

@Injectable()
export class IdentityRepository {
  async insertOrganisation(tx: Tx, organisation: Organisation): Promise<void> {
    await tx.manager.insert(Organisation, organisation);
  }

  async organisations(tx: Tx, ids: readonly string[]): Promise<Organisation[]> {
    if (ids.length === 0) return [];
    return tx.query<Organisation>(
      `SELECT id, name, kind, area_code AS "areaCode", time_zone AS "timeZone", currency, gln, registered_at AS "registeredAt"
       FROM organisations WHERE id = ANY($1::uuid[])`,
      [ids],
    );
  }

  async insertApiKey(tx: Tx, key: ApiKey): Promise<void> {
    await tx.manager.insert(ApiKey, key);
  }

  async apiKeyByHash(tx: Tx, keyHash: Buffer): Promise<ApiKey | null> {
    return tx.first<ApiKey>(
      `SELECT id, organisation_id AS "organisationId", role, area_code AS "areaCode", key_hash AS "keyHash", expires_at AS "expiresAt",
         created_at AS "createdAt"
       FROM api_keys WHERE key_hash = $1`,
      [keyHash],
    );
  }

  async apiKey(tx: Tx, id: string): Promise<ApiKey | null> {
    return tx.manager.findOne(ApiKey, { where: { id } });
  }
}
