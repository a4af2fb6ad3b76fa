import { Injectable } from '@nestjs/common';
import { allocationWeights } from '../../core/batch/allocation.js';
import { defaultModel } from '../../core/batch/custody-model.js';
import type { StepInput } from '../../core/batch/graph.js';
import { massBalance } from '../../core/batch/mass-balance.js';
import { Stock } from '../../core/batch/stock.js';
import { parseBizStep } from '../../core/epcis/cbv.js';
import type { Goods } from '../../core/epcis/goods.js';
import { transformingEvent } from '../../core/epcis/transforming.js';
import { digitalLink } from '../../core/gs1/digital-link.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { fraction } from '../../core/kernel/fraction.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { parseMoney } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { convert, parseQuantity, unitOf } from '../../core/kernel/quantity.js';
import { shortCode } from '../../core/gs1/short-code.js';
import type { Tx } from '../../platform/database/tx.js';
import { PaymentService } from '../ledger/index.js';
import type { FacilityFacts, ProductFacts } from '../registry/index.js';
import { RegistryService } from '../registry/index.js';
import type { Acting, Made } from './acting.js';
import { BatchRepository } from './batch.repository.js';
import { BatchService } from './batch.service.js';
import { EventService } from './event.service.js';
import type { BatchFacts } from './facts.js';
import { HoldingRepository } from './holding.repository.js';
import type { NewStep } from './step.repository.js';
import { StepRepository } from './step.repository.js';
import type { OutputLotInput, RecordTransformationInput } from './transformation.input.js';

export const TRANSFORMATION_LINES_MAX = 500;

interface TakenLot {
  readonly batch: BatchFacts;
  readonly product: ProductFacts;
  readonly quantity: Quantity;
}

interface UnknownLot {
  readonly product: ProductFacts;
  readonly quantity: Quantity;
  readonly paid: { readonly amountMinor: bigint; readonly currency: string } | null;
  readonly note: string | null;
  readonly stepId: string;
  readonly holdingId: string;
}

interface Output {
  readonly product: ProductFacts | null;
  readonly batch: BatchFacts | null;
  readonly quantity: Quantity;
  readonly input: OutputLotInput;
}

/** Milling, drying, sorting, filling: takes lots, makes lots. */
@Injectable()
export class TransformationService {
  constructor(
    private readonly batches: BatchService,
    private readonly batchRepository: BatchRepository,
    private readonly holdings: HoldingRepository,
    private readonly steps: StepRepository,
    private readonly events: EventService,
    private readonly payments: PaymentService,
    private readonly registry: RegistryService,
  ) {}

  async record(tx: Tx, acting: Acting, input: RecordTransformationInput): Promise<Made> {
    if (input.inputs.length + input.outputs.length > TRANSFORMATION_LINES_MAX)
      throw new DomainError('TOO_MANY_ITEMS', { max: TRANSFORMATION_LINES_MAX });
    const organisationId = acting.organisation.id;
    const facility = input.facilityId ? await this.registry.requireFacilityOf(tx, input.facilityId, organisationId) : null;
    const taken = await this.taken(tx, input);
    const unknown = await this.unknown(tx, acting, input);
    const outputs = await this.outputs(tx, acting, input);
    if (taken.length + unknown.length === 0 || !outputs.some((output) => output.batch)) {
      throw new DomainError(
        'BAD_INPUT',
        { expected: 'at least one lot in and one lot out' },
        taken.length + unknown.length === 0 ? ['inputs'] : ['outputs'],
      );
    }
    balance(input, taken, unknown, outputs);

    const batchIds = [...new Set(taken.map((lot) => lot.batch.id))];
    await this.batchRepository.lock(tx, batchIds);
    const stock = new Stock(await this.holdings.lock(tx, batchIds));
    const inputs = taken.flatMap((lot, i) => at(['inputs', i], () => stock.takeBatch(lot.batch.id, organisationId, lot.quantity.amount)));
    const unknownSteps = unknown.map((lot) => this.unknownStep(acting, lot, stock));
    const eventId = await this.appendEvent(tx, acting, input, { facility, taken, unknown, outputs });
    const step = this.step(acting, input, {
      eventId,
      inputs: [...inputs, ...drawn(unknown)],
      sources: batchIds.length + unknown.length,
      outputs,
      facility,
      stock,
    });
    await this.insertBatches(tx, outputs);
    await this.holdings.save(tx, stock.changed(), acting.occurredAt);
    await this.steps.insert(tx, [...unknownSteps, step]);
    for (const lot of unknown) await this.recordUnknown(tx, acting, lot);
    await this.batchRepository.noteDrawn(tx, batchIds, acting.occurredAt);
    const occasion = acting.occasion(step.id);
    await this.payments.stepPayments(tx, { ...occasion, inputs: input.payments ?? [], causeKind: 'EVENT', causeId: acting.captureId });
    return { eventId, batchIds: outputs.flatMap((output) => (output.batch ? [output.batch.id] : [])) };
  }

