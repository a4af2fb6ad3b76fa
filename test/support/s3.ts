import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

/** An S3-compatible server of the test's own, which refuses requests whose signature is wrong. */
export interface TestS3 {
  /** For S3_URL: a bucket that nobody else uses. */
  readonly url: string;
  /** Where it keeps what it is given. */
  readonly directory: string;
  stop(): Promise<void>;
}

const KEY = 'S3RVER';

export async function startTestS3(): Promise<TestS3> {
  const directory = await mkdtemp(join(tmpdir(), 'sheaf-s3-'));
  const bucket = `bucket-${randomUUID()}`;
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    allowMismatchedSignatures: false,
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = await server.run();
  return {
    url: `http://${KEY}:${KEY}@127.0.0.1:${String(port)}/${bucket}?region=us-east-1`,
    directory,
    async stop() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
