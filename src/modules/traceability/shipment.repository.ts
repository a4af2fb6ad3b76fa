import { Injectable } from '@nestjs/common';
import type { UnitPrice } from '../../core/kernel/money.js';
import type { Dimension } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';

export interface Shipment {
  readonly id: string;
  readonly eventId: string;
  readonly fromOrganisationId: string;
  readonly toOrganisationId: string;
  readonly fromFacilityId: string | null;
  readonly toFacilityId: string;
  readonly shippedAt: Date;
  readonly particulars: Readonly<Record<string, unknown>>;
  readonly receivedByCapture: string | null;
}

/** One holding that a line of the shipment took from. */
export interface ShipmentLine {
  readonly line: number;
  readonly batchId: string;
  readonly holdingId: string;
  readonly quantity: bigint;
  readonly dimension: Dimension;
  /** As it was said. */
  readonly unit: string;
  readonly price: UnitPrice | null;
}

/** Tables shipments and shipment_lines. */
@Injectable()
export class ShipmentRepository {
  async insert(tx: Tx, shipment: Shipment, lines: readonly ShipmentLine[]): Promise<void> {
    await tx.query(
      `INSERT INTO shipments (id, event_id, from_organisation_id, to_organisation_id, from_facility_id, to_facility_id, shipped_at, particulars)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        shipment.id,
        shipment.eventId,
        shipment.fromOrganisationId,
        shipment.toOrganisationId,
        shipment.fromFacilityId,
        shipment.toFacilityId,
        shipment.shippedAt,
        JSON.stringify(shipment.particulars),
      ],
    );
    await tx.query(
      `INSERT INTO shipment_lines (shipment_id, line, batch_id, holding_id, quantity, dimension, unit, price_amount_minor, price_currency, price_per)
       SELECT $1, * FROM unnest($2::int[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::text[])`,
      [
        shipment.id,
        lines.map((line) => line.line),
        lines.map((line) => line.batchId),
        lines.map((line) => line.holdingId),
        lines.map((line) => line.quantity),
        lines.map((line) => line.dimension),
        lines.map((line) => line.unit),
        lines.map((line) => line.price?.amountMinor ?? null),
        lines.map((line) => line.price?.currency ?? null),
        lines.map((line) => line.price?.per ?? null),
      ],
    );
  }

  /** Locked: a shipment is received once. */
  async lock(tx: Tx, id: string): Promise<{ shipment: Shipment; lines: ShipmentLine[] } | null> {
    const row = await tx.first<{
      id: string;
      event_id: string;
      from_organisation_id: string;
      to_organisation_id: string;
      from_facility_id: string | null;
      to_facility_id: string;
      shipped_at: Date;
      particulars: Record<string, unknown>;
      received_by_capture: string | null;
    }>('SELECT * FROM shipments WHERE id = $1 FOR UPDATE', [id]);
    if (!row) return null;
    const lines = await tx.query<{
      line: number;
      batch_id: string;
      holding_id: string;
      quantity: string;
      dimension: Dimension;
      unit: string;
      price_amount_minor: string | null;
      price_currency: string | null;
      price_per: string | null;
    }>('SELECT * FROM shipment_lines WHERE shipment_id = $1 ORDER BY line, holding_id', [id]);
    return {
      shipment: {
        id: row.id,
        eventId: row.event_id,
        fromOrganisationId: row.from_organisation_id,
        toOrganisationId: row.to_organisation_id,
        fromFacilityId: row.from_facility_id,
        toFacilityId: row.to_facility_id,
        shippedAt: row.shipped_at,
        particulars: row.particulars,
        receivedByCapture: row.received_by_capture,
      },
      lines: lines.map((line) => ({
        line: line.line,
        batchId: line.batch_id,
        holdingId: line.holding_id,
        quantity: BigInt(line.quantity),
        dimension: line.dimension,
        unit: line.unit,
        price:
          line.price_amount_minor === null || line.price_currency === null || line.price_per === null
            ? null
            : { amountMinor: BigInt(line.price_amount_minor), currency: line.price_currency, per: line.price_per },
      })),
    };
  }

  async markReceived(tx: Tx, id: string, captureId: string): Promise<void> {
    await tx.query('UPDATE shipments SET received_by_capture = $2 WHERE id = $1', [id, captureId]);
  }
}