  private async taken(tx: Tx, input: RecordTransformationInput): Promise<TakenLot[]> {
    const lots = input.inputs.flatMap((line, place) => (line.lot ? [{ lot: line.lot, place }] : []));
    const batches = await this.batches.resolve(
      tx,
      lots.map(({ lot }) => lot.batch),
    );
    const products = await this.registry.products(
      batches.map((batch) => batch.productId),
      tx,
    );
    return lots.map(({ lot, place }, i) =>
      at(['inputs', place, 'lot'], () => {
        const batch = batches[i];
        const product = products.find((one) => one.id === batch?.productId);
        if (!batch || !product) throw new DomainError('NOT_FOUND', { batch: lot.batch });
        return { batch, product, quantity: convert(parseQuantity(lot.quantity), product.dimension, product.netContent) };
      }),
    );
  }

  private async unknown(tx: Tx, acting: Acting, input: RecordTransformationInput): Promise<UnknownLot[]> {
    const lots = input.inputs.flatMap((line, place) => (line.unknown ? [{ unknown: line.unknown, place }] : []));
    const products = await this.registry.resolveProducts(
      tx,
      lots.map(({ unknown }) => unknown.product),
      acting.organisation.id,
    );
    return lots.map(({ unknown, place }, i) =>
      at(['inputs', place, 'unknown'], () => {
        const product = products[i];
        if (!product) throw new DomainError('NOT_FOUND', { product: unknown.product });
        return {
          product,
          quantity: convert(parseQuantity(unknown.quantity), product.dimension, product.netContent),
          paid: unknown.paid ? parseMoney(unknown.paid) : null,
          note: unknown.note ?? null,
          stepId: derivedUuid(acting.captureId, 'unknown step', place),
          holdingId: derivedUuid(acting.captureId, 'unknown holding', place),
        };
      }),
    );
  }

  private async outputs(tx: Tx, acting: Acting, input: RecordTransformationInput): Promise<Output[]> {
    const refs = input.outputs.flatMap((output) => (output.product ? [output.product] : []));
    const products = await this.registry.resolveProducts(tx, refs, acting.organisation.id);
    let next = 0;
    return input.outputs.map((output, place) =>
      at(['outputs', place], () => {
        const product = output.product ? (products[next++] ?? null) : null;
        const said = parseQuantity(output.quantity);
        if (!product) {
          if (!output.waste) throw new DomainError('BAD_INPUT', { expected: 'a product: only waste has none' }, ['product']);
          return { product, batch: null, quantity: said, input: output };
        }
        const quantity = convert(said, product.dimension, product.netContent);
        if (output.waste) return { product, batch: null, quantity, input: output };
        const lot = output.lot ?? `${acting.day.replaceAll('-', '')}-${shortCode(derivedUuid(acting.captureId, 'lot', place)).slice(0, 6)}`;
        return { product, batch: this.batches.draft(product, lot, acting.organisation.id, acting.occurredAt), quantity, input: output };
      }),
    );
  }

