import { Readable } from 'node:stream';
import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FileService } from '../../platform/files/file.service.js';
import type { UploadedFile, UploadState } from '../../platform/files/upload.service.js';
import { UploadService } from '../../platform/files/upload.service.js';
import { mediaTypeNamed } from '../../platform/files/media-type.js';
import { parseUuid } from '../../core/kernel/ids.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { byteRange } from './byte-range.js';
import { bodyOf } from './http-body.js';
import { readContinuation, readCreation, requireTus, speaksTus, stateHeaders, TUS_HEADERS } from './tus.js';

interface Received {
  readonly id: string;
  readonly bytes: string;
  readonly mediaType: string;
}

/** Files in, whole or resumable, and out. What is handed out is never run: no browser may take it for a page. */
@Controller('files')
export class FileController {
  constructor(
    private readonly uploads: UploadService,
    private readonly files: FileService,
  ) {}

  /** A whole file as the body; or, spoken to in tus, an upload that is gone on with. */
  @Post()
  async send(
    @By() by: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('sha256') sha256?: string,
  ): Promise<Received | undefined> {
    if (!speaksTus(request.raw.headers)) {
      const file = await this.uploads.sendWhole(by, sha256 ?? null, bodyOf(request));
      reply.header('location', `/files/${file.id}`);
      return receivedOf(file);
    }
    const creation = readCreation(request.raw.headers);
    const state = await this.uploads.create(by, creation, creation.withBody ? bodyOf(request) : null);
    reply.headers({ ...stateHeaders(state), location: `/files/uploads/${state.id}` });
    return undefined;
  }

  /** HEAD too: how far the upload is. */
  @Get('uploads/:id')
  async state(@By() by: Principal, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const state = await this.uploads.state(by, parseUuid(id));
    reply.headers(stateHeaders(state));
    return stateBody(state);
  }

  @Patch('uploads/:id')
  @HttpCode(204)
  async goOn(
    @By() by: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    reply.headers(TUS_HEADERS);
    const from = readContinuation(request.raw.headers);
    reply.headers(stateHeaders(await this.uploads.append(by, parseUuid(id), from, bodyOf(request))));
  }

  @Delete('uploads/:id')
  @HttpCode(204)
  async giveUp(
    @By() by: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    reply.headers(TUS_HEADERS);
    requireTus(request.raw.headers);
    await this.uploads.giveUp(by, parseUuid(id));
  }

  @Get(':id')
  async read(@By() by: Principal, @Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.files.readable(by, id);
    const range = byteRange(request.headers.range, file.bytes);
    const { from, to } = range ?? { from: 0n, to: file.bytes };
    void reply.headers({
      'content-type': file.mediaType,
      'content-disposition': `attachment; filename="${file.id}.${mediaTypeNamed(file.mediaType)?.extension ?? 'bin'}"`,
      'content-length': (to - from).toString(),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
      'accept-ranges': 'bytes',
      ...(range && { 'content-range': `bytes ${from.toString()}-${(to - 1n).toString()}/${file.bytes.toString()}` }),
    });
    await reply.status(range ? 206 : 200).send(Readable.from(this.files.read(file, from, to), { objectMode: false }));
  }
}

function receivedOf({ id, bytes, mediaType }: UploadedFile): Received {
  return { id, bytes: bytes.toString(), mediaType };
}

function stateBody({ id, received, bytes, file }: UploadState): Record<string, unknown> {
  return { id, received: received.toString(), bytes: bytes?.toString() ?? null, file: file && receivedOf(file) };
}
