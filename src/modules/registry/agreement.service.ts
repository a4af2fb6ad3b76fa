import { Injectable } from '@nestjs/common';
import { decimalToFraction, parseDecimal } from '../../core/kernel/decimal.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { compare, ONE } from '../../core/kernel/fraction.js';
import { parseMoney } from '../../core/kernel/money.js';
import { unitOf } from '../../core/kernel/quantity.js';
import { largestPromise } from '../../core/registry/promise.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import type { Agreement } from './agreement.repository.js';
import { AgreementRepository } from './agreement.repository.js';
import { RegistrationService, unique } from './registration.service.js';
import { RegistryLogService } from './registry-log.service.js';
import type { RegisterAgreementInput } from './registry.input.js';
import { RegistryService } from './registry.service.js';

/** What organisations promise: kept as data, at work in the modules to the right. */
@Injectable()
export class AgreementService {
  constructor(
    private readonly registration: RegistrationService,
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
    private readonly agreements: AgreementRepository,
    private readonly log: RegistryLogService,
    private readonly clock: Clock,
  ) {}

  /** Throws PROMISE_OVER_ONE. */
  async register(principal: Principal, input: RegisterAgreementInput): Promise<{ replayed: boolean }> {
    this.identity.mayActFor(principal, input.promisorId);
    return this.registration.once(principal, 'registerAgreement', input, async (tx) => {
      const [product] = input.product ? await this.registry.resolveProducts(tx, [input.product], input.promisorId) : [];
      const agreement = agreementOf(input, product?.id ?? null);
      if (agreement.rate !== null) await this.requirePromisable(tx, { ...agreement, rate: agreement.rate });
      const { areaCode } = await this.identity.requireOrganisation(tx, agreement.promisorId);
      const { organisationId } = principal;
      const concernsId = agreement.promisorId;
      const seq = await this.log.appendOne(tx, { kind: 'AGREEMENT', subjectId: agreement.id, organisationId, concernsId, areaCode });
      await unique(this.agreements.insert(tx, agreement, seq, new Date(this.clock.nowMs())));
    });
  }

  private async requirePromisable(tx: Tx, agreement: Agreement & { readonly rate: string }): Promise<void> {
    const promises = [...(await this.agreements.lockedRates(tx, agreement.promisorId, agreement.kind)), agreement];
    const largest = largestPromise(promises.map((promise) => ({ ...promise, rate: decimalToFraction(parseDecimal(promise.rate)) })));
    if (compare(largest, ONE) > 0) throw new DomainError('PROMISE_OVER_ONE', { rates: promises.map(({ rate }) => rate) }, ['rate']);
  }
}

function agreementOf(input: RegisterAgreementInput, productId: string | null): Agreement {
  const validTo = input.validTo ?? null;
  if (validTo !== null && validTo <= input.validFrom)
    throw new DomainError('DATES_OUT_OF_ORDER', { validFrom: input.validFrom, validTo }, ['validTo']);
  const { floor } = input;
  if ((input.kind === 'FLOOR_PRICE') !== Boolean(floor) || (input.kind === 'FLOOR_PRICE') === Boolean(input.rate)) {
    throw new DomainError('BAD_INPUT', { expected: 'a floor for FLOOR_PRICE, a rate for the others' });
  }
  const rate = input.rate ?? null;
  if (rate !== null && parseDecimal(rate).units <= 0n) throw new DomainError('FRACTION_INVALID', { rate }, ['rate']);
  return {
    id: input.id,
    kind: input.kind,
    promisorId: input.promisorId,
    productId,
    validFrom: input.validFrom,
    validTo,
    rate,
    floor: floor ? at(['floor'], () => ({ ...parseMoney(floor.amount), per: unitOf(floor.per).code })) : null,
    counts: input.counts,
    weights: input.weights,
  };
}
