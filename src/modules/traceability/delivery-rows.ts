import { fraction } from '../../core/kernel/fraction.js';
import type { Named } from './delivery-lookup.service.js';
import type { Played } from './delivery-plan.js';
import type { NewDelivery } from './delivery.repository.js';
import type { NewStep } from './step.repository.js';

/** The step of the composition graph that a delivery is. */
export function stepOf({ plan, event, holdingId, others }: Played): NewStep {
  const { acting, season, net } = plan;
  return {
    id: plan.stepId,
    kind: 'DELIVERY',
    captureId: acting.captureId,
    eventId: event.id,
    organisationId: acting.organisation.id,
    occurredAt: acting.occurredAt,
    // Several growers' goods in one lot are kept apart from other cooperatives' goods, not from each other (ISO 22095).
    custodyModel: others ? 'SEGREGATED' : 'IDENTITY_PRESERVED',
    allocationMethod: null,
    inputs: season ? [{ holdingId: season.holdingId, quantity: net.amount }] : [],
    outputs: [{ holdingId, quantity: net.amount, dimension: net.dimension, weight: fraction(net.amount) }],
  };
}

export function deliveryOf({ plan, event, batch, salt, digest }: Played): NewDelivery {
  const { asked, acting, price, net } = plan;
  const { input } = asked;
  const { gross, tare, deductions, packages, quality, rejected, evidence } = input;
  return {
    id: input.id,
    eventId: event.id,
    organisationId: acting.organisation.id,
    productId: plan.product.id,
    batchId: batch.id,
    stepId: plan.stepId,
    seasonId: input.seasonId ?? null,
    plotId: input.plotId ?? null,
    grower: plan.grower.party,
    growerMemberId: plan.grower.memberId,
    collectedBy: plan.collectedBy?.party ?? null,
    deliveredAt: acting.occurredAt,
    net,
    netSaid: input.net,
    price,
    unpriced: !price && !input.payment?.amount,
    grade: input.grade ?? null,
    particulars: { gross, tare, deductions, packages, quality, rejected, evidence },
    salt,
    digest,
    recordedAt: event.recordedAt,
  };
}

/** The names of outsiders that these deliveries speak of, by pseudonym: what was rejected leaves no name behind. */
export function outsidersOf(played: readonly Played[], named: Named): Map<string, string> {
  if (named.outsiders.size === 0) return new Map();
  const spokenOf = played.flatMap(({ plan }) => [plan.grower.party, plan.collectedBy?.party, ...plan.payments.map(({ payee }) => payee)]);
  return new Map(
    spokenOf.flatMap((party) => {
      const name = party?.kind === 'OUTSIDER' ? named.outsiders.get(party.id) : undefined;
      return party && name !== undefined ? [[party.id, name] as const] : [];
    }),
  );
}
