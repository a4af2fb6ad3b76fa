import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { DeviceView, KnownDevice, StoredDeployment, StoredDevice } from './facts.js';

export interface NewDevice extends StoredDevice {
  readonly secretHash: Uint8Array;
  readonly claimCodeHash: Uint8Array;
}

interface DeviceRow {
  id: string;
  device_id: string;
  organisation_id: string;
  model: string;
  gateway_id: string | null;
  registered_at: Date;
  aliases: string[];
}

const DEVICE_COLUMNS = `d.id, d.device_id, d.organisation_id, d.model, d.gateway_id, d.registered_at,
  ARRAY(SELECT a.alias FROM device_aliases a WHERE a.device_id = d.id ORDER BY a.alias) AS aliases`;
const KNOWN_COLUMNS = `d.id, d.device_id, d.gateway_id, d.secret_hash,
  (SELECT min(p.valid_from) FROM deployments p WHERE p.device_id = d.id) AS deployed_from`;

/** Tables devices, device_aliases and deployments. */
@Injectable()
export class DeviceRepository {
  /** Answers false where the name is taken. */
  async insert(tx: Tx, device: NewDevice): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO devices (id, device_id, organisation_id, model, gateway_id, secret_hash, claim_code_hash, registered_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id`,
      [
        device.id,
        device.deviceId,
        device.organisationId,
        device.model,
        device.gatewayId,
        device.secretHash,
        device.claimCodeHash,
        device.registeredAt,
      ],
    );
    return rows.length > 0;
  }

  /** Answers those that were free. */
  async insertAliases(tx: Tx, deviceId: string, aliases: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ alias: string }>(
      'INSERT INTO device_aliases (alias, device_id) SELECT alias, $2 FROM unnest($1::text[]) AS alias ON CONFLICT DO NOTHING RETURNING alias',
      [aliases, deviceId],
    );
    return new Set(rows.map((row) => row.alias));
  }

  async devices(tx: Tx, ids: readonly string[]): Promise<StoredDevice[]> {
    const rows = await tx.query<DeviceRow>(`SELECT ${DEVICE_COLUMNS} FROM devices d WHERE d.id = ANY($1::uuid[])`, [ids]);
    return rows.map(deviceOf);
  }

  /** In the order of their names, behind `after`. */
  async page(
    tx: Tx,
    filter: { readonly organisationIds: readonly string[] | null; readonly after: string | null },
    limit: number,
  ): Promise<Omit<DeviceView, 'deployments'>[]> {
    const rows = await tx.query<DeviceRow & { state: Record<string, string> | null; last_reading_at: Date | null }>(
      `SELECT ${DEVICE_COLUMNS}, s.state,
         (SELECT m.measured_at FROM reading_messages m WHERE m.device_id = d.id ORDER BY m.measured_at DESC, m.id DESC LIMIT 1) AS last_reading_at
       FROM devices d LEFT JOIN device_states s ON s.device_id = d.id
       WHERE ($1::uuid[] IS NULL OR d.organisation_id = ANY($1)) AND ($2::text IS NULL OR d.device_id > $2)
       ORDER BY d.device_id LIMIT $3`,
      [filter.organisationIds, filter.after, limit],
    );
    return rows.map((row) => ({ ...deviceOf(row), state: row.state, lastReadingAt: row.last_reading_at }));
  }

  /** Of these organisations (null: of all), ever deployed on the plot (null: wherever), `limit` at most. */
  async idsOf(
    tx: Tx,
    filter: { readonly organisationIds: readonly string[] | null; readonly plotId: string | null },
    limit: number,
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT d.id FROM devices d
       WHERE ($1::uuid[] IS NULL OR d.organisation_id = ANY($1))
         AND ($2::uuid IS NULL OR EXISTS (SELECT FROM deployments p WHERE p.device_id = d.id AND p.plot_id = $2))
       LIMIT $3`,
      [filter.organisationIds, filter.plotId, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Everybody who has a device. */
  async organisationIds(tx: Tx): Promise<string[]> {
    const rows = await tx.query<{ organisation_id: string }>('SELECT DISTINCT organisation_id FROM devices');
    return rows.map((row) => row.organisation_id);
  }

  /** What the MQTT door knows of devices, by their names and by their aliases. */
  async known(
    tx: Tx,
    keys: { readonly deviceIds: readonly string[]; readonly aliases: readonly string[] },
  ): Promise<{ key: string; byAlias: boolean; device: KnownDevice }[]> {
    const rows = await tx.query<{
      key: string;
      by_alias: boolean;
      id: string;
      device_id: string;
      gateway_id: string | null;
      secret_hash: Buffer;
      deployed_from: Date | null;
    }>(
      `SELECT d.device_id AS key, false AS by_alias, ${KNOWN_COLUMNS} FROM devices d WHERE d.device_id = ANY($1::text[])
       UNION ALL
       SELECT a.alias, true, ${KNOWN_COLUMNS} FROM device_aliases a JOIN devices d ON d.id = a.device_id WHERE a.alias = ANY($2::text[])`,
      [keys.deviceIds, keys.aliases],
    );
    return rows.map((row) => ({
      key: row.key,
      byAlias: row.by_alias,
      device: {
        id: row.id,
        deviceId: row.device_id,
        gatewayId: row.gateway_id,
        secretHash: row.secret_hash,
        deployedFromMs: row.deployed_from?.getTime() ?? null,
      },
    }));
  }

  async insertDeployment(tx: Tx, deployment: StoredDeployment): Promise<void> {
    await tx.query(
      `INSERT INTO deployments
         (id, device_id, channels, plot_id, facility_id, vehicle, coverage, valid_from, valid_to, depth_cm, recorded_at)
       VALUES ($1, $2, $3::text[], $4, $5, $6, $7::jsonb, $8, $9, $10, $11)`,
      [
        deployment.id,
        deployment.deviceId,
        deployment.channels,
        deployment.plotId,
        deployment.facilityId,
        deployment.vehicle,
        deployment.coverage === null ? null : JSON.stringify(deployment.coverage),
        deployment.from,
        deployment.to,
        deployment.depthCm,
        deployment.recordedAt,
      ],
    );
  }

  /** Of these devices, the latest first. */
  async deployments(tx: Tx, deviceIds: readonly string[]): Promise<StoredDeployment[]> {
    return tx.query<StoredDeployment>(
      `SELECT id, device_id AS "deviceId", channels, plot_id AS "plotId", facility_id AS "facilityId", vehicle, coverage,
         valid_from AS "from", valid_to AS "to", depth_cm AS "depthCm", recorded_at AS "recordedAt"
       FROM deployments WHERE device_id = ANY($1::uuid[]) ORDER BY valid_from DESC, recorded_at DESC`,
      [deviceIds],
    );
  }
}

function deviceOf(row: DeviceRow): StoredDevice {
  return {
    id: row.id,
    deviceId: row.device_id,
    organisationId: row.organisation_id,
    model: row.model,
    gatewayId: row.gateway_id,
    aliases: row.aliases,
    registeredAt: row.registered_at,
  };
}
