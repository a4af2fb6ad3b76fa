import { toBuffer, toSVG } from '@bwip-js/node';

/** GS1's requirement for a QR code with a Digital Link is level M or better; a module is two units here, and the quiet zone four modules. */
const OPTIONS = { bcid: 'gs1dlqrcode', eclevel: 'M', scale: 1, padding: 8, backgroundcolor: 'FFFFFF' } as const;
/** Times two pixels a module, enough for a label of 2 cm at 300 dpi. */
const PNG_SCALE = 4;

/** A QR code as an SVG element, for a page or a file. `address`: a GS1 Digital Link on any host. */
export function qrSvg(address: string): string {
  return toSVG({ ...OPTIONS, text: address });
}

export async function qrPng(address: string): Promise<Buffer> {
  return toBuffer({ ...OPTIONS, text: address, scale: PNG_SCALE });
}
