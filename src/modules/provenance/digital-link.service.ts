import { Injectable } from '@nestjs/common';
import type { EpcisDocument } from '../../core/epcis/epcis-json.js';
import { toEpcisDocument } from '../../core/epcis/epcis-json.js';
import type { EpcisEvent } from '../../core/epcis/event.js';
import { CANONICAL_HOST, digitalLink, onHost, parseDigitalLink } from '../../core/gs1/digital-link.js';
import type { Level } from '../../core/gs1/linkset.js';
import { GS1_VOCABULARY } from '../../core/gs1/linkset.js';
import { parseShortCode } from '../../core/gs1/short-code.js';
import { DomainError } from '../../core/kernel/errors.js';
import { Clock } from '../../platform/clock/clock.js';
import { Settings } from '../../platform/config/settings.js';
import { RegistryService } from '../registry/index.js';
import type { StoredBatch } from '../traceability/index.js';
import { BatchService } from '../traceability/index.js';
import { itemLink, itemOf, pathOfCode } from './item-link.js';
import { productView } from './product.js';
import { ProvenanceService } from './provenance.service.js';
import type { ProductView } from './view.js';
import { LANGUAGES } from './words.js';

/** A thing that a code names: a product, or a batch of it. */
export interface Resolved {
  /** "/01/{gtin}[/10/{lot}] …", percent-encoded, without trailing slash. */
  readonly path: string;
  readonly product: ProductView;
  readonly batch: StoredBatch | null;
}

export interface ProductDocument {
  readonly '@context': Readonly<Record<'gs1', string>>;
  readonly '@type': 'gs1:Product';
  readonly '@id': string;
  readonly 'gs1:gtin': string;
  readonly 'gs1:productName': string;
}

/** What stands behind the addresses /01/… and /t/…. */
@Injectable()
export class DigitalLinkService {
  constructor(
    private readonly batches: BatchService,
    private readonly registry: RegistryService,
    private readonly provenance: ProvenanceService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** `path`: as it came, "/01/{gtin}…", percent-encoded, without query. Throws DIGITAL_LINK_INVALID, NOT_FOUND. */
  async resolve(path: string): Promise<Resolved> {
    const plain = path.replace(/\/$/, '');
    const link = parseDigitalLink(plain);
    const item = itemOf(link);
    // The host's own path is PUBLIC_URL's matter: here the link is the whole path.
    const segments = 2 + 2 * link.qualifiers.length;
    if (!item || plain.split('/').length - 1 !== segments) throw new DomainError('DIGITAL_LINK_INVALID', { found: path.slice(0, 128) });
    const batch = item.lot === null ? null : await this.batches.byCode(itemLink(item));
    const [product] = await this.registry.productsByGtin([item.gtin]);
    if (!product || (item.lot !== null && !batch)) throw new DomainError('NOT_FOUND', { ...item });
    return { path: plain, product: productView(item.gtin, product), batch };
  }

  /** Throws BAD_INPUT for a mistyped short code, NOT_FOUND. */
  async resolveShortCode(code: string): Promise<Resolved> {
    const batch = await this.batches.byCode(parseShortCode(code));
    if (!batch) throw new DomainError('NOT_FOUND', { shortCode: code.slice(0, 32) });
    const [product] = await this.registry.products([batch.productId]);
    return { path: batch.digitalLink.slice(CANONICAL_HOST.length), product: productView(batch.gtin, product), batch };
  }

  /** The address that a QR code carries: of the batch or product, on this host. */
  address(resolved: Resolved): string {
    return onHost(this.name(resolved), this.settings.publicUrl);
  }

  /** The canonical link of the batch or product. */
  name({ product, batch }: Resolved): string {
    return batch?.digitalLink ?? digitalLink({ gtin: product.gtin });
  }

  /** Where to look up what a person typed: a web address or Digital Link of any host, else a short code. */
  pathOfCode(code: string): string {
    return this.ownPath + pathOfCode(code);
  }

  /** The page's path as a browser at PUBLIC_URL must ask for it. */
  pagePath(path: string): string {
    return `${this.ownPath}/p${path}`;
  }

  /** The links of the thing, then those of its product. */
  levels(resolved: Resolved): Level[] {
    const { product, batch } = resolved;
    const page = { languages: LANGUAGES, mediaType: 'text/html' };
    const productLink = digitalLink({ gtin: product.gtin });
    const ofProduct: Level = {
      anchor: onHost(productLink, this.settings.publicUrl),
      itemDescription: product.name,
      links: [{ ...page, type: 'pip', href: this.pageAddress(productLink), title: product.name }],
    };
    if (!batch) return [ofProduct];
    const name = `${product.name}, lot ${batch.lot}`;
    const href = this.pageAddress(batch.digitalLink);
    const ofBatch: Level = {
      anchor: onHost(batch.digitalLink, this.settings.publicUrl),
      itemDescription: name,
      links: [
        { ...page, type: 'pip', href, title: name },
        { ...page, type: 'traceability', href, title: `Harvests and journey of ${name}` },
      ],
    };
    return [ofBatch, ofProduct];
  }

  /** A batch as the EPCIS document of its public events; a product as one of the GS1 Web Vocabulary. */
  async document(resolved: Resolved): Promise<EpcisDocument | ProductDocument> {
    const { product, batch } = resolved;
    if (!batch) {
      const name = { 'gs1:gtin': product.gtin, 'gs1:productName': product.name };
      return { '@context': { gs1: GS1_VOCABULARY }, '@type': 'gs1:Product', '@id': digitalLink({ gtin: product.gtin }), ...name };
    }
    const events = await this.provenance.publicEvents(batch.id);
    // What was stored is what the constructors of core/epcis made, and nothing amends it.
    const list = events.map((event) => event.epcis as unknown as EpcisEvent);
    return toEpcisDocument(list, { creationDate: { epochMs: this.clock.nowMs(), offsetMinutes: 0 } });
  }

  /** A reverse proxy may serve the platform below a path. */
  private get ownPath(): string {
    return new URL(this.settings.publicUrl).pathname.replace(/\/+$/, '');
  }

  private pageAddress(canonical: string): string {
    return onHost(canonical, `${this.settings.publicUrl}/p`);
  }
}
