import type { Socket } from 'node:net';

/**
 * Ends a connection as soon as a packet announces more bytes than are allowed, before they are collected in memory: MQTT lets a header
 * promise 256 MB (MQTT 3.1.1, 2.2.3), and the parser waits for all of them. Only headers are looked at: one step a packet, not a byte.
 * `bytesMax` is asked for each packet, so that a stranger gets less room than a device that signed in.
 */
export function guardPacketLength(socket: Socket, bytesMax: () => number, onTooLong: () => void): void {
  const read = socket.read.bind(socket);
  const walker = new PacketWalker(bytesMax);
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!Buffer.isBuffer(chunk) || walker.accepts(chunk)) return chunk;
    onTooLong();
    socket.destroy(new Error('packet too long'));
    return null;
  };
}

const LENGTH_BYTES_MAX = 4;

/** Follows the packet borders in a stream of chunks. */
export class PacketWalker {
  /** Bytes of the packet under way that are still to come; null while its header is being read. */
  private rest: number | null = null;
  private headerBytes = 0;
  private length = 0;

  constructor(private readonly bytesMax: () => number) {}

  /** False once a packet announces more than `bytesMax` bytes behind its header, or a length of no valid form. */
  accepts(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.rest !== null) {
        const taken = Math.min(this.rest, chunk.length - at);
        at += taken;
        this.rest = this.rest === taken ? null : this.rest - taken;
      } else if (!this.header(chunk[at++] ?? 0)) {
        return false;
      }
    }
    return true;
  }

  private header(byte: number): boolean {
    if (this.headerBytes === 0) {
      this.headerBytes = 1;
      this.length = 0;
      return true;
    }
    this.length += (byte & 0x7f) * 128 ** (this.headerBytes - 1);
    if (byte & 0x80) {
      this.headerBytes += 1;
      return this.headerBytes <= LENGTH_BYTES_MAX;
    }
    this.headerBytes = 0;
    this.rest = this.length === 0 ? null : this.length;
    return this.length <= this.bytesMax();
  }
}
