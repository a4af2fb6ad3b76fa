export { AttributionReadingService } from './attribution-reading.service.js';
export type { AttributionLineView, AttributionView, PartyNetView } from './attribution-view.js';
export { AttributionModel } from './attribution.model.js';
export { AttributionService } from './attribution.service.js';
export { IncomeModule } from './income.module.js';
export { METHOD } from './line-attribution.js';
export { ReconcileService } from './reconcile.service.js';
