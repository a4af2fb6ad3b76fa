import { Injectable } from '@nestjs/common';
import { parseGln } from '../../core/gs1/gln.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { isTimeZone, parseInstant } from '../../core/kernel/instant.js';
import { currencyExponent } from '../../core/kernel/money.js';
import { liesWithin, requireAreaCode } from '../../core/registry/area-code.js';
import { Clock } from '../../platform/clock/clock.js';
import { hashSecret, newSecret } from '../../platform/crypto/sealing.js';
import { Database, violatedConstraint } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { CreateApiKeyInput, RegisterOrganisationInput } from './identity.input.js';
import { IdentityRepository } from './identity.repository.js';
import type { Organisation } from './organisation.entity.js';
import type { Principal, Role } from './principal.js';
import { oversees } from './principal.js';

export const NAME_LENGTH_MAX = 200;
/** How long a key that was looked up is believed without looking again: also how long a revocation may take. */
const PRINCIPAL_BELIEVED_MS = 5_000;
const PRINCIPALS_KEPT_MAX = 10_000;
/** Village workers and supervisors keep the register and look into every household of their area: no supplier appoints them. */
const GIVEN_BY_MANAGERS: ReadonlySet<Role> = new Set<Role>(['MANAGER', 'CLERK', 'SHOP', 'PARTNER']);