  /** Each input of unknown origin is an event of its own (income.md, 2). */
  private unknownStep(acting: Acting, lot: UnknownLot, stock: Stock): NewStep {
    const { holdingId, quantity } = lot;
    stock.make(
      { id: holdingId, kind: 'POOL', batchId: null, holderId: acting.organisation.id, facilityId: null, dimension: quantity.dimension },
      quantity.amount,
    );
    stock.drawPool(holdingId, quantity.amount);
    return {
      id: lot.stepId,
      kind: 'UNKNOWN_ORIGIN',
      captureId: acting.captureId,
      eventId: null,
      organisationId: acting.organisation.id,
      occurredAt: acting.occurredAt,
      custodyModel: null,
      allocationMethod: null,
      inputs: [],
      outputs: [{ holdingId, quantity: quantity.amount, dimension: quantity.dimension, weight: fraction(quantity.amount) }],
    };
  }

  private step(
    acting: Acting,
    input: RecordTransformationInput,
    found: {
      eventId: string;
      inputs: StepInput[];
      sources: number;
      outputs: readonly Output[];
      facility: FacilityFacts | null;
      stock: Stock;
    },
  ): NewStep {
    const { outputs, stock, facility } = found;
    const { method, weights } = allocationWeights(
      outputs.map(({ product, quantity, input: said, batch }, place) =>
        at(['outputs', place, 'unitValue'], () => ({
          productId: product?.id ?? null,
          quantity: said.unitValue && product ? convert(quantity, unitOf(said.unitValue.per).dimension, product.netContent) : quantity,
          unitValue: said.unitValue ? { ...parseMoney(said.unitValue.amount), per: said.unitValue.per } : null,
          waste: batch === null,
        })),
      ),
      input.allocation ?? undefined,
    );
    const lines = outputs.map((output, place) => {
      const { batch, quantity } = output;
      const holdingId = batch ? derivedUuid(acting.captureId, 'output holding', place) : null;
      if (batch && holdingId) {
        const holder = { holderId: acting.organisation.id, facilityId: facility?.id ?? null };
        stock.make({ id: holdingId, kind: 'GOODS', batchId: batch.id, ...holder, dimension: quantity.dimension }, quantity.amount);
      }
      return { holdingId, quantity: quantity.amount, dimension: quantity.dimension, weight: weights[place] ?? fraction(0n) };
    });
    return {
      id: derivedUuid(acting.captureId, 'transformation step'),
      kind: 'TRANSFORMATION',
      captureId: acting.captureId,
      eventId: found.eventId,
      organisationId: acting.organisation.id,
      occurredAt: acting.occurredAt,
      custodyModel: input.custodyModel ?? defaultModel(found.sources),
      allocationMethod: method,
      inputs: found.inputs,
      outputs: lines,
    };
  }

  private async appendEvent(
    tx: Tx,
    acting: Acting,
    input: RecordTransformationInput,
    found: { facility: FacilityFacts | null; taken: readonly TakenLot[]; unknown: readonly UnknownLot[]; outputs: readonly Output[] },
  ): Promise<string> {
    const outputs = found.outputs.flatMap(({ batch, quantity }): Goods[] => (batch ? [{ epcClass: batch.digitalLink, quantity }] : []));
    const event = transformingEvent({
      captureId: acting.captureId,
      eventTime: acting.at,
      place: acting.place(found.facility),
      inputs: [
        ...found.taken.map((lot) => ({ epcClass: lot.batch.digitalLink, quantity: lot.quantity })),
        ...found.unknown.map((lot) => ({ epcClass: digitalLink({ gtin: lot.product.gtin }), quantity: lot.quantity })),
      ],
      outputs,
      ...(input.bizStep && { bizStep: at(['bizStep'], () => parseBizStep(input.bizStep ?? '')) }),
    });
    const { captureId, at: instant, organisation } = acting;
    const facilityId = found.facility?.id ?? null;
    return this.events.append(tx, { captureId, kind: 'TRANSFORMATION', at: instant, organisationId: organisation.id, facilityId, event });
  }

