import { describe, expect, it } from '@jest/globals';
import { toSVG } from '@bwip-js/node';
import { qrPng, qrSvg } from './qr.js';

const ADDRESS = 'http://localhost:3000/01/09506000134352/10/ABC123';

describe('a QR code', () => {
  it('carries the address as it is, on a host of our own with a port', () => {
    const plain = { bcid: 'qrcode', text: ADDRESS, eclevel: 'M', scale: 1, padding: 8, backgroundcolor: 'FFFFFF' };
    expect(qrSvg(ADDRESS)).toBe(toSVG(plain));
  });

  it('is a square of 29 modules within a quiet zone of four', () => {
    expect(qrSvg(ADDRESS)).toMatch(/^<svg viewBox="0 0 74 74" xmlns="http:\/\/www\.w3\.org\/2000\/svg">/);
  });

  it('is a PNG of eight pixels a module', async () => {
    const png = await qrPng(ADDRESS);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([296, 296]);
  });

  it.each(['L%2F1', 'a%22b', '%25x', '%28x%29', 'A%2BB', 'X%3F%26%3D', '12%3A30', '-._'])('takes the lot %s', (lot) => {
    expect(qrSvg(`https://sheaf.example/01/09506000134352/10/${lot}`)).toContain('<svg');
  });
});
