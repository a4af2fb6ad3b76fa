import { Injectable } from '@nestjs/common';
import { parseGln } from '../../core/gs1/gln.js';
import { parseGtin, restrictedGtin } from '../../core/gs1/gtin.js';
import { at, DomainError, orRejection } from '../../core/kernel/errors.js';
import { parseQuantity, unitOf } from '../../core/kernel/quantity.js';
import type { Party } from '../../core/ledger/party.js';
import { requireAreaCode } from '../../core/registry/area-code.js';
import { holdsOn } from '../../core/registry/as-of.js';
import { checkGeometry } from '../../core/registry/polygon.js';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import type { Principal } from '../identity/index.js';
import { checkName, IdentityService, oversees } from '../identity/index.js';
import type { AsOfInput } from './as-of.input.js';
import type { LabelQuestion, Labels } from './label.repository.js';
import { LabelRepository } from './label.repository.js';
import type { FacilityFacts, PlotFacts, ProductFacts } from './facts.js';
import type { Facility, Household, Plot, Product } from './master-data.entity.js';
import type { Owners } from './master-data.repository.js';
import { MasterDataRepository } from './master-data.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { PartyService } from './party.service.js';
import { RegistrationService, unique } from './registration.service.js';
import type { ChangeToAppend } from './registry-log.service.js';
import { RegistryLogService } from './registry-log.service.js';
import type {
  PackageTypeInput,
  ProductRefInput,
  RegisterFacilityInput,
  RegisterPlotInput,
  RegisterProductInput,
} from './registry.input.js';
import { said } from './said.js';

export const PACKAGE_TYPES_MAX = 50;
export const SKU_LENGTH_MAX = 64;
export const PACKAGE_TYPE_LENGTH_MAX = 64;

/** Facilities, products, plots: what stands still long enough to be named by events. */
@Injectable()
export class RegistryService {
  constructor(
    private readonly database: Database,
    private readonly registration: RegistrationService,
    private readonly identity: IdentityService,
    private readonly parties: PartyService,
    private readonly masterData: MasterDataRepository,
    private readonly memberships: MembershipRepository,
    private readonly log: RegistryLogService,
    private readonly labelRepository: LabelRepository,
    private readonly clock: Clock,
  ) {}

  async registerFacility(principal: Principal, input: RegisterFacilityInput): Promise<{ facility: FacilityFacts; replayed: boolean }> {
    this.identity.mayActFor(principal, input.organisationId);
    const { replayed } = await this.registration.once(principal, 'registerFacility', input, async (tx) => {
      const organisation = await this.identity.requireOrganisation(tx, input.organisationId);
      const gln = input.gln ? at(['gln'], () => parseGln(input.gln ?? '')) : null;
      const areaCode = typeof input.areaCode === 'string' ? requireAreaCode(input.areaCode) : null;
      const facility = { ...input, name: checkName(input.name), gln, areaCode, geometry: geometryOf(input.geometry) };
      const seq = await this.log.appendOne(tx, ownOf(principal, 'FACILITY', input.id, organisation));
      await unique(this.masterData.insertFacility(tx, { ...facility, seq, registeredAt: this.now() }));
    });
    const [facility] = await this.facilities([input.id]);
    if (!facility) throw new DomainError('NOT_FOUND', { facilityId: input.id });
    return { facility, replayed };
  }

  async registerProduct(principal: Principal, input: RegisterProductInput): Promise<{ product: ProductFacts; replayed: boolean }> {
    this.identity.mayActFor(principal, input.organisationId);
    const { replayed } = await this.registration.once(principal, 'registerProduct', input, async (tx) => {
      const organisation = await this.identity.requireOrganisation(tx, input.organisationId);
      const gtin = input.gtin ? at(['gtin'], () => parseGtin(input.gtin ?? '')) : await this.newRestrictedGtin(tx);
      const product = productOf(input, gtin);
      const seq = await this.log.appendOne(tx, ownOf(principal, 'PRODUCT', input.id, organisation));
      await unique(this.masterData.insertProduct(tx, { ...product, seq, registeredAt: this.now() }));
    });
    const [product] = await this.products([input.id]);
    if (!product) throw new DomainError('NOT_FOUND', { productId: input.id });
    return { product, replayed };
  }