  private async insertBatches(tx: Tx, outputs: readonly Output[]): Promise<void> {
    for (const [place, { batch }] of outputs.entries()) {
      if (!batch) continue;
      // A printed code is never used again: what comes out of another run is another lot.
      const isNew = (await this.batchRepository.insert(tx, [batch])).has(batch.id);
      if (!isNew) throw new DomainError('ALREADY_EXISTS', { gtin: batch.gtin, lot: batch.lot }, ['outputs', String(place), 'lot']);
    }
  }

  private async recordUnknown(tx: Tx, acting: Acting, lot: UnknownLot): Promise<void> {
    const { stepId, quantity, note, paid } = lot;
    await this.steps.insertUnknownOrigin(tx, {
      stepId,
      productId: lot.product.id,
      quantity: quantity.amount,
      dimension: quantity.dimension,
      note,
    });
    if (!paid || paid.amountMinor === 0n) return;
    const { payer, at: instant, causeOn, recordedBy } = acting.occasion(stepId);
    await this.payments.record(tx, [
      {
        id: derivedUuid(stepId, 'payment'),
        causeKind: 'EVENT',
        causeId: acting.captureId,
        stepId,
        kind: 'PURCHASE',
        payer,
        payee: { kind: 'UNKNOWN', id: stepId },
        payeeMemberId: null,
        ...paid,
        status: 'PAID',
        method: null,
        at: instant,
        causeOn,
        paidOn: causeOn,
        evidence: [],
        recordedBy,
      },
    ]);
  }
}

function drawn(unknown: readonly UnknownLot[]): StepInput[] {
  return unknown.map((lot) => ({ holdingId: lot.holdingId, quantity: lot.quantity.amount }));
}

/** In mass, where everything has one: what goes in comes out, as product, as waste or as declared loss (default tolerance 0.5 %). */
function balance(
  input: RecordTransformationInput,
  taken: readonly TakenLot[],
  unknown: readonly UnknownLot[],
  outputs: readonly Output[],
): void {
  const mass = (quantity: Quantity, product: ProductFacts | null): bigint | null => {
    if (quantity.dimension === 'MASS') return quantity.amount;
    return product?.netContent?.dimension === 'MASS' && quantity.dimension === 'COUNT' ? quantity.amount * product.netContent.amount : null;
  };
  const auxiliaries = input.inputs.flatMap((line, place) =>
    line.auxiliary ? [at(['inputs', place, 'auxiliary'], () => parseQuantity(line.auxiliary?.quantity ?? { value: '', unit: '' }))] : [],
  );
  const declared = input.declaredLoss
    ? at(['declaredLoss'], () => parseQuantity(input.declaredLoss ?? { value: '', unit: '' }, { zeroAllowed: true }))
    : null;
  const into = [
    ...taken.map((lot) => mass(lot.quantity, lot.product)),
    ...unknown.map((lot) => mass(lot.quantity, lot.product)),
    // Packaging counted in pieces has no weight that anybody weighed: it is left out on both sides.
    ...auxiliaries.filter((auxiliary) => auxiliary.dimension === 'MASS').map((auxiliary) => auxiliary.amount),
  ];
  const made = outputs.filter((output) => output.batch).map((output) => mass(output.quantity, output.product));
  const waste = outputs.filter((output) => !output.batch).map((output) => mass(output.quantity, output.product));
  const loss = declared ? mass(declared, null) : 0n;
  // Litres against kilograms need a density, which a recipe will give.
  if ([...into, ...made, ...waste, loss].includes(null)) return;
  const total = (amounts: readonly (bigint | null)[]): bigint => amounts.reduce<bigint>((sum, amount) => sum + (amount ?? 0n), 0n);
  massBalance({ inputs: total(into), outputs: total(made), waste: total(waste), declaredLoss: loss ?? 0n });
}
