/** What a batch's status follows from. */
export interface Standing {
  readonly holdings: readonly { readonly available: bigint; readonly inTransit: boolean }[];
  readonly drawnFromAt: Date | null;
  readonly filledByDeliveries: boolean;
}

/** OPEN: deliveries still enter; ACTIVE: there is some; USED_UP: there is none left, here or on the way. */
export function batchStatus({ holdings, drawnFromAt, filledByDeliveries }: Standing): 'OPEN' | 'ACTIVE' | 'USED_UP' {
  if (holdings.every((holding) => holding.available === 0n && !holding.inTransit)) return 'USED_UP';
  return drawnFromAt === null && filledByDeliveries ? 'OPEN' : 'ACTIVE';
}
