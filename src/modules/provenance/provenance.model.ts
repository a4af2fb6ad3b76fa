import { Field, Int, ObjectType } from '@nestjs/graphql';
import { DateScalar, DecimalScalar } from '../../platform/graphql/scalars.js';
import { QuantityModel } from '../../platform/graphql/values.model.js';
import type { BatchStatus } from '../traceability/index.js';
import { BatchStatusEnum } from '../traceability/index.js';

@ObjectType('ProductView')
export class ProductViewModel {
  @Field(() => String) name!: string;
  @Field(() => String) gtin!: string;
  @Field(() => QuantityModel, { nullable: true }) netContent!: QuantityModel | null;
}

@ObjectType('HarvestView', { description: 'What the growers of one village delivered to one cooperative, as far as it is in this batch.' })
export class HarvestViewModel {
  @Field(() => String) cooperative!: string;
  @Field(() => String, { nullable: true }) areaCode!: string | null;
  @Field(() => String, { description: 'A month: "2026-05".' }) from!: string;
  @Field(() => String, { description: 'A month: "2026-05".' }) to!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Part of the batch; null where it would tell something about one household.' })
  share!: string | null;
  @Field(() => Int, { nullable: true, description: 'Null where there are fewer than 10.' }) households!: number | null;
}

@ObjectType('JourneyStep')
export class JourneyStepModel {
  @Field(() => String) eventId!: string;
  @Field(() => String, { nullable: true }) bizStep!: string | null;
  @Field(() => DateScalar) at!: string;
  @Field(() => String) organisation!: string;
  @Field(() => String, { nullable: true }) facility!: string | null;
}

@ObjectType('ConditionSummary')
export class ConditionSummaryModel {
  @Field(() => String) property!: string;
  @Field(() => String) unit!: string;
  @Field(() => DateScalar) from!: string;
  @Field(() => DateScalar) to!: string;
  @Field(() => DecimalScalar) min!: string;
  @Field(() => DecimalScalar) max!: string;
  @Field(() => DecimalScalar) mean!: string;
}

@ObjectType('FarmOperationView')
export class FarmOperationViewModel {
  @Field(() => String) kind!: string;
  @Field(() => DateScalar) at!: string;
  @Field(() => String, { nullable: true }) product!: string | null;
}

@ObjectType('CertificateView')
export class CertificateViewModel {
  @Field(() => String) scheme!: string;
  @Field(() => String) number!: string;
  @Field(() => String) issuer!: string;
  @Field(() => DateScalar) validFrom!: string;
  @Field(() => DateScalar, { nullable: true }) validTo!: string | null;
}

@ObjectType('PublicIncome')
export class PublicIncomeModel {
  @Field(() => Boolean) published!: boolean;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field(() => String, { nullable: true }) band?: string | null;
  @Field(() => String, { nullable: true }) households?: string | null;
  @Field(() => String, { nullable: true }) claim?: string | null;
  @Field(() => String, { nullable: true }) measurementPoint?: string | null;
  @Field(() => Int, { nullable: true }) version?: number | null;
  @Field(() => DateScalar, { nullable: true }) validUntil?: string | null;
}

@ObjectType('Provenance')
export class ProvenanceModel {
  @Field(() => String) digitalLink!: string;
  @Field(() => String) shortCode!: string;
  @Field(() => String) lot!: string;
  @Field(() => ProductViewModel) product!: ProductViewModel;
  @Field(() => BatchStatusEnum) status!: BatchStatus;
  @Field(() => [HarvestViewModel]) harvests!: readonly HarvestViewModel[];
  @Field(() => [JourneyStepModel]) journey!: readonly JourneyStepModel[];
  @Field(() => [ConditionSummaryModel]) conditions!: readonly ConditionSummaryModel[];
  @Field(() => [FarmOperationViewModel]) operations!: readonly FarmOperationViewModel[];
  @Field(() => [CertificateViewModel]) certificates!: readonly CertificateViewModel[];
  @Field(() => PublicIncomeModel) income!: PublicIncomeModel;
  @Field(() => Boolean) recalled!: boolean;
  @Field(() => DecimalScalar, { description: '1 − mass of unknown origin ÷ source mass, rounded down.' }) coverage!: string;
}
