import { connect } from 'node:net';

export interface SocketLoad {
  readonly url: string;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** The next request as it goes over the wire. */
  readonly next: () => Buffer;
}

/** A POST of JSON, ready to be written. */
export function postOf(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries({
    host: 'bench',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
}

/**
 * A closed loop on bare sockets, answers per second. Node's own HTTP client costs more than a bare server: it would measure itself, and make
 * every server look alike. Reads no more of an answer than its status and length; what is in it was looked at before.
 */
export async function socketLoad({ url, inFlight, warmUpMs, durationMs, next }: SocketLoad): Promise<number> {
  const { hostname, port } = new URL(url);
  const fromMs = performance.now() + warmUpMs;
  const untilMs = fromMs + durationMs;
  let answers = 0;
  const client = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let rest: Buffer = Buffer.alloc(0);
      socket.on('connect', () => socket.write(next()));
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('The server closed the connection.')));
      socket.on('data', (chunk: Buffer) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const length = lengthOf(rest);
        if (length === null || rest.length < length) return;
        if (!rest.subarray(0, 12).equals(OK)) return void socket.destroy(new Error(rest.subarray(0, 400).toString()));
        rest = rest.subarray(length);
        const now = performance.now();
        if (now >= fromMs && now < untilMs) answers += 1;
        if (now < untilMs) return void socket.write(next());
        socket.removeAllListeners('close').end();
        resolve();
      });
    });
  await Promise.all(Array.from({ length: inFlight }, client));
  return (answers * 1_000) / durationMs;
}

const OK = Buffer.from('HTTP/1.1 200');

/** Of the whole first answer; null while its head is not there. */
function lengthOf(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, end + 2)) ?? [];
  if (length === undefined) throw new Error('An answer without a length.');
  return end + 4 + Number(length);
}