@Injectable()
export class IdentityService {
  private readonly believed = new Map<string, { principal: Principal; untilMs: number }>();

  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly identities: IdentityRepository,
    private readonly clock: Clock,
  ) {}

  /** The principal of a key, or null where it is unknown or has expired. */
  async authenticate(key: string): Promise<Principal | null> {
    const nowMs = this.clock.nowMs();
    const hash = hashSecret(key);
    const cacheKey = hash.toString('base64');
    const known = this.believed.get(cacheKey);
    if (known && known.untilMs > nowMs) return known.principal;
    const found = await this.identities.apiKeyByHash(this.database.reader, hash);
    if (!found || (found.expiresAt && found.expiresAt.getTime() <= nowMs)) return null;
    const principal: Principal = { keyId: found.id, organisationId: found.organisationId, role: found.role, areaCode: found.areaCode };
    if (this.believed.size >= PRINCIPALS_KEPT_MAX) this.believed.clear();
    const untilMs = Math.min(nowMs + PRINCIPAL_BELIEVED_MS, found.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
    this.believed.set(cacheKey, { principal, untilMs });
    return principal;
  }

  async registerOrganisation(
    principal: Principal,
    input: RegisterOrganisationInput,
  ): Promise<{ organisation: Organisation; replayed: boolean }> {
    return this.database.transaction(async (tx) => {
      const request = { id: input.id, organisationId: principal.organisationId, kind: 'registerOrganisation', content: input };
      const { replayed } = await this.idempotency.once(tx, request, async () => {
        const name = checkName(input.name);
        requireAreaCode(input.areaCode);
        if (!isTimeZone(input.timeZone)) throw new DomainError('BAD_INPUT', { expected: 'an IANA time zone' }, ['timeZone']);
        at(['currency'], () => currencyExponent(input.currency));
        const gln = input.gln ? at(['gln'], () => parseGln(input.gln ?? '')) : null;
        await unique(this.identities.insertOrganisation(tx, { ...input, name, gln, registeredAt: new Date(this.clock.nowMs()) }));
        return {};
      });
      const [organisation] = await this.organisations([input.id], tx);
      if (!organisation) throw new DomainError('NOT_FOUND', { organisationId: input.id });
      return { organisation, replayed };
    });
  }

  /**
   * A manager makes keys for the own organisation only, for those who do its business, and no key reaches further than the one that makes it.
   * The secret is answered once and kept as a hash.
   */
  async createApiKey(principal: Principal, input: CreateApiKeyInput): Promise<{ key: string | null; replayed: boolean }> {
    const own = input.organisationId === principal.organisationId && GIVEN_BY_MANAGERS.has(input.role);
    if (principal.role !== 'ADMIN' && !own) throw new DomainError('FORBIDDEN', { organisationId: input.organisationId, role: input.role });
    const areaCode = input.areaCode === undefined || input.areaCode === null ? null : requireAreaCode(input.areaCode);
    if (!liesWithin(areaCode, principal.areaCode)) throw new DomainError('FORBIDDEN', { areaCode }, ['areaCode']);
    const secret = newSecret('sheaf');
    const { replayed } = await this.database.transaction(async (tx) => {
      const request = { id: input.id, organisationId: principal.organisationId, kind: 'createApiKey', content: input };
      return this.idempotency.once(tx, request, async () => {
        await this.requireOrganisation(tx, input.organisationId);
        const expiresAt = input.expiresAt ? new Date(parseInstant(input.expiresAt).epochMs) : null;
        const keyHash = hashSecret(secret);
        await unique(this.identities.insertApiKey(tx, { ...input, areaCode, keyHash, expiresAt, createdAt: new Date(this.clock.nowMs()) }));
        return {};
      });
    });
    return { key: replayed ? null : secret, replayed };
  }

  /** Makes sure that this key opens everything: the first administrator's, at every start. Answers true where it is new. */
  async ensureAdministrator(ids: { organisationId: string; keyId: string }, key: string, timeZone: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const now = new Date(this.clock.nowMs());
      const [organisation] = await this.identities.organisations(tx, [ids.organisationId]);
      if (!organisation) {
        const administration = {
          id: ids.organisationId,
          name: 'Platform administration',
          kind: 'AUTHORITY',
          areaCode: '',
          timeZone,
          currency: 'CNY',
          gln: null,
        } as const;
        await this.identities.insertOrganisation(tx, { ...administration, registeredAt: now });
      }
      if (await this.identities.apiKey(tx, ids.keyId)) return false;
      const keyHash = hashSecret(key);
      await this.identities.insertApiKey(tx, {
        id: ids.keyId,
        organisationId: ids.organisationId,
        role: 'ADMIN',
        areaCode: null,
        keyHash,
        expiresAt: null,
        createdAt: now,
      });
      return true;
    });
  }

  /** Throws NOT_FOUND. */
  async requireOrganisation(tx: Tx, id: string): Promise<Organisation> {
    const [organisation] = await this.identities.organisations(tx, [id]);
    if (!organisation) throw new DomainError('NOT_FOUND', { organisationId: id });
    return organisation;
  }

  async organisations(ids: readonly string[], tx: Tx = this.database.reader): Promise<Organisation[]> {
    return this.identities.organisations(tx, [...new Set(ids)]);
  }

  /** Throws FORBIDDEN unless the principal acts for this organisation, or oversees. */
  mayActFor(principal: Principal, organisationId: string): void {
    if (principal.organisationId !== organisationId && principal.role !== 'ADMIN') throw new DomainError('FORBIDDEN', { organisationId });
  }

  /** Which of these organisations the principal may look into: its own; for those who oversee, all of their area. */
  async visible(principal: Principal, organisationIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (!oversees(principal)) return new Set(organisationIds.filter((id) => id === principal.organisationId));
    const { areaCode } = principal;
    if (areaCode === null) return new Set(organisationIds);
    const found = await this.organisations(organisationIds);
    return new Set(found.filter((organisation) => organisation.areaCode.startsWith(areaCode)).map((organisation) => organisation.id));
  }
}

/** Something of that id or number is there already: the caller's mistake, not ours. */
async function unique(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (violatedConstraint(error) === null) throw error;
    throw new DomainError('ALREADY_EXISTS');
  }
}

/** A name as a person wrote it, its ends trimmed. Throws BAD_INPUT. */
export function checkName(name: string): string {
  const trimmed = name.trim();
  // PostgreSQL keeps no U+0000.
  if (trimmed.length === 0 || trimmed.length > NAME_LENGTH_MAX || trimmed.includes('\u0000')) {
    throw new DomainError('BAD_INPUT', { expected: `a name of 1 to ${NAME_LENGTH_MAX} characters` }, ['name']);
  }
  return trimmed;
}
