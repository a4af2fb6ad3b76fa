import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PacketWalker } from './packet-length-guard.js';

const packet = (bytes: number): Buffer => {
  const header = [0x30];
  let rest = bytes;
  do {
    header.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  // A body of 0xff would be read as a header by a walker that lost its place.
  return Buffer.concat([Buffer.from(header), Buffer.alloc(bytes, 0xff)]);
};

describe('PacketWalker', () => {
  it('keeps its place however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 90 })),
        (sizes, cuts) => {
          const stream = Buffer.concat(sizes.map(packet));
          const walker = new PacketWalker(() => 300);
          let accepted = true;
          for (let at = 0, cut = 0; at < stream.length && accepted; cut++) {
            const size = cuts[cut % cuts.length] ?? 7;
            accepted = walker.accepts(stream.subarray(at, at + size));
            at += size;
          }
          expect(accepted).toBe(sizes.every((size) => size <= 300));
        },
      ),
    );
  });

  it('refuses at the header, before the body has come', () => {
    expect(new PacketWalker(() => 1_048_576).accepts(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]))).toBe(false);
    expect(new PacketWalker(() => 268_435_455).accepts(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]))).toBe(true);
  });

  it('refuses a length of more than four bytes', () => {
    expect(new PacketWalker(() => Number.MAX_SAFE_INTEGER).accepts(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]))).toBe(false);
  });
});
