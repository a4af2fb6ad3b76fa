export { AncestryService } from './ancestry.service.js';
export { BatchRefInput } from './batch.input.js';
export { BatchModel, BatchStatusEnum } from './batch.model.js';
export type { BatchStatus } from './batch.model.js';
export { batchStatus } from './batch-status.js';
export type { BatchAmounts } from './batch-reading.service.js';
export { BatchReadingService } from './batch-reading.service.js';
export type { StoredBatch } from './batch.repository.js';
export { BatchService } from './batch.service.js';
export type { Capture, Captured } from './capture.service.js';
export { CaptureService } from './capture.service.js';
export { RecordDeliveryInput } from './delivery.input.js';
export { CaptureAnswer, SupplyEventModel } from './event.model.js';
export type { StoredEvent } from './event.repository.js';
export { EventService } from './event.service.js';
export type {
  Ancestor,
  BatchFacts,
  CompositionChanged,
  DeliveryFacts,
  HoldingFacts,
  Recomposed,
  SaleTake,
  SellCommand,
  SoldFrom,
  StandingBatch,
  StepFacts,
} from './facts.js';
export { COMPOSITION_CHANGED } from './facts.js';
export { GraphService } from './graph.service.js';
export { OpenSeasonInput, RecordPlantingInput } from './season.input.js';
export { SellingService } from './selling.service.js';
export { RecordAggregationInput, RecordReceiptInput, RecordShipmentInput } from './shipment.input.js';
export { TraceabilityModule } from './traceability.module.js';
export { CustodyModelEnum, RecordTransformationInput } from './transformation.input.js';
export { batchModel, eventModel } from './views.js';
