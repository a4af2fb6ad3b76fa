import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { DomainError } from '../../core/kernel/errors.js';
import { BlobStore, requireBlobName } from './blob-store.js';

const REQUEST_MS_MAX = 30_000;
const ATTEMPTS_MAX = 4;
const PAUSE_MS = 200;

/** No answer at all; the body is why. */
const UNREACHED = 0;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** What the operator's S3_URL says: https://KEY:SECRET@host/bucket?region=…, path style. */
export interface S3Place {
  /** Of the bucket, without trailing slash. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** In a bucket that speaks S3 (AWS, MinIO, Ceph, OSS …), each request signed with AWS Signature Version 4, its body's hash included. */
export class S3BlobStore extends BlobStore {
  private readonly client: AwsClient;

  constructor(private readonly place: S3Place) {
    super();
    const { accessKeyId, secretAccessKey, region } = place;
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  }

  override async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.send('PUT', name, bytes);
  }

  override async get(name: string): Promise<Buffer | null> {
    return this.send('GET', name);
  }

  override async delete(names: readonly string[]): Promise<void> {
    for (const name of names) await this.send('DELETE', name);
  }

  /** Throws with a sentence for the operator where the bucket cannot be used. */
  async requireBucket(): Promise<void> {
    const probe = randomUUID();
    await this.send('PUT', probe, Buffer.from('sheaf'));
    const found = await this.send('GET', probe);
    if (found?.toString() !== 'sheaf') throw new Error('The S3 bucket does not give back what was put there.');
    await this.send('DELETE', probe);
  }

  /** Every request may be sent again: a blob is only ever written whole, under a name of its own. */
  private async send(method: 'PUT' | 'GET' | 'DELETE', name: string, body?: Uint8Array): Promise<Buffer | null> {
    requireBlobName(name);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.once(method, name, body);
      if (answer.status >= 200 && answer.status < 300) return answer.body;
      if (answer.status === 404 && method !== 'PUT') return null;
      if (answer.status === 507) throw new DomainError('STORAGE_FULL');
      const passing = answer.status === UNREACHED || answer.status >= 500 || answer.status === 429;
      if (!passing || attempt >= ATTEMPTS_MAX) throw new Error(`S3 ${method}: ${told(answer)}`);
      await delay(PAUSE_MS * 2 ** (attempt - 1));
    }
  }

  private async once(method: string, name: string, body?: Uint8Array): Promise<Answer> {
    try {
      const signal = AbortSignal.timeout(REQUEST_MS_MAX);
      const answer = await this.client.fetch(`${this.place.url}/${name}`, { method, ...(body && { body }), signal });
      return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
    } catch (error) {
      const { message, cause } = error as { message: string; cause?: { message?: string } };
      return { status: UNREACHED, body: Buffer.from(`${message}${cause?.message ? ` (${cause.message})` : ''}`) };
    }
  }
}

/** For the operator: the server's own code (in the XML of S3), never what was sent. */
function told({ status, body }: Answer): string {
  if (status === UNREACHED) return body.toString();
  const [, code] = /<Code>(\w+)<\/Code>/.exec(body.toString()) ?? [];
  return `HTTP ${String(status)}${code === undefined ? '' : ` ${code}`}`;
}
