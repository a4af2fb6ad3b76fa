import type { ProductView } from './view.js';

interface NamedProduct {
  readonly name: string;
  readonly netContentSaid: ProductView['netContent'];
}

/** What of a product is public. Without a name it is still its GTIN. */
export function productView(gtin: string, product: NamedProduct | undefined): ProductView {
  return { gtin, name: product?.name ?? gtin, netContent: product?.netContentSaid ?? null };
}
