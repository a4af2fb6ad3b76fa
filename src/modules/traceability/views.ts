import { formatInstant } from '../../core/kernel/instant.js';
import type { BatchModel } from './batch.model.js';
import type { StoredBatch } from './batch.repository.js';
import type { EpcisEventTypeName, SupplyEventModel } from './event.model.js';
import type { StoredEvent } from './event.repository.js';

/** What GraphQL shows of a stored event. */
export function eventModel(event: StoredEvent): SupplyEventModel {
  return {
    id: event.id,
    captureId: event.captureId,
    type: event.type.replace(/Event$/, '').toUpperCase() as EpcisEventTypeName,
    action: event.action,
    bizStep: event.bizStep,
    disposition: event.disposition,
    eventTime: formatInstant({ epochMs: event.eventTimeMs, offsetMinutes: event.eventOffsetMinutes }),
    recordedAt: event.recordedAt,
    organisationId: event.organisationId,
    facilityId: event.facilityId,
    // Error declarations are events of their own, which come with their mutation.
    errorDeclared: false,
    correctedBy: [],
    hash: event.id,
    epcis: event.epcis,
  };
}

export function batchModel(batch: StoredBatch): BatchModel {
  const { id, gtin, lot, digitalLink, shortCode, createdAt, productId, organisationId, drawnFromAt } = batch;
  return { id, gtin, lot, digitalLink, shortCode, createdAt, productId, organisationId, drawnFromAt };
}
