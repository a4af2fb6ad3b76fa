// The symbology called "raw" hides the function of that name among the named exports; the default export has the function.
import bwip from '@bwip-js/node';

const QUIET = 2;

/** A QR code as lines of half blocks, two modules a character; the blocks are its light part, as a dark terminal wants it. */
export function qrLines(text: string): string[] {
  const [symbol] = bwip.raw('qrcode', text, 'eclevel=M');
  if (!symbol || !('pixs' in symbol)) throw new Error('A QR code is a matrix.');
  const { pixs, pixx, pixy } = symbol;
  const isDark = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < pixx && y < pixy && pixs[y * pixx + x] === 1;
  const lines: string[] = [];
  for (let y = -QUIET; y < pixy + QUIET; y += 2) {
    let line = '';
    for (let x = -QUIET; x < pixx + QUIET; x += 1) {
      const [upper, lower] = [isDark(x, y), isDark(x, y + 1)];
      line += upper ? (lower ? ' ' : '▄') : lower ? '▀' : '█';
    }
    lines.push(line);
  }
  return lines;
}