  async registerPlot(principal: Principal, input: RegisterPlotInput): Promise<{ plot: PlotFacts; replayed: boolean }> {
    const { replayed } = await this.registration.once(principal, 'registerPlot', input, async (tx) => {
      const [owner] = await this.parties.resolve(tx, [input.owner]);
      if (!owner || (owner.party.kind !== 'HOUSEHOLD' && owner.party.kind !== 'ORGANISATION')) {
        throw new DomainError('BAD_INPUT', { expected: 'a household or an organisation' }, ['owner']);
      }
      const { id: ownerId, kind: ownerKind } = owner.party;
      await this.mayRegisterPlotOf(tx, principal, owner.party, input.areaCode);
      const area = input.declaredArea ? at(['declaredArea'], () => parseQuantity(input.declaredArea ?? { value: '', unit: '' })) : null;
      if (area && area.dimension !== 'AREA') throw new DomainError('UNIT_MISMATCH', { expected: 'an area' }, ['declaredArea']);
      const plot = {
        id: input.id,
        ownerKind,
        ownerId,
        areaCode: requireAreaCode(input.areaCode),
        geometry: geometryOf(input.geometry),
        declaredAreaValue: input.declaredArea?.value ?? null,
        declaredAreaUnit: input.declaredArea?.unit ?? null,
        registeredBy: principal.organisationId,
      };
      const seq = await this.log.appendOne(tx, {
        kind: 'PLOT',
        subjectId: plot.id,
        organisationId: principal.organisationId,
        concernsId: ownerKind === 'ORGANISATION' ? ownerId : null,
        householdId: ownerKind === 'HOUSEHOLD' ? ownerId : null,
        areaCode: plot.areaCode,
      });
      await unique(this.masterData.insertPlot(tx, { ...plot, seq, registeredAt: this.now() }));
    });
    const [plot] = await this.plots([input.id]);
    if (!plot) throw new DomainError('NOT_FOUND', { plotId: input.id });
    return { plot, replayed };
  }

  /** The products, in the order of the references; a SKU is the organisation's own. Throws NOT_FOUND with the reference's place. */
  async resolveProducts(tx: Tx, refs: readonly ProductRefInput[], organisationId: string): Promise<ProductFacts[]> {
    const found = await this.findProducts(
      tx,
      refs.map((ref) => ({ ref, organisationId })),
    );
    return found.map((product, place) => {
      if (product instanceof DomainError) throw product.within(place, 'product');
      return product;
    });
  }

  /** The same for references of several organisations, each with its own rejection. */
  async findProducts(
    tx: Tx,
    asked: readonly { readonly ref: ProductRefInput; readonly organisationId: string }[],
  ): Promise<(ProductFacts | DomainError)[]> {
    const gtins = asked.map(({ ref }) => (ref.gtin ? orRejection(() => parseGtin(ref.gtin ?? '')) : null));
    const named = await this.masterData.products(tx, {
      ids: [...new Set(asked.flatMap(({ ref }) => ref.id ?? []))],
      gtins: [...new Set(gtins.filter((gtin) => typeof gtin === 'string'))],
    });
    const ofSku = await this.masterData.productsBySku(
      tx,
      asked.flatMap(({ ref, organisationId }) => (ref.sku ? [{ organisationId, sku: ref.sku }] : [])),
    );
    const byId = new Map(named.map((product) => [product.id, productFacts(product)]));
    const byGtin = new Map(named.map((product) => [product.gtin, productFacts(product)]));
    const bySku = new Map(ofSku.map((product) => [`${product.organisationId} ${product.sku ?? ''}`, productFacts(product)]));
    return asked.map(({ ref, organisationId }, place) => {
      const gtin = gtins[place] ?? '';
      if (gtin instanceof DomainError) return gtin;
      const found = ref.sku ? bySku.get(`${organisationId} ${ref.sku}`) : ref.id ? byId.get(ref.id) : byGtin.get(gtin);
      return found ?? new DomainError('NOT_FOUND', { product: ref });
    });
  }

  async products(ids: readonly string[], tx: Tx = this.database.reader): Promise<ProductFacts[]> {
    return (await this.masterData.products(tx, { ids: [...new Set(ids)] })).map(productFacts);
  }

  async facilities(ids: readonly string[], tx: Tx = this.database.reader): Promise<FacilityFacts[]> {
    return (await this.masterData.facilities(tx, [...new Set(ids)])).map(facilityFacts);
  }

