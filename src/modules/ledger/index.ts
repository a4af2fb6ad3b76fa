export {
  PayeeShareInput,
  PaymentKindEnum,
  PaymentMethodEnum,
  PaymentStatusEnum,
  PaymentTermsInput,
  StepPaymentInput,
} from './ledger.input.js';
export { LedgerModule } from './ledger.module.js';
export type { AttributionDelta, AttributionPosting } from './ledger.service.js';
export { LedgerService } from './ledger.service.js';
export type { CauseKind, NewPayment, PaymentChange, PaymentsChanged, RecordedPayment } from './payment-facts.js';
export { PAYMENT_KINDS, PAYMENT_METHODS, PAYMENT_STATUSES, PAYMENTS_CHANGED } from './payment-facts.js';
export type { DeliveryPayments, StepPayments } from './payment.service.js';
export { PaymentService, STEP_PAYMENTS_MAX } from './payment.service.js';
