import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { at } from '../../core/kernel/errors.js';
import { parseUuid } from '../../core/kernel/ids.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import { connectionOf, pageRequest } from '../../platform/graphql/page.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { AsOfInput } from './as-of.input.js';
import { AgreementService } from './agreement.service.js';
import { HouseholdService } from './household.service.js';
import { HouseholdStatusService } from './household-status.service.js';
import { MembershipService } from './membership.service.js';
import {
  RecordHouseholdStatusInput,
  RecordMembershipInput,
  RegisterAgreementInput,
  RegisterFacilityInput,
  RegisterHouseholdInput,
  RegisterPlotInput,
  RegisterProductInput,
} from './registry.input.js';
import {
  FacilityConnectionModel,
  facilityModel,
  HouseholdConnectionModel,
  PlotConnectionModel,
  plotModel,
  ProductConnectionModel,
  productModel,
  RecordHouseholdStatusPayload,
  RecordMembershipPayload,
  RegisterAgreementPayload,
  RegisterFacilityPayload,
  RegisterHouseholdPayload,
  RegisterPlotPayload,
  RegisterProductPayload,
} from './registry.model.js';
import { RegistryService } from './registry.service.js';

const FIRST = { type: () => Int, nullable: true };
const AFTER = { type: () => String, nullable: true };
const AS_OF = { type: () => AsOfInput, nullable: true };

/** Pages here start after an id. */
function idPage(first: number | null, after: string | null): PageRequest {
  const page = pageRequest(first, after);
  return { ...page, after: page.after === null ? null : at(['after'], () => parseUuid(page.after ?? '')) };
}

@Resolver()
export class RegistryResolver {
  constructor(
    private readonly registry: RegistryService,
    private readonly households: HouseholdService,
    private readonly memberships: MembershipService,
    private readonly statuses: HouseholdStatusService,
    private readonly agreements: AgreementService,
  ) {}

  @Mutation(() => RegisterFacilityPayload)
  async registerFacility(@By() by: Principal, @Args('input') input: RegisterFacilityInput): Promise<RegisterFacilityPayload> {
    const { facility, replayed } = await this.registry.registerFacility(by, input);
    return { id: input.id, replayed, facility: facilityModel(facility) };
  }

  @Mutation(() => RegisterProductPayload)
  async registerProduct(@By() by: Principal, @Args('input') input: RegisterProductInput): Promise<RegisterProductPayload> {
    const { product, replayed } = await this.registry.registerProduct(by, input);
    return { id: input.id, replayed, product: productModel(product) };
  }

  @Mutation(() => RegisterHouseholdPayload)
  async registerHousehold(@By() by: Principal, @Args('input') input: RegisterHouseholdInput): Promise<RegisterHouseholdPayload> {
    const { replayed } = await this.households.register(by, input);
    return { id: input.id, replayed, household: { id: input.id, areaCode: input.areaCode } };
  }

  @Mutation(() => RecordMembershipPayload)
  async recordMembership(@By() by: Principal, @Args('input') input: RecordMembershipInput): Promise<RecordMembershipPayload> {
    return { id: input.id, validFrom: input.validFrom, ...(await this.memberships.record(by, input)) };
  }

  @Mutation(() => RecordHouseholdStatusPayload)
  async recordHouseholdStatus(
    @By() by: Principal,
    @Args('input') input: RecordHouseholdStatusInput,
  ): Promise<RecordHouseholdStatusPayload> {
    return { id: input.id, householdId: input.householdId, ...(await this.statuses.record(by, input)) };
  }

  @Mutation(() => RegisterPlotPayload)
  async registerPlot(@By() by: Principal, @Args('input') input: RegisterPlotInput): Promise<RegisterPlotPayload> {
    const { plot, replayed } = await this.registry.registerPlot(by, input);
    return { id: input.id, replayed, plot: plotModel(plot) };
  }

  @Mutation(() => RegisterAgreementPayload)
  async registerAgreement(@By() by: Principal, @Args('input') input: RegisterAgreementInput): Promise<RegisterAgreementPayload> {
    return { id: input.id, promisorId: input.promisorId, ...(await this.agreements.register(by, input)) };
  }

  @Query(() => FacilityConnectionModel)
  async facilities(
    @By() by: Principal,
    @Args('first', FIRST) first: number | null,
    @Args('after', AFTER) after: string | null,
    @Args('asOf', AS_OF) asOf: AsOfInput | null,
  ): Promise<FacilityConnectionModel> {
    const page = idPage(first, after);
    return connectionOf((await this.registry.facilityPage(by, asOf, page)).map(facilityModel), page, ({ id }) => id);
  }

  @Query(() => ProductConnectionModel)
  async products(
    @By() by: Principal,
    @Args('first', FIRST) first: number | null,
    @Args('after', AFTER) after: string | null,
    @Args('asOf', AS_OF) asOf: AsOfInput | null,
  ): Promise<ProductConnectionModel> {
    const page = idPage(first, after);
    return connectionOf((await this.registry.productPage(by, asOf, page)).map(productModel), page, ({ id }) => id);
  }

  @Query(() => HouseholdConnectionModel, { name: 'households' })
  async householdPage(
    @By() by: Principal,
    @Args('first', FIRST) first: number | null,
    @Args('after', AFTER) after: string | null,
    @Args('asOf', AS_OF) asOf: AsOfInput | null,
  ): Promise<HouseholdConnectionModel> {
    const page = idPage(first, after);
    const rows = (await this.registry.householdPage(by, asOf, page)).map(({ id, areaCode }) => ({ id, areaCode }));
    return connectionOf(rows, page, ({ id }) => id);
  }

  @Query(() => PlotConnectionModel)
  async plots(
    @By() by: Principal,
    @Args('first', FIRST) first: number | null,
    @Args('after', AFTER) after: string | null,
    @Args('asOf', AS_OF) asOf: AsOfInput | null,
  ): Promise<PlotConnectionModel> {
    const page = idPage(first, after);
    return connectionOf((await this.registry.plotPage(by, asOf, page)).map(plotModel), page, ({ id }) => id);
  }
}
