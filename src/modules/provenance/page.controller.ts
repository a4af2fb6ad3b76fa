import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { Resolved } from './digital-link.service.js';
import { DigitalLinkService } from './digital-link.service.js';
import { KeptAnswers, sendTagged } from './kept-answers.js';
import type { PageFrame } from './provenance.page.js';
import { invalidPage, notFoundPage, PAGE_HEADERS, productPage, provenancePage, startPage } from './provenance.page.js';
import { ProvenanceService } from './provenance.service.js';
import { addressOf } from './public-address.js';
import { qrSvg } from './qr.js';
import { languageOf } from './words.js';

/** Pages for people: plain HTML, no script, nothing loaded from elsewhere. */
@Controller()
export class PageController {
  constructor(
    private readonly links: DigitalLinkService,
    private readonly provenance: ProvenanceService,
    private readonly kept: KeptAnswers,
  ) {}

  @Get('p/01/*')
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('lang') lang?: string): Promise<void> {
    const frame = frameOf(request, lang);
    void reply.headers({ ...PAGE_HEADERS, 'content-language': frame.language });
    const key = `${frame.language} ${frame.path}`;
    const kept = await this.kept.page(key);
    if (kept) {
      await sendTagged(request, reply, kept);
      return;
    }
    const resolved = await this.links.resolve(frame.path.replace(/^\/p/, '')).catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
      const unknown = error.code === 'NOT_FOUND';
      void reply.status(unknown ? 404 : 400).send(unknown ? notFoundPage(frame) : invalidPage(frame));
      return null;
    });
    if (resolved) await sendTagged(request, reply, await this.kept.keepPage(key, await this.rendered(resolved, frame)));
  }

  /** With `code`, whatever a person found on the label: leads on to it. */
  @Get()
  async start(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('lang') lang?: string,
    @Query('code') code?: string,
  ): Promise<void> {
    const wanted = typeof code === 'string' ? code.trim() : '';
    if (wanted !== '') {
      await reply.redirect(this.links.pathOfCode(wanted), 303);
      return;
    }
    const frame = frameOf(request, lang);
    await reply.headers({ ...PAGE_HEADERS, 'content-language': frame.language }).send(startPage(frame));
  }

  private async rendered(resolved: Resolved, frame: PageFrame): Promise<string> {
    if (!resolved.batch) return productPage(resolved.product, frame);
    const address = this.links.address(resolved);
    const view = await this.provenance.byId(resolved.batch.id);
    assert(view, 'What was resolved a moment ago is there: batches stay.');
    return provenancePage(view, { ...frame, address, qrSvg: qrSvg(address) });
  }
}

function frameOf(request: FastifyRequest, lang: string | undefined): PageFrame {
  return { language: languageOf(lang, request.headers['accept-language']), path: addressOf(request).path };
}
