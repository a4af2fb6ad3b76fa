import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import { DateTimeScalar, DecimalScalar, FileRefScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { MoneyInput } from '../../platform/graphql/values.model.js';
import { PartyInput } from '../registry/index.js';
import type { PaymentKind, PaymentMethod, PaymentStatus } from '../../core/ledger/payment.js';
import { PAYMENT_KINDS, PAYMENT_METHODS, PAYMENT_STATUSES } from './payment-facts.js';

export const PaymentKindEnum = Object.fromEntries(PAYMENT_KINDS.map((kind) => [kind, kind]));
export const PaymentStatusEnum = Object.fromEntries(PAYMENT_STATUSES.map((status) => [status, status]));
export const PaymentMethodEnum = Object.fromEntries(PAYMENT_METHODS.map((method) => [method, method]));
registerEnumType(PaymentKindEnum, { name: 'PaymentKind' });
registerEnumType(PaymentStatusEnum, {
  name: 'PaymentStatus',
  description: 'A client states PAYABLE (default), HANDED_OVER or PAID; the rest comes by confirmation, dispute and reversal.',
});
registerEnumType(PaymentMethodEnum, { name: 'PaymentMethod' });

@InputType('StepPaymentInput', { description: 'What the acting organisation owes or has paid for this step.' })
export class StepPaymentInput {
  @Field(() => UuidScalar, { nullable: true }) id?: string | null;
  @Field(() => PaymentKindEnum) kind!: PaymentKind;
  @Field(() => PartyInput) payee!: PartyInput;
  @Field(() => MoneyInput) amount!: MoneyInput;
  @Field(() => PaymentStatusEnum, { nullable: true }) status?: PaymentStatus | null;
  @Field(() => PaymentMethodEnum, { nullable: true }) method?: PaymentMethod | null;
  @Field(() => DateTimeScalar, { nullable: true }) paidAt?: string | null;
  @Field(() => [FileRefScalar], { nullable: true }) evidence?: string[] | null;
}

@InputType('PayeeShareInput', { description: "A sharecropper's third." })
export class PayeeShareInput {
  @Field(() => UuidScalar, { nullable: true }) id?: string | null;
  @Field(() => PartyInput) payee!: PartyInput;
  @Field(() => DecimalScalar) part!: string;
}

@InputType('PaymentTermsInput', {
  description: 'How the money of a delivery stands: the amount agreed after rounding (default price × net), payable or already paid.',
})
export class PaymentTermsInput {
  @Field(() => UuidScalar, { nullable: true }) id?: string | null;
  @Field(() => MoneyInput, { nullable: true }) amount?: MoneyInput | null;
  @Field(() => PaymentStatusEnum, { nullable: true }) status?: PaymentStatus | null;
  @Field(() => PaymentMethodEnum, { nullable: true }) method?: PaymentMethod | null;
  @Field(() => DateTimeScalar, { nullable: true }) paidAt?: string | null;
  @Field(() => [PayeeShareInput], { nullable: true }) payees?: PayeeShareInput[] | null;
}
