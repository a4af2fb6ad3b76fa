/**
 * The catalogue of rejections: everything a caller can get wrong, each with one code. The code is the contract (GraphQL
 * `extensions.code`, `application/problem+json`); the message is for a person; docs/errors.md is generated from this file.
 * A broken invariant is not here: that is `assert`.
 */

/** How loudly a rejection is logged: what a person must look into is `warn`. */
export type RejectionLogLevel = 'debug' | 'info' | 'warn' | 'error';

interface CatalogueEntry {
  readonly status: number;
  readonly level: RejectionLogLevel;
  readonly message: string;
  /** True where the same request may succeed later, unchanged. */
  readonly retryable?: boolean;
}

export const CATALOGUE = {
  // Input in general.
  BAD_INPUT: { status: 400, level: 'info', message: 'The input cannot be understood.' },
  TOO_MANY_ITEMS: { status: 413, level: 'info', message: 'The input has more items than one call may carry.' },
  BODY_TOO_LARGE: { status: 413, level: 'info', message: 'The body is larger than this door accepts.' },
  BODY_BROKEN_OFF: { status: 400, level: 'info', message: 'The line broke before the whole body had come.', retryable: true },
  QUERY_TOO_DEEP: { status: 400, level: 'info', message: 'The query is nested deeper, or asks for more fields, than is allowed.' },
  DATES_OUT_OF_ORDER: { status: 422, level: 'info', message: 'A date lies before the one it must follow.' },
  TIME_IN_FUTURE: { status: 422, level: 'info', message: 'The event time lies in the future.' },

  // Who may do what.
  UNAUTHENTICATED: { status: 401, level: 'info', message: 'A valid API key is needed.' },
  FORBIDDEN: { status: 403, level: 'warn', message: 'This key may not do that.' },

  // Identity of things.
  NOT_FOUND: { status: 404, level: 'info', message: 'What the input names does not exist, or is not yours to see.' },
  CONFLICT: { status: 409, level: 'warn', message: 'This id was accepted before with other content.' },
  ALREADY_EXISTS: { status: 409, level: 'info', message: 'Something with this name exists already.' },
  CHECK_DIGIT_WRONG: { status: 422, level: 'info', message: 'The check digit of this GS1 key is wrong.' },
  GS1_KEY_INVALID: { status: 422, level: 'info', message: 'This is no valid GS1 key.' },
  LOT_INVALID: { status: 422, level: 'info', message: 'A lot is 1 to 20 characters of the GS1 set 82.' },
  CODE_REUSED: { status: 409, level: 'info', message: 'This code was printed for something else and is never given again.' },
  DIGITAL_LINK_INVALID: { status: 400, level: 'info', message: 'This is no valid GS1 Digital Link.' },
  DEVICE_ID_INVALID: { status: 422, level: 'info', message: 'A device id has no spaces, control characters, +, # or /.' },

  // Files.
  FILE_EMPTY: { status: 422, level: 'info', message: 'The file is empty.' },
  FILE_TOO_LARGE: { status: 413, level: 'info', message: 'The file is larger than a file of its kind may be, or than was told.' },
  FILE_HASH_WRONG: {
    status: 422,
    level: 'info',
    message: 'The file that arrived is not the one that was sent: send it again.',
    retryable: true,
  },
  FILE_UNKNOWN: { status: 422, level: 'info', message: 'Your organisation has sent no such file (POST /files comes first).' },
  MEDIA_TYPE_REFUSED: {
    status: 415,
    level: 'info',
    message: 'Files of this kind are not taken: JPEG, PNG, WebP, HEIC, PDF, XLSX or text.',
  },
  RANGE_WRONG: { status: 416, level: 'info', message: 'The file has no such bytes.' },
  UPLOAD_PROTOCOL_UNKNOWN: { status: 412, level: 'info', message: 'Resumable uploads speak tus 1.0.0.' },
  UPLOAD_OFFSET_WRONG: {
    status: 409,
    level: 'info',
    message: 'The upload stands elsewhere: ask where, and go on from there.',
    retryable: true,
  },
  UPLOADS_TOO_MANY: { status: 429, level: 'warn', message: 'Too many uploads are under way: finish or end some.', retryable: true },
  STORAGE_FULL: { status: 507, level: 'error', message: 'There is no room for more files; nothing of this was kept.', retryable: true },

  // Quantities and money.
  UNIT_UNKNOWN: { status: 422, level: 'info', message: 'This unit is not known: use UN/ECE Recommendation 20, jin or mu.' },
  UNIT_MISMATCH: { status: 422, level: 'info', message: 'These units do not measure the same thing.' },
  QUANTITY_NOT_POSITIVE: { status: 422, level: 'info', message: 'A quantity is greater than zero.' },
  QUANTITY_OUT_OF_RANGE: { status: 422, level: 'info', message: 'The quantity is too large, or finer than can be kept.' },
  NET_CONTENT_MISSING: {
    status: 422,
    level: 'info',
    message: 'Pieces can be counted against weight only where the product states its net content.',
  },
  NET_WEIGHT_MISMATCH: { status: 422, level: 'info', message: 'Net does not agree with gross, tare and deductions.' },
  CURRENCY_UNKNOWN: { status: 422, level: 'info', message: 'This is no currency of ISO 4217 that is known here.' },
  CURRENCY_MISMATCH: { status: 422, level: 'info', message: 'One input carries one currency.' },
  AMOUNT_TOO_FINE: { status: 422, level: 'info', message: 'The amount has more digits than its currency.' },
  AMOUNT_OUT_OF_RANGE: { status: 422, level: 'info', message: 'The amount is negative or too large.' },
  FRACTION_INVALID: { status: 422, level: 'info', message: 'Parts are positive and add up to one.' },

  // Registry.
  AS_OF_CONTRADICTS: { status: 400, level: 'info', message: 'A question is asked as known at a moment or at a snapshot, not at both.' },
  SNAPSHOT_UNKNOWN: { status: 404, level: 'info', message: 'The registry has no such snapshot.' },
  FACT_SUPERSEDED: { status: 409, level: 'info', message: 'This fact was corrected before: correct the newer one.' },

  // Traceability.
  BATCH_OVERDRAWN: { status: 409, level: 'info', message: 'More would be taken from the batch than is there.' },
  CUSTODY_WRONG: { status: 403, level: 'warn', message: 'Only the holder of goods may act on them.' },
  LOT_CLOSED: { status: 409, level: 'info', message: 'The lot is closed: it was drawn from before this delivery was made.' },
  LOT_OF_ANOTHER_PRODUCT: { status: 422, level: 'info', message: 'The lot holds another product.' },
  MASS_BALANCE: { status: 422, level: 'info', message: 'Outputs, waste and declared loss do not agree with the inputs.' },
  ALLOCATION_REQUIRED: {
    status: 422,
    level: 'info',
    message: 'Several products come out: give each a unit value, or name the allocation method.',
  },
  GRAPH_CIRCLE: { status: 422, level: 'warn', message: 'A batch would become part of itself.' },
  SHIPMENT_RECEIVED: { status: 409, level: 'info', message: 'The shipment was received before.' },
  RECEIPT_MISMATCH: { status: 422, level: 'info', message: 'The receipt does not match the shipment line by line.' },
  ERROR_DECLARED: { status: 409, level: 'info', message: 'This event was declared wrong before.' },
  SSCC_STATE: { status: 409, level: 'info', message: 'The logistic unit does not hold what the input says.' },

  // Sales and income.
  SALE_NOT_FINAL: { status: 409, level: 'info', message: 'A sale between businesses on the platform is traced by shipment and receipt.' },
  LINE_OVERALLOCATED: { status: 422, level: 'info', message: 'More is allocated to the line than was sold.' },
  TRADE_WITH_ONESELF: { status: 422, level: 'info', message: 'Payer and payee, or seller and buyer, are the same.' },
  LISTING_UNKNOWN: { status: 422, level: 'info', message: 'The shop has no listing with this SKU.' },
  PROMISE_OVER_ONE: { status: 422, level: 'info', message: 'Rates of one product and date come to more than 100 %.' },
  RATE_MISSING: { status: 409, level: 'info', message: 'No exchange rate is kept for this sale.', retryable: true },
  REFUND_ABOVE_SALE: { status: 422, level: 'info', message: 'More would be refunded than was charged, or come back than was sold.' },
  PAYMENT_STATUS_ORDER: { status: 409, level: 'info', message: 'A payment of this status cannot get that one.' },
  OFFSET_INVALID: {
    status: 422,
    level: 'info',
    message: 'An offset repays a loan between the same two parties, and no more than is open of it.',
  },
  CONFIRMATION_WRONG: { status: 403, level: 'warn', message: 'This does not prove that the money arrived.' },
  COMPOSITION_TOO_LARGE: { status: 422, level: 'warn', message: 'The goods have more upstream events than one computation may load.' },

  // Shops.
  WEBHOOK_SIGNATURE_INVALID: { status: 401, level: 'warn', message: 'The signature of this webhook is wrong.' },
  WEBHOOK_NOT_UNDERSTOOD: { status: 400, level: 'warn', message: 'This webhook is not of a form known here.' },

  // Ours.
  BUSY: { status: 503, level: 'warn', message: 'The platform is not ready: try again.', retryable: true },
  INTERNAL: { status: 500, level: 'error', message: 'Something broke on our side; nothing was stored.', retryable: true },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof CATALOGUE;

/** The values an error names: what was found, what was expected. Strings, numbers and bigints only; never personal data. */
export type ErrorDetail = Readonly<Record<string, unknown>>;

/** A rejection: the caller's mistake, with a code of the catalogue. */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ErrorCode,
    readonly detail: ErrorDetail = {},
    /** Where in the input, as GraphQL spells it: ['input', 'lines', '0', 'quantity']. */
    readonly path: readonly string[] = [],
  ) {
    super(CATALOGUE[code].message);
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }

  get retryable(): boolean {
    const entry: CatalogueEntry = CATALOGUE[this.code];
    return entry.retryable === true;
  }

  /** The same rejection, seen from further out: `within('lines', 0)` puts that before the path. */
  within(...outer: (string | number)[]): DomainError {
    return new DomainError(this.code, this.detail, [...outer.map(String), ...this.path]);
  }
}

/** Runs `body`; a rejection it throws gains `outer` before its path. Anything else passes through. */
export function at<T>(outer: (string | number)[], body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof DomainError ? error.within(...outer) : error;
  }
}

/** What `body` gives, or the rejection it throws, as a value: for lists in which each item stands or falls alone. */
export function orRejection<T>(body: () => T): T | DomainError {
  try {
    return body();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}
