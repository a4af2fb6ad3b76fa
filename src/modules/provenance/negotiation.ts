export const REPRESENTATIONS = ['text/html', 'application/ld+json', 'application/json', 'application/linkset+json'] as const;
export type Representation = (typeof REPRESENTATIONS)[number];

/**
 * What the client would rather have (RFC 9110, 12.5.1): highest quality, then the more specific range, then the order above. Whoever names
 * nothing of ours is a reader: the GS1 resolver standard leads to the default link where no better match is found, and never answers 406.
 */
export function representationOf(accept: string | undefined): Representation {
  const ranges = (accept ?? '*/*').split(',').map((range) => {
    const [type = '', ...parameters] = range
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const quality = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1]).find((q) => q !== undefined);
    return { type, quality: Number(quality ?? '1') };
  });
  const wishes = REPRESENTATIONS.map((representation) => {
    const [main = ''] = representation.split('/');
    const fit = [representation, `${main}/*`, '*/*'].map((name) => ranges.find((range) => range.type === name));
    const specificity = fit.findIndex((range) => range !== undefined);
    return { representation, quality: fit[specificity]?.quality ?? 0, specificity };
  });
  const best = wishes.filter((wish) => wish.quality > 0).sort((a, b) => b.quality - a.quality || a.specificity - b.specificity)[0];
  return best?.representation ?? 'text/html';
}
