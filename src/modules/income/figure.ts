import type { CustodyModel } from '../../core/batch/custody-model.js';
import type { Fraction } from '../../core/kernel/fraction.js';
import { fraction } from '../../core/kernel/fraction.js';
import type { AmountInterval } from '../../core/income/interval.js';
import type { StepCoefficient } from '../../core/income/coefficient.js';
import type { PartyPosition } from '../../core/income/position.js';
import { partyKey } from '../../core/ledger/party.js';
import type { PartyKind } from '../../core/ledger/party.js';
import type { LineContent } from './line-attribution.js';

/** Exact amounts as they are kept: numerators and denominators of minor units, in decimal. */
interface StoredInterval {
  readonly low: string;
  readonly high: string;
}

export interface StoredSummary {
  readonly toHouseholds: StoredInterval;
  readonly toTargetGroup: StoredInterval;
  readonly payableToHouseholds: StoredInterval;
  readonly payableToTargetGroup: StoredInterval;
  readonly coverage: string;
  readonly custodyModel: CustodyModel;
  readonly provisional: boolean;
  readonly feesPending: boolean;
  readonly rounded: boolean;
}

/** Minor units × 10^18, in decimal. */
export interface StoredPosition {
  readonly kind: PartyKind;
  readonly id: string;
  readonly received: string;
  readonly paid: string;
  readonly owed: string;
  readonly owing: string;
  readonly position: string;
  readonly missingTrade: boolean;
}

/** One version of what a line was found to be made of: a figure, with an id to ask for it by. */
export interface LineFigure {
  readonly lineId: string;
  readonly version: number;
  readonly saleId: string;
  readonly passId: string;
  readonly figureId: string;
  readonly netMinor: bigint;
  readonly currency: string;
  readonly coefficients: readonly StepCoefficient[];
  readonly positions: readonly StoredPosition[];
  readonly summary: StoredSummary;
  readonly contentHash: string;
}

export interface Pass {
  readonly id: string;
  readonly sellerId: string;
  readonly currency: string;
  readonly journalId: string | null;
  readonly method: string;
  readonly registrySnapshotId: string;
  readonly computedAt: Date;
}

export function storedPositions(positions: ReadonlyMap<string, PartyPosition>): StoredPosition[] {
  return [...positions.values()]
    .sort((a, b) => (partyKey(a.party) < partyKey(b.party) ? -1 : 1))
    .map((position) => ({
      kind: position.party.kind,
      id: position.party.id,
      received: position.receivedScaled.toString(),
      paid: position.paidScaled.toString(),
      owed: position.owedScaled.toString(),
      owing: position.owingScaled.toString(),
      position: position.positionScaled.toString(),
      missingTrade: position.missingTrade,
    }));
}

export function storedSummary(content: LineContent): StoredSummary {
  const { reach, custodyModel, provisional, feesPending, rounded } = content;
  return {
    toHouseholds: storedInterval(reach.toHouseholds),
    toTargetGroup: storedInterval(reach.toTargetGroup),
    payableToHouseholds: storedInterval(reach.payableToHouseholds),
    payableToTargetGroup: storedInterval(reach.payableToTargetGroup),
    coverage: spell(reach.coverage),
    custodyModel,
    provisional,
    feesPending,
    rounded,
  };
}

export function readFraction(text: string): Fraction {
  const [num, den] = text.split('/');
  return fraction(BigInt(num ?? '0'), BigInt(den ?? '1'));
}

function storedInterval(interval: AmountInterval): StoredInterval {
  return { low: spell(interval.lowMinor), high: spell(interval.highMinor) };
}

function spell(value: Fraction): string {
  return `${value.num.toString()}/${value.den.toString()}`;
}

/**
 * What a new version changes: by party, its position less that of the version before. Only this difference is posted, so a correction of a
 * thousand lines leaves one journal, and a replay none.
 */
export function positionDeltas(
  changes: readonly { readonly after: readonly StoredPosition[]; readonly before: readonly StoredPosition[] }[],
): { readonly payeeKey: string; readonly deltaScaled: bigint }[] {
  const deltas = new Map<string, bigint>();
  const add = (position: StoredPosition, sign: bigint): void => {
    const key = partyKey(position);
    deltas.set(key, (deltas.get(key) ?? 0n) + sign * BigInt(position.position));
  };
  for (const { after, before } of changes) {
    for (const position of after) add(position, 1n);
    for (const position of before) add(position, -1n);
  }
  return [...deltas].map(([payeeKey, deltaScaled]) => ({ payeeKey, deltaScaled })).filter(({ deltaScaled }) => deltaScaled !== 0n);
}
