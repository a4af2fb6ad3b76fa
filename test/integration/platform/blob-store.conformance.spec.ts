import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseEnvironment } from '../../../src/platform/config/environment.js';
import { DomainError } from '../../../src/core/kernel/errors.js';
import type { BlobStore } from '../../../src/platform/files/blob-store.js';
import { LocalBlobStore } from '../../../src/platform/files/local-blob-store.js';
import { S3BlobStore } from '../../../src/platform/files/s3-blob-store.js';
import type { TestS3 } from '../../support/s3.js';
import { startTestS3 } from '../../support/s3.js';

const rejection = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof DomainError ? error.code : String(error);
};

function conformsAsBlobStore(open: () => BlobStore): void {
  it('gives back the bytes as they were put, a part of a megabyte too', async () => {
    const blobs = open();
    for (const bytes of [Buffer.from('修文猕猴桃'), randomBytes(1_100_000)]) {
      const name = randomUUID();
      await blobs.put(name, bytes);
      expect((await blobs.get(name))?.equals(bytes)).toBe(true);
    }
  });

  it('answers null for what never was, and for what is deleted', async () => {
    const blobs = open();
    const name = randomUUID();
    expect(await blobs.get(name)).toBeNull();
    await blobs.put(name, Buffer.from('x'));
    await blobs.delete([name, randomUUID()]);
    expect(await blobs.get(name)).toBeNull();
  });

  it('puts again what was not known to have arrived', async () => {
    const blobs = open();
    const name = randomUUID();
    await Promise.all([1, 2, 3].map(() => blobs.put(name, Buffer.from('same'))));
    expect((await blobs.get(name))?.toString()).toBe('same');
  });

  it('takes no name that leads elsewhere', async () => {
    const blobs = open();
    expect(await rejection(blobs.put('../../etc/passwd', Buffer.from('x')))).toContain('no name of a blob');
    expect(await rejection(blobs.get('a/b'))).toContain('no name of a blob');
  });
}

describe('a folder', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sheaf-blobs-'));
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  conformsAsBlobStore(() => new LocalBlobStore(directory, 0));

  const filesOf = async (): Promise<string[]> =>
    (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);

  it('leaves the database its room: a disk that is nearly full takes nothing more', async () => {
    const before = await filesOf();
    expect(await rejection(new LocalBlobStore(directory, Number.MAX_SAFE_INTEGER).put(randomUUID(), Buffer.from('x')))).toBe(
      'STORAGE_FULL',
    );
    expect(await filesOf()).toEqual(before);
  });

  it('leaves nothing half there when the disk runs full in the middle of writing', async () => {
    class FullDisk extends LocalBlobStore {
      protected override async write(path: string, bytes: Uint8Array): Promise<void> {
        await super.write(path, bytes.subarray(0, bytes.length / 2));
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      }
    }
    const before = await filesOf();
    const name = randomUUID();
    const disk = new FullDisk(directory, 0);
    expect(await rejection(disk.put(name, randomBytes(1_000)))).toBe('STORAGE_FULL');
    expect(await disk.get(name)).toBeNull();
    expect(await filesOf()).toEqual(before);
  });
});

describe('a bucket that speaks S3', () => {
  let s3: TestS3;

  beforeAll(async () => {
    s3 = await startTestS3();
  });

  afterAll(() => s3.stop());

  const placeOf = (url: string): ConstructorParameters<typeof S3BlobStore>[0] => {
    const place = parseEnvironment({ S3_URL: url }).s3;
    if (!place) throw new Error('No place.');
    return place;
  };

  conformsAsBlobStore(() => new S3BlobStore(placeOf(s3.url)));

  it('is tried out when the platform starts', async () => {
    await expect(new S3BlobStore(placeOf(s3.url)).requireBucket()).resolves.toBeUndefined();
  });

  it('says what the server says to a wrong key, and does not try again', async () => {
    const wrong = new S3BlobStore({ ...placeOf(s3.url), secretAccessKey: 'wrong' });
    expect(await rejection(wrong.requireBucket())).toContain('HTTP 403 SignatureDoesNotMatch');
  });

  it('says that nobody is there, after a few tries', async () => {
    const nobody = new S3BlobStore({ ...placeOf(s3.url), url: 'http://127.0.0.1:1/bucket' });
    expect(await rejection(nobody.get(randomUUID()))).toContain('fetch failed');
  });
});
