export type { SaleAllocated, SaleChannel, SaleFacts, SaleLineFacts, SaleStatus, SoldQuantity, WaitingSale } from './facts.js';
export { SALE_ALLOCATED } from './facts.js';
export { RecordFulfilmentInput, RecordSaleInput } from './sale.input.js';
export { SaleLineModel, SaleModel } from './sale.model.js';
export type { RecordedSale } from './sale.service.js';
export { SaleService } from './sale.service.js';
export { SalesModule } from './sales.module.js';