  async plots(ids: readonly string[], tx: Tx = this.database.reader): Promise<PlotFacts[]> {
    return (await this.masterData.plots(tx, [...new Set(ids)])).map(plotFacts);
  }

  /** Names and villages of many things in one statement. */
  async labels(of: LabelQuestion, tx: Tx = this.database.reader): Promise<Labels> {
    return this.labelRepository.labels(tx, of);
  }

  /** Throws NOT_FOUND where the facility is not the organisation's. */
  async requireFacilityOf(tx: Tx, facilityId: string, organisationId: string): Promise<FacilityFacts> {
    const [facility] = await this.facilities([facilityId], tx);
    if (facility?.organisationId !== organisationId) throw new DomainError('NOT_FOUND', { facilityId });
    return facility;
  }

  async productsByGtin(gtins: readonly string[], tx: Tx = this.database.reader): Promise<ProductFacts[]> {
    return (await this.masterData.products(tx, { gtins: [...new Set(gtins)] })).map(productFacts);
  }

  /** The village of each. */
  async householdAreas(ids: readonly string[], tx: Tx = this.database.reader): Promise<Map<string, string>> {
    return new Map((await this.masterData.households(tx, [...new Set(ids)])).map((household) => [household.id, household.areaCode]));
  }

  async facilityPage(principal: Principal, asOf: AsOfInput | null, page: PageRequest): Promise<FacilityFacts[]> {
    const { seq } = await this.log.asOf(principal, asOf);
    const owners = await this.ownersIn(principal, (tx) => this.masterData.facilityOwners(tx));
    return (await this.masterData.facilityPage(this.database.reader, owners, seq, page)).map(facilityFacts);
  }

  async productPage(principal: Principal, asOf: AsOfInput | null, page: PageRequest): Promise<ProductFacts[]> {
    const { seq } = await this.log.asOf(principal, asOf);
    const owners = await this.ownersIn(principal, (tx) => this.masterData.productOwners(tx));
    return (await this.masterData.productPage(this.database.reader, owners, seq, page)).map(productFacts);
  }

  async householdPage(principal: Principal, asOf: AsOfInput | null, page: PageRequest): Promise<Household[]> {
    const { seq } = await this.log.asOf(principal, asOf);
    return this.masterData.householdPage(this.database.reader, ownersOf(principal), areaOf(principal), seq, page);
  }

  async plotPage(principal: Principal, asOf: AsOfInput | null, page: PageRequest): Promise<PlotFacts[]> {
    const { seq } = await this.log.asOf(principal, asOf);
    return (await this.masterData.plotPage(this.database.reader, ownersOf(principal), areaOf(principal), seq, page)).map(plotFacts);
  }

  /** Which of these households were members of the cooperative on that day. */
  async isMember(tx: Tx, householdIds: readonly string[], cooperativeId: string, day: string): Promise<ReadonlySet<string>> {
    const found = await this.memberships.ofCooperative(tx, [...new Set(householdIds)], cooperativeId, await this.log.lastSeq(tx));
    return new Set(found.filter((membership) => holdsOn(membership, day)).map((membership) => membership.householdId));
  }

  /** Those who keep the register act in their area, everybody else for the own organisation and the households that belong to it. */
  private async mayRegisterPlotOf(tx: Tx, principal: Principal, owner: Party, areaCode: string): Promise<void> {
    const area = principal.areaCode ?? '';
    if (!areaCode.startsWith(area)) throw new DomainError('FORBIDDEN', { areaCode }, ['areaCode']);
    const keeper = principal.role === 'ADMIN' || principal.role === 'VILLAGE_WORKER';
    if (owner.kind === 'ORGANISATION') {
      if (!keeper) this.identity.mayActFor(principal, owner.id);
      return;
    }
    const [household] = await this.masterData.households(tx, [owner.id]);
    const { organisationId } = principal;
    const joined = await this.memberships.ofCooperative(tx, [owner.id], organisationId, await this.log.lastSeq(tx));
    const own = household?.registeredBy === organisationId || joined.length > 0;
    if (!household?.areaCode.startsWith(area) || (!keeper && !own)) throw new DomainError('NOT_FOUND', { owner: owner.id }, ['owner']);
  }

