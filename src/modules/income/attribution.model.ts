import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { CustodyModel } from '../../core/batch/custody-model.js';
import type { PartyKind } from '../../core/ledger/party.js';
import type { PaymentKind, PaymentStatus } from '../../core/ledger/payment.js';
import { DecimalScalar } from '../../platform/graphql/scalars.js';
import { MoneyModel } from '../../platform/graphql/values.model.js';
import { OrganisationModel } from '../identity/index.js';
import { PaymentKindEnum, PaymentStatusEnum } from '../ledger/index.js';
import { PartyKindEnum } from '../registry/index.js';
import { CustodyModelEnum } from '../traceability/index.js';

@ObjectType('ShareInterval', { description: 'Equal ends where nothing is unknown or unpriced.' })
export class ShareIntervalModel {
  @Field(() => DecimalScalar) low!: string;
  @Field(() => DecimalScalar) high!: string;
}

@ObjectType('PartyNet', {
  description: 'Households together, never one by one; organisations that the caller may not see together too. Positions add up to net.',
})
export class PartyNetModel {
  @Field(() => PartyKindEnum) kind!: PartyKind;
  @Field(() => OrganisationModel, { nullable: true }) organisation!: OrganisationModel | null;
  @Field(() => MoneyModel) received!: MoneyModel;
  @Field(() => MoneyModel) paid!: MoneyModel;
  @Field(() => MoneyModel, { description: 'Of what is received: not paid yet.' }) owed!: MoneyModel;
  @Field(() => MoneyModel) position!: MoneyModel;
  @Field(() => Boolean, { description: 'Below zero upstream: was a trade not recorded?' }) missingTrade!: boolean;
}

@ObjectType('AttributionLine', { description: 'What the line carries of a payment; amounts may be finer than the minor unit.' })
export class AttributionLineModel {
  @Field(() => String, { nullable: true }) eventId!: string | null;
  @Field(() => PartyKindEnum) payeeKind!: PartyKind;
  @Field(() => PaymentKindEnum) kind!: PaymentKind;
  @Field(() => DecimalScalar) amount!: string;
  @Field(() => String) currency!: string;
  @Field(() => DecimalScalar) coefficient!: string;
  @Field(() => PaymentStatusEnum) status!: PaymentStatus;
}

@ObjectType('Attribution')
export class AttributionModel {
  /** Not shown: what `lines` are found by. */
  lineId!: string;
  saleId!: string;

  @Field(() => ID) figureId!: string;
  @Field(() => MoneyModel) net!: MoneyModel;
  @Field(() => MoneyModel, { description: 'Paid or confirmed; what is payable stands apart.' }) toHouseholds!: MoneyModel;
  @Field(() => MoneyModel) toPoorHouseholds!: MoneyModel;
  @Field(() => MoneyModel) payableToHouseholds!: MoneyModel;
  @Field(() => MoneyModel) sellerMargin!: MoneyModel;
  @Field(() => ShareIntervalModel, { nullable: true, description: 'Null where net is not above zero.' })
  shareToPoor!: ShareIntervalModel | null;
  @Field(() => ShareIntervalModel, { nullable: true }) shareToHouseholds!: ShareIntervalModel | null;
  @Field(() => DecimalScalar) coverage!: string;
  @Field(() => Boolean, { description: 'A season upstream is still open.' }) provisional!: boolean;
  @Field(() => Boolean) feesPending!: boolean;
  @Field(() => String) claim!: string;
  @Field(() => CustodyModelEnum) custodyModel!: CustodyModel;
  @Field(() => ID) registrySnapshotId!: string;
  @Field(() => [PartyNetModel]) parties!: PartyNetModel[];
  @Field(() => Int) version!: number;
  @Field(() => String) method!: string;
}
