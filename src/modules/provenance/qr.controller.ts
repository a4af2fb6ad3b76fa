import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../core/kernel/errors.js';
import { DigitalLinkService } from './digital-link.service.js';
import { addressOf, openToAll } from './public-address.js';
import { qrPng, qrSvg } from './qr.js';

/** The QR code for the label, of things that exist only: what is printed cannot be called back. */
@Controller()
export class QrController {
  constructor(private readonly links: DigitalLinkService) {}

  @Get('qr/01/*')
  async code(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [, path = '', format] = /^\/qr(\/.*)\.(svg|png)$/.exec(addressOf(request).path) ?? [];
    openToAll(reply);
    if (format === undefined) throw new DomainError('NOT_FOUND', { expected: '.svg or .png' });
    const address = this.links.address(await this.links.resolve(path));
    if (format === 'svg') await reply.type('image/svg+xml').send(qrSvg(address));
    else await reply.type('image/png').send(await qrPng(address));
  }
}