  /** Null: of everybody. Organisations lie in areas, so the overseer of an area sees what belongs to those that lie in it. */
  private async ownersIn(principal: Principal, all: (tx: Tx) => Promise<string[]>): Promise<Owners> {
    if (!oversees(principal) || principal.areaCode === null) return ownersOf(principal);
    return { organisationIds: [...(await this.identity.visible(principal, await all(this.database.reader)))] };
  }

  /** One that nobody registered by hand. */
  private async newRestrictedGtin(tx: Tx): Promise<string> {
    for (;;) {
      const gtin = restrictedGtin(await this.masterData.nextRestrictedGtin(tx));
      if ((await this.masterData.products(tx, { gtins: [gtin] })).length === 0) return gtin;
    }
  }

  private now(): Date {
    return new Date(this.clock.nowMs());
  }
}

function ownOf(
  { organisationId }: Principal,
  kind: 'FACILITY' | 'PRODUCT',
  subjectId: string,
  owner: { readonly id: string; readonly areaCode: string },
): ChangeToAppend {
  return { kind, subjectId, organisationId, concernsId: owner.id, areaCode: owner.areaCode };
}

function ownersOf(principal: Principal): Owners {
  return { organisationIds: oversees(principal) || principal.role === 'VILLAGE_WORKER' ? null : [principal.organisationId] };
}

function areaOf(principal: Principal): string | null {
  return principal.areaCode;
}

function productOf(input: RegisterProductInput, gtin: string): Omit<Product, 'seq' | 'registeredAt'> {
  const unit = at(['baseUnit'], () => unitOf(input.baseUnit));
  const content = input.netContent ? at(['netContent'], () => parseQuantity(input.netContent ?? { value: '', unit: '' })) : null;
  if (unit.dimension === 'AREA' || content?.dimension === 'AREA' || content?.dimension === 'COUNT') {
    throw new DomainError('UNIT_MISMATCH', { expected: 'mass, volume or pieces; the net content in mass or volume' });
  }
  const packages = input.packages ?? [];
  if (packages.length > PACKAGE_TYPES_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: PACKAGE_TYPES_MAX }, ['packages']);
  for (const [place, one] of packages.entries()) at(['packages', place], () => requirePackageType(one));
  return {
    id: input.id,
    organisationId: input.organisationId,
    name: checkName(input.name),
    gtin,
    sku: said(input.sku, SKU_LENGTH_MAX, ['sku']),
    baseUnit: unit.code,
    dimension: unit.dimension,
    netContentAmount: content?.amount ?? null,
    netContentDimension: content?.dimension ?? null,
    netContentValue: input.netContent?.value ?? null,
    netContentUnit: input.netContent?.unit ?? null,
    packages: packages.map(({ type, netWeight, validFrom }) => ({
      type: type.trim(),
      netWeight: { value: netWeight.value, unit: netWeight.unit },
      validFrom,
    })),
  };
}

function geometryOf(geometry: unknown): object | null {
  return geometry === undefined || geometry === null ? null : checkGeometry(geometry);
}

function requirePackageType({ type, netWeight }: PackageTypeInput): void {
  if (said(type, PACKAGE_TYPE_LENGTH_MAX, ['type']) === null)
    throw new DomainError('BAD_INPUT', { expected: 'a name of the package' }, ['type']);
  const { dimension } = at(['netWeight'], () => parseQuantity(netWeight));
  if (dimension !== 'MASS') throw new DomainError('UNIT_MISMATCH', { expected: 'a weight', found: dimension }, ['netWeight']);
}

function productFacts(product: Product): ProductFacts {
  const { id, organisationId, name, gtin, sku, baseUnit, dimension, packages } = product;
  const netContent =
    product.netContentAmount === null || product.netContentDimension === null
      ? null
      : { dimension: product.netContentDimension, amount: product.netContentAmount };
  const netContentSaid =
    product.netContentValue === null || product.netContentUnit === null
      ? null
      : { value: product.netContentValue, unit: product.netContentUnit };
  return { id, organisationId, name, gtin, sku, baseUnit, dimension, netContent, netContentSaid, packages };
}

function facilityFacts({ id, organisationId, name, kind, gln, areaCode }: Facility): FacilityFacts {
  return { id, organisationId, name, kind, gln, areaCode };
}

function plotFacts({ id, ownerKind, ownerId, areaCode }: Plot): PlotFacts {
  return { id, ownerKind, ownerId, areaCode };
}
