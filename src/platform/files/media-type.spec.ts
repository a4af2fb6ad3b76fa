import { describe, expect, it } from '@jest/globals';
import { mediaTypeOf } from './media-type.js';

const nameOf = (start: Buffer): string | null => mediaTypeOf(start)?.name ?? null;

describe('the kind of a file is told by its first bytes', () => {
  it.each([
    ['image/jpeg', Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['image/png', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['image/webp', Buffer.from('RIFF\x10\x00\x00\x00WEBPVP8 ', 'latin1')],
    ['image/heic', Buffer.from('\x00\x00\x00\x18ftypheic', 'latin1')],
    ['application/pdf', Buffer.from('%PDF-1.7\n')],
    [
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      Buffer.from(`PK\x03\x04${'\0'.repeat(26)}[Content_Types].xml`, 'latin1'),
    ],
    ['text/plain', Buffer.from('户号,姓名\r\n1,张三\r\n')],
    ['text/plain', Buffer.from('b1e0bac52cd0d5c3fb0d0a', 'hex')],
    ['text/plain', Buffer.from('\ufeffname\t1\r\n', 'utf16le')],
    ['text/plain', Buffer.from('name\t1\r\n', 'utf16le')],
    ['text/plain', Buffer.from('name\t1\r\n', 'utf16le').swap16()],
  ])('%s', (name, start) => {
    expect(nameOf(start)).toBe(name);
  });

  it.each([
    ['a program', Buffer.from('\x7fELF\x02\x01\x01\x00', 'latin1')],
    ['a program for Windows', Buffer.from('MZ\x90\x00\x03\x00', 'latin1')],
    ['a ZIP that is no table', Buffer.from(`PK\x03\x04${'\0'.repeat(26)}holiday.jpg`, 'latin1')],
    ['a video', Buffer.from('\x00\x00\x00\x18ftypisom', 'latin1')],
    ['gzip', Buffer.from('1f8b0800000000', 'hex')],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(4_096)],
  ])('%s is not taken', (_, start) => {
    expect(nameOf(start)).toBeNull();
  });
});
