import { derivedUuid } from '../src/core/kernel/ids.js';

export type Input = Readonly<Record<string, unknown>>;

/** The same name gives the same id in every run, so that every run tells the same story. */
export function idOf(...name: readonly (string | number)[]): string {
  return derivedUuid('demo', ...name);
}

/** Kilograms, as inputs say them. */
export function kg(value: string | number): Input {
  return { value: String(value), unit: 'KGM' };
}

/** Half kilograms: what a scale in Guizhou shows. */
export function jin(value: string | number): Input {
  return { value: String(value), unit: 'jin' };
}

/** 2,000/3 square metres. */
export function mu(value: string): Input {
  return { value, unit: 'mu' };
}

export function pieces(value: string | number): Input {
  return { value: String(value), unit: 'H87' };
}

export function yuan(amount: string): Input {
  return { amount, currency: 'CNY' };
}

export function yuanPer(unit: string, amount: string): Input {
  return { amount: yuan(amount), per: unit };
}

/** 13600 → "136.00". */
export function decimalOfFen(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** "-1.05" → -105. Exact: amounts of the demo are far below 2^53 fen. */
export function fenOf(amount: string): number {
  const match = /^(-?)(\d+)\.(\d{2})$/.exec(amount);
  if (!match) throw new Error(`"${amount}" is no amount in yuan and fen.`);
  const fen = Number(match[2]) * 100 + Number(match[3]);
  return match[1] === '-' ? -fen : fen;
}
