/**
 * What a file is, told by its first bytes and never by its name: only the kinds that a record of this platform can need are taken. Photographs
 * and scans as evidence, tables for imports; nothing that a browser would run. Signatures: ISO/IEC 10918-1 (JPEG), RFC 2083 (PNG), RFC 9649
 * (WebP), ISO/IEC 23008-12 (HEIC), ISO 32000 (PDF), ISO/IEC 29500-2 (XLSX is a ZIP whose first entry is a part of it).
 */
export interface MediaType {
  readonly name: string;
  readonly extension: string;
  readonly bytesMax: number;
}

/** A photograph or a scan. */
export const EVIDENCE_BYTES_MAX = 20 * 1_024 * 1_024;
/** A table of a million rows. */
export const TABLE_BYTES_MAX = 256 * 1_024 * 1_024;
/** The most that any file may have. */
export const FILE_BYTES_MAX = TABLE_BYTES_MAX;
/** So many bytes tell. */
export const SIGNATURE_BYTES = 4_096;

export const XLSX: MediaType = {
  name: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  extension: 'xlsx',
  bytesMax: TABLE_BYTES_MAX,
};
export const TEXT: MediaType = { name: 'text/plain', extension: 'txt', bytesMax: TABLE_BYTES_MAX };
const evidence = (name: string, extension: string): MediaType => ({ name, extension, bytesMax: EVIDENCE_BYTES_MAX });

const XLSX_FIRST_ENTRIES = /^(\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/|customXml\/)/;
const HEIF_BRANDS = new Set(['heic', 'heix', 'hevc', 'heim', 'mif1', 'msf1']);

const SIGNATURES: readonly { readonly type: MediaType; readonly fits: (start: Buffer) => boolean }[] = [
  { type: evidence('image/jpeg', 'jpg'), fits: (start) => start.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  { type: evidence('image/png', 'png'), fits: (start) => start.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')) },
  {
    type: evidence('image/webp', 'webp'),
    fits: (start) => latin1(start, 0, 4) === 'RIFF' && latin1(start, 8, 12) === 'WEBP',
  },
  { type: evidence('image/heic', 'heic'), fits: (start) => latin1(start, 4, 8) === 'ftyp' && HEIF_BRANDS.has(latin1(start, 8, 12)) },
  { type: evidence('application/pdf', 'pdf'), fits: (start) => latin1(start, 0, 5) === '%PDF-' },
  {
    type: XLSX,
    fits: (start) => latin1(start, 0, 4) === 'PK\x03\x04' && XLSX_FIRST_ENTRIES.test(latin1(start, 30, 60)),
  },
  { type: TEXT, fits: looksLikeText },
];

/** The kind of a file that begins so, or null where none is taken. `start`: the first SIGNATURE_BYTES, or all of a shorter file. */
export function mediaTypeOf(start: Buffer): MediaType | null {
  return SIGNATURES.find(({ fits }) => fits(start))?.type ?? null;
}

/** By its name, as it was kept. */
export function mediaTypeNamed(name: string): MediaType | null {
  return SIGNATURES.find(({ type }) => type.name === name)?.type ?? null;
}

/** Text in any encoding has no control characters but the white ones; UTF-16 is told by its mark, or by a zero in every second byte. */
function looksLikeText(start: Buffer): boolean {
  if (start.length === 0) return false;
  if (isUtf16(start)) return true;
  return start.every((byte) => byte >= 0x80 || isTextByte(byte));
}

/** Of ASCII, what text is made of: printable, tab, line feed, form feed, carriage return. */
function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d;
}

/** ASCII in UTF-16 has a zero beside each character: headers of tables always have some. Without the mark every such character must be one. */
function isUtf16(start: Buffer): boolean {
  if (start.length >= 2 && (start.readUInt16BE(0) === 0xfeff || start.readUInt16BE(0) === 0xfffe)) return true;
  const pairs = Math.floor(start.length / 2);
  return [0, 1].some((zeroAt) => {
    let ascii = 0;
    for (let i = 0; i < pairs * 2; i += 2) {
      if (start[i + zeroAt] !== 0) continue;
      if (!isTextByte(start[i + 1 - zeroAt] ?? 0)) return false;
      ascii += 1;
    }
    return pairs > 1 && ascii > pairs / 4;
  });
}

function latin1(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to);
}
