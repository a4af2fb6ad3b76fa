import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LINKSET_CONTEXT, linkOfType, linksetOf } from '../../core/gs1/linkset.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { Resolved } from './digital-link.service.js';
import { DigitalLinkService } from './digital-link.service.js';
import { KeptAnswers, sendTagged } from './kept-answers.js';
import { representationOf } from './negotiation.js';
import { invalidPage, notFoundPage, PAGE_HEADERS } from './provenance.page.js';
import { addressOf, openToAll } from './public-address.js';
import { languageOf } from './words.js';

/** GS1 Digital Link resolution (GS1-Conformant resolver 1.2): one address, answered by what the client accepts. */
@Controller()
export class DigitalLinkController {
  constructor(
    private readonly links: DigitalLinkService,
    private readonly kept: KeptAnswers,
  ) {}

  @Get('01/*')
  async byDigitalLink(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('linkType') linkType?: string | string[],
  ): Promise<void> {
    const { path } = addressOf(request);
    await this.answer(request, reply, linkType, () => this.links.resolve(path));
  }

  @Get('t/:code')
  async byShortCode(
    @Req() request: FastifyRequest<{ Params: { code: string } }>,
    @Res() reply: FastifyReply,
    @Query('linkType') linkType?: string | string[],
  ): Promise<void> {
    await this.answer(request, reply, linkType, () => this.links.resolveShortCode(request.params.code));
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    linkType: string | string[] | undefined,
    resolve: () => Promise<Resolved>,
  ): Promise<void> {
    openToAll(reply).header('vary', 'Accept, Accept-Language');
    const representation = representationOf(request.headers.accept);
    const resolved = await resolve().catch((error: unknown) => {
      if (representation === 'text/html' && saysSoOnPage(request, reply, error)) return null;
      throw error;
    });
    if (!resolved) return;
    const wish = [linkType].flat()[0];
    const address = this.links.address(resolved);
    void reply.header('link', `<${address}?linkType=linkset>; rel="linkset"; type="application/linkset+json"`);
    if (wish === 'linkset' || wish === 'all' || (wish === undefined && representation === 'application/linkset+json')) {
      void reply.header('link', `<${LINKSET_CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`);
      await reply.type('application/linkset+json').send(JSON.stringify(linksetOf(this.links.levels(resolved))));
      return;
    }
    if (wish !== undefined && !linkOfType(this.links.levels(resolved), wish))
      throw new DomainError('NOT_FOUND', { linkType: wish.slice(0, 128) });
    if (wish === undefined && representation !== 'text/html') {
      await sendTagged(
        request,
        reply.type(representation),
        await this.kept.document(this.links.name(resolved), () => this.links.document(resolved)),
      );
      return;
    }
    // Every link that is served so far leads to the page.
    await reply.redirect(this.links.pagePath(resolved.path) + addressOf(request).query, 307);
  }
}

/** A reader gets a page where nothing is known under the code; a code that is wrong as such is told in the contract's own form. */
function saysSoOnPage(request: FastifyRequest, reply: FastifyReply, error: unknown): boolean {
  if (!(error instanceof DomainError)) return false;
  const frame = { language: languageOf(undefined, request.headers['accept-language']), path: addressOf(request).path };
  if (error.code === 'NOT_FOUND') void reply.status(404).headers(PAGE_HEADERS).send(notFoundPage(frame));
  else if (error.code === 'BAD_INPUT') void reply.status(400).headers(PAGE_HEADERS).send(invalidPage(frame));
  else return false;
  return true;
}
