import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Upload } from 'tus-js-client';
import { Settings } from '../../../src/platform/config/settings.js';
import { Clock } from '../../../src/platform/clock/clock.js';
import { UNNAMED_KEPT_MS, UPLOAD_KEPT_MS, UploadService } from '../../../src/platform/files/upload.service.js';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aHousehold, anOrganisationAtWork, aPlot, aProduct, kg, yuan } from '../../support/builders.js';
import type { TestS3 } from '../../support/s3.js';
import { startTestS3 } from '../../support/s3.js';

/** A JPEG of so many bytes, as far as its first ones tell; no two are alike. */
const aPhoto = (bytes = 5_000): Buffer => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(bytes - 4)]);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly json: {
    readonly code?: string;
    readonly id?: string;
    readonly mediaType?: string;
    readonly bytes?: string;
    readonly file?: { id: string };
  };
}

class MovedClock extends Clock {
  aheadMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.aheadMs;
  }
}

function sendsAndReads(openS3: (() => Promise<TestS3>) | null): void {
  let test: TestApp;
  let s3: TestS3 | null;
  let cooperative: AnOrganisationAtWork;
  let stranger: AnOrganisationAtWork;
  let productId: string;
  let householdId: string;
  let plotId: string;
  let database: pg.Client;
  const clock = new MovedClock();

  beforeAll(async () => {
    s3 = openS3 ? await openS3() : null;
    test = await startTestApp({ clock, env: s3 ? { S3_URL: s3.url } : {} });
    cooperative = await anOrganisationAtWork(test.admin);
    stranger = await anOrganisationAtWork(test.admin);
    productId = (await aProduct(cooperative.manager, cooperative.id)).id;
    householdId = (await aHousehold(cooperative.manager, cooperative.id)).id;
    plotId = (await aPlot(cooperative.manager, householdId)).id;
    database = new pg.Client({ connectionString: test.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await test.stop();
    await s3?.stop();
  });

  const ask = async (
    method: string,
    path: string,
    options: { key?: string | null; headers?: Record<string, string>; body?: Buffer | Readable } = {},
  ): Promise<Answer> => {
    const { key = cooperative.manager.key, headers = {}, body } = options;
    const response = await fetch(`${test.url}${path}`, {
      method,
      headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...headers },
      ...(body && { body: (body instanceof Readable ? Readable.toWeb(body) : body) as Uint8Array, duplex: 'half' }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: bytes,
      json: (isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : {}) as Answer['json'],
    };
  };
  const send = async (bytes: Buffer, key = cooperative.manager.key): Promise<string> =>
    (await ask('POST', '/files', { key, headers: { 'content-type': 'image/jpeg' }, body: bytes })).json.id ?? '';
  /** A season whose rent has these files as evidence: the simplest record that names any. */
  const seasonPaid = async (evidence: string[], over: Record<string, unknown> = {}): Promise<string | null> =>
    cooperative.manager.rejection('openSeason', {
      id: randomUUID(),
      product: { id: productId },
      plotIds: [plotId],
      name: '2026',
      from: '2026-03-01',
      expected: kg('100'),
      payments: [
        {
          kind: 'WAGE',
          payee: { householdId },
          amount: yuan('10.00'),
          status: 'PAID',
          method: 'CASH',
          paidAt: '2026-03-02T08:00:00+08:00',
          evidence,
        },
      ],
      ...over,
    });

  it('answers the sha-256 of what was sent, and the kind that its bytes tell, whatever it was called', async () => {
    const photo = aPhoto();
    const answer = await ask('POST', '/files', { headers: { 'content-type': 'text/html' }, body: photo });
    expect({ status: answer.status, json: answer.json }).toEqual({
      status: 201,
      json: { id: sha256(photo), bytes: '5000', mediaType: 'image/jpeg' },
    });
  });

  it('takes JSON lines called application/json unread, and a body of unknown length', async () => {
    const lines = Buffer.from('{"a":1}\n{"a":2}\n');
    const answer = await ask('POST', '/files', { headers: { 'content-type': 'application/json' }, body: Readable.from([lines]) });
    expect(answer.json).toEqual({ id: sha256(lines), bytes: '16', mediaType: 'text/plain' });
  });

  it('keeps the same file once, whoever sends it', async () => {
    const photo = aPhoto(2_500_000);
    expect(await send(photo)).toBe(sha256(photo));
    expect(await send(photo)).toBe(sha256(photo));
    expect(await send(photo, stranger.manager.key)).toBe(sha256(photo));
    const { rows } = await database.query(
      `SELECT count(*)::int AS parts, count(DISTINCT p.upload_id)::int AS uploads FROM file_parts p
         JOIN file_uploads u ON u.id = p.upload_id WHERE u.file_id = $1 AND p.stored`,
      [sha256(photo)],
    );
    expect(rows).toEqual([{ parts: 3, uploads: 1 }]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 422, 'FILE_EMPTY'],
    ['a program', Buffer.from('\x7fELF\x02\x01\x01\x00 and more', 'latin1'), 415, 'MEDIA_TYPE_REFUSED'],
    ['a photograph of 21 MB', aPhoto(21 * 1_024 * 1_024), 413, 'FILE_TOO_LARGE'],
  ])('refuses %s and keeps nothing of it', async (_, body, status, code) => {
    const partsOf = async (): Promise<unknown> => (await database.query('SELECT count(*) FROM file_parts WHERE stored')).rows;
    const before = await partsOf();
    const answer = await ask('POST', '/files', { body });
    expect({ status: answer.status, code: answer.json.code }).toEqual({ status, code });
    expect(await partsOf()).toEqual(before);
  });

  it('refuses what is not what the sender has', async () => {
    const answer = await ask('POST', `/files?sha256=${'0'.repeat(64)}`, { body: aPhoto() });
    expect(answer.json.code).toBe('FILE_HASH_WRONG');
  });

  it('lets nobody in without a key, and nobody send who only looks on', async () => {
    expect((await ask('POST', '/files', { key: null, body: aPhoto() })).json.code).toBe('UNAUTHENTICATED');
    expect((await ask('GET', `/files/${'a'.repeat(64)}`, { key: null })).json.code).toBe('UNAUTHENTICATED');
  });

  describe('a file is read through the record that names it', () => {
    it('is nobody’s before, then its record’s readers’, and nobody else’s', async () => {
      const photo = aPhoto();
      const id = await send(photo);
      expect((await ask('GET', `/files/${id}`)).json.code).toBe('NOT_FOUND');
      expect(await seasonPaid([id])).toBeNull();
      const answer = await ask('GET', `/files/${id}`);
      expect(answer.body.equals(photo)).toBe(true);
      expect((await ask('GET', `/files/${id}`, { key: stranger.manager.key })).json.code).toBe('NOT_FOUND');
      expect((await ask('GET', `/files/${id}`, { key: test.adminKey })).status).toBe(200);
    });

    it('is handed out as a thing to keep, never to run', async () => {
      const page = Buffer.from('<html><script>alert(1)</script></html>');
      const id = await send(page);
      await seasonPaid([id]);
      const { headers } = await ask('GET', `/files/${id}`);
      expect(
        Object.fromEntries(
          ['content-type', 'content-disposition', 'x-content-type-options', 'content-security-policy'].map((name) => [
            name,
            headers.get(name),
          ]),
        ),
      ).toEqual({
        'content-type': 'text/plain',
        'content-disposition': `attachment; filename="${id}.txt"`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
    });

    it('is read in ranges, across its parts', async () => {
      const photo = aPhoto(2_500_000);
      const id = await send(photo);
      await seasonPaid([id]);
      const range = await ask('GET', `/files/${id}`, { headers: { range: 'bytes=1048570-1048580' } });
      expect({ status: range.status, range: range.headers.get('content-range') }).toEqual({
        status: 206,
        range: 'bytes 1048570-1048580/2500000',
      });
      expect(range.body.equals(photo.subarray(1_048_570, 1_048_581))).toBe(true);
      expect((await ask('GET', `/files/${id}`, { headers: { range: 'bytes=2500000-' } })).json.code).toBe('RANGE_WRONG');
    });

    it('cannot be named by those who have not sent it, nor before it was sent', async () => {
      const id = await send(aPhoto(), stranger.manager.key);
      expect(await seasonPaid([id])).toBe('FILE_UNKNOWN');
      expect(await seasonPaid(['f'.repeat(64)])).toBe('FILE_UNKNOWN');
    });
  });

  describe('an upload by tus', () => {
    const create = async (headers: Record<string, string>, key = cooperative.manager.key): Promise<Answer> =>
      ask('POST', '/files', { key, headers: { 'tus-resumable': '1.0.0', ...headers } });
    const patch = async (path: string, offset: number, body: Buffer | Readable, more: Record<string, string> = {}): Promise<Answer> =>
      ask('PATCH', path, {
        headers: {
          'tus-resumable': '1.0.0',
          'upload-offset': String(offset),
          'content-type': 'application/offset+octet-stream',
          ...more,
        },
        body,
      });
    const locationOf = (answer: Answer): string => answer.headers.get('location') ?? '';
    const offsetOf = async (path: string): Promise<number> => Number((await ask('HEAD', path)).headers.get('upload-offset'));

    it('is understood by the protocol’s own client, which goes on where it was cut', async () => {
      const photo = aPhoto(3_000_000);
      const options = {
        endpoint: `${test.url}/files`,
        headers: { authorization: `Bearer ${cooperative.manager.key ?? ''}` },
        chunkSize: 700_000,
        retryDelays: null,
      };
      let location = '';
      await new Promise<void>((resolve, reject) => {
        const upload: Upload = new Upload(photo, {
          ...options,
          onError: reject,
          onProgress: (sent) => {
            if (sent < 1_000_000) return;
            location = upload.url ?? '';
            void upload.abort().then(resolve, reject);
          },
        });
        upload.start();
      });
      expect(await offsetOf(new URL(location).pathname)).toBeLessThan(photo.length);
      await new Promise<void>((resolve, reject) => {
        new Upload(photo, { ...options, uploadUrl: location, onError: reject, onSuccess: () => resolve() }).start();
      });
      const state = await ask('GET', new URL(location).pathname);
      expect(state.json.file?.id).toBe(sha256(photo));
      expect(state.headers.get('file-ref')).toBe(sha256(photo));
    });

    it('keeps what came before the line broke', async () => {
      const photo = aPhoto(100_000);
      const path = locationOf(await create({ 'upload-length': '100000' }));
      const torn = new Readable({ read: () => undefined });
      torn.push(photo.subarray(0, 30_000));
      setTimeout(() => torn.destroy(new Error('The line broke.')), 200);
      await expect(patch(path, 0, torn)).rejects.toThrow();
      await eventually(async () => (await offsetOf(path)) === 30_000);
      const done = await patch(path, 30_000, photo.subarray(30_000));
      expect({ status: done.status, file: done.headers.get('file-ref') }).toEqual({ status: 204, file: sha256(photo) });
    });

    it('counts one of two who write the same place, and says to the other where it stands', async () => {
      const photo = aPhoto(400_000);
      const path = locationOf(await create({ 'upload-length': '400000' }));
      const answers = await Promise.all([1, 2, 3].map(() => patch(path, 0, photo)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
      expect((await patch(path, 5, photo)).json.code).toBe('UPLOAD_OFFSET_WRONG');
      expect((await ask('GET', path)).json.file?.id).toBe(sha256(photo));
    });

    it('answers the last piece again when its answer was lost', async () => {
      const photo = aPhoto(2_000);
      const path = locationOf(await create({ 'upload-length': '2000' }));
      await patch(path, 0, photo);
      const again = await patch(path, 2_000, Buffer.alloc(0));
      expect({ status: again.status, file: again.headers.get('file-ref') }).toEqual({ status: 204, file: sha256(photo) });
    });

    it('learns its length late, or begins with its first bytes', async () => {
      const photo = aPhoto(2_000);
      const path = locationOf(await create({ 'upload-defer-length': '1' }));
      await patch(path, 0, photo.subarray(0, 1_000));
      const done = await patch(path, 1_000, photo.subarray(1_000), { 'upload-length': '2000' });
      expect(done.headers.get('file-ref')).toBe(sha256(photo));
      const other = aPhoto(2_000);
      const begun = await ask('POST', '/files', {
        headers: { 'tus-resumable': '1.0.0', 'upload-length': '2000', 'content-type': 'application/offset+octet-stream' },
        body: other,
      });
      expect({ status: begun.status, file: begun.headers.get('file-ref') }).toEqual({ status: 201, file: sha256(other) });
    });

    it('is refused before it is sent where it is told to be too large, and in the middle where it grows past what was told', async () => {
      expect((await create({ 'upload-length': String(1_024 ** 3) })).json.code).toBe('FILE_TOO_LARGE');
      const path = locationOf(await create({ 'upload-length': '1000' }));
      expect((await patch(path, 0, aPhoto(1_001))).json.code).toBe('FILE_TOO_LARGE');
      const photo = locationOf(await create({ 'upload-length': String(30 * 1_024 * 1_024) }));
      expect((await patch(photo, 0, aPhoto(1_100_000))).json.code).toBe('FILE_TOO_LARGE');
    });

    it('is nobody else’s', async () => {
      const path = locationOf(await create({ 'upload-length': '1000' }));
      expect((await ask('GET', path, { key: stranger.manager.key })).json.code).toBe('NOT_FOUND');
    });

    it('speaks one version', async () => {
      const answer = await create({ 'tus-resumable': '0.2.2', 'upload-length': '10' });
      expect(answer.status).toBe(412);
      expect((await create({ 'upload-length': 'many' })).json.code).toBe('BAD_INPUT');
      expect((await create({})).json.code).toBe('BAD_INPUT');
    });

    it('is given up when told so, and nothing of it is left', async () => {
      const path = locationOf(await create({ 'upload-length': '2000' }));
      await patch(path, 0, aPhoto(1_000));
      expect((await ask('DELETE', path, { headers: { 'tus-resumable': '1.0.0' } })).status).toBe(204);
      expect((await ask('GET', path)).json.code).toBe('NOT_FOUND');
      const { rows } = await database.query('SELECT count(*)::int AS parts FROM file_parts WHERE upload_id = $1', [path.split('/').pop()]);
      expect(rows).toEqual([{ parts: 0 }]);
    });
  });

  it('sweeps uploads that nobody went on with and files that nobody named, and keeps the named ones', async () => {
    const [named, unnamed] = [aPhoto(), aPhoto()];
    await seasonPaid([await send(named)]);
    await send(unnamed);
    const begun = await ask('POST', '/files', {
      headers: { 'tus-resumable': '1.0.0', 'upload-length': '2000', 'content-type': 'application/offset+octet-stream' },
      body: aPhoto(1_000),
    });
    clock.aheadMs = UPLOAD_KEPT_MS + 1_000;
    await test.app.get(UploadService).sweep();
    expect((await ask('GET', begun.headers.get('location') ?? '')).json.code).toBe('NOT_FOUND');
    expect(await seasonPaid([sha256(unnamed)])).toBeNull();
    const third = aPhoto();
    await send(third);
    clock.aheadMs += UNNAMED_KEPT_MS + 1_000;
    await test.app.get(UploadService).sweep();
    expect((await ask('GET', `/files/${sha256(named)}`)).body.equals(named)).toBe(true);
    expect(await seasonPaid([sha256(third)])).toBe('FILE_UNKNOWN');
    const { rows } = await database.query('SELECT count(*)::int AS refuse FROM file_parts WHERE NOT stored');
    expect(rows).toEqual([{ refuse: 0 }]);
    clock.aheadMs = 0;
  });

  it('keeps nothing readable: not the content, and not the name', async () => {
    const secret = `受灾农户 ${randomUUID()}`;
    await send(Buffer.from(secret));
    const folder = s3 ? s3.directory : join(test.app.get(Settings).environment.dataDir, 'files');
    const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const contents = await Promise.all(entries.map((entry) => readFile(join(entry.parentPath, entry.name))));
    expect(contents.length).toBeGreaterThan(0);
    expect(contents.filter((content) => content.includes(secret))).toEqual([]);
    expect(entries.filter(({ name }) => name.includes(sha256(Buffer.from(secret))))).toEqual([]);
  });
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('files in a folder', () => {
  sendsAndReads(null);
});
describe('files in a bucket', () => {
  sendsAndReads(startTestS3);
});
