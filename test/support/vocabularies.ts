/**
 * The source files that are made of the standards' own machine-readable lists: terms of the vocabulary, formats of the application identifiers. Only
 * identifiers and formats are taken; what a term means is in the standard.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { conformance } from './conformance.js';

interface Ontology {
  readonly '@graph': readonly { readonly '@id': string; readonly '@type': string | readonly string[] }[];
}

/** Class of the ontology → name of our list and of its type. */
const CBV_CLASSES = [
  ['cbv:BizStep', 'BIZ_STEPS', 'Steps of a business process (CBV 2.0, 7.1).'],
  ['cbv:Disp', 'DISPOSITIONS', 'States of goods after an event (CBV 2.0, 7.2).'],
  ['cbv:BTT', 'BIZ_TRANSACTION_TYPES', 'Kinds of documents (CBV 2.0, 7.3): purchase order, invoice, despatch advice, certificate ...'],
  ['cbv:SDT', 'SOURCE_DESTINATION_TYPES', 'In what capacity a source or destination is one (CBV 2.0, 7.4).'],
  ['cbv:ER', 'ERROR_REASONS', 'Why an event is declared wrong (CBV 2.0, 7.5).'],
  ['cbv:Comp', 'SENSOR_COMPONENTS', 'Components of a vector that a sensor measured (CBV 2.0, 7.6).'],
] as const;
const GS1_CONTEXTS = [
  ['gs1-context-measurement-type.jsonld', 'MEASUREMENT_TYPES', 'What a sensor measured (GS1 Web Vocabulary, MeasurementType).'],
  ['gs1-context-sensor-alert-type.jsonld', 'SENSOR_ALERT_TYPES', 'What a sensor warned of (GS1 Web Vocabulary, SensorAlertType).'],
] as const;

/** src/core/epcis/cbv-terms.ts, from the ontology of CBV and the contexts of the two lists that the Web Vocabulary owns. */
export async function cbvTermsSource(): Promise<string> {
  const ontology = JSON.parse(readFileSync(conformance('epcis/gs1-EPCIS/Ontology/CBV.jsonld'), 'utf8')) as Ontology;
  const ofClass = (name: string): string[] =>
    ontology['@graph'].filter((node) => node['@type'] === name).map((node) => node['@id'].slice(`${name}-`.length));
  const inContext = (file: string): string[] => {
    const text = readFileSync(conformance(`epcis/gs1-EPCIS/JSON-LD-Context/${file}`), 'utf8');
    const { '@context': terms } = JSON.parse(text) as { '@context': Readonly<Record<string, unknown>> };
    return Object.entries(terms).flatMap(([term, id]) => (id === `gs1:${term}` ? [term] : []));
  };
  const lists = [
    ...CBV_CLASSES.map(([name, list, said]) => listSource(list, said, ofClass(name))),
    ...GS1_CONTEXTS.map(([file, list, said]) => listSource(list, said, inContext(file))),
  ];
  const opening =
    "/**\n * The words of the Core Business Vocabulary 2.0 (chapter 7) and of the GS1 Web Vocabulary that events are written with. Made from the standards'\n" +
    " * own ontologies by `npm run vocabularies`: a list typed by hand would be somebody's memory of it. Do not edit.\n */\n";
  return pretty(opening + lists.join('\n'));
}

function listSource(name: string, said: string, terms: readonly string[]): string {
  return `/** ${said} */\nexport const ${name} = ${JSON.stringify([...terms].sort())} as const;\n`;
}

/** `AIs [flags] specification [attributes] [# title]`, the dictionary's own description of its lines. */
const ENTRY = /^(\d{2,4}(?:-\d{2,4})?)\s+([*!?"$%&'()+,\-./:;<=>@[\\\]^_`{|}~]*)\s+((?:\[?[NXYZ](?:\.\.)?\d+\]?(?:,[a-z0-9]+)*\s*)+)(.*)$/;

/** src/core/gs1/ai-dictionary.ts, from the GS1 Barcode Syntax Dictionary. */
export async function aiDictionarySource(): Promise<string> {
  const text = readFileSync(conformance('epcis/misc/gs1-syntax-dictionary/gs1-syntax-dictionary.txt'), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const entries = lines.map((line) => {
    const match = ENTRY.exec(line);
    if (!match) throw new Error(`A line of the dictionary is not understood: ${line}`);
    const [, ais = '', flags = '', specification = '', behind = ''] = match;
    const key = /(?:^|\s)dlpkey(?:=(\S+))?/.exec(behind.split('#')[0] ?? '');
    const parts = [`ais: '${ais}'`, `format: '${specification.trim().replace(/\s+/g, ' ')}'`];
    if (flags.includes('?')) parts.push('attribute: true');
    if (key) parts.push(`key: '${key[1] ?? ''}'`);
    return `  { ${parts.join(', ')} },\n`;
  });
  const opening = `/**
 * Every application identifier with its format and its part in a Digital Link, as the GS1 Barcode Syntax Dictionary lists them. Made from that list by
 * \`npm run vocabularies\`; application-identifiers.ts says what the notation means. Do not edit.
 */

export interface AiEntry {
  /** "10", or a range: "3100-3105". */
  readonly ais: string;
  /** Components: N digits, X set 82, Y set 39, Z base64url; a length or "..max"; optional ones in brackets; then names of tests. */
  readonly format: string;
  /** True where it may stand in the query of a Digital Link. */
  readonly attribute?: true;
  /** Present where it may open the path of a Digital Link: the qualifiers it takes, in order, alternatives behind "|". */
  readonly key?: string;
}

`;
  return pretty(`${opening}export const AI_DICTIONARY: readonly AiEntry[] = [\n${entries.join('')}];\n`);
}

async function pretty(source: string): Promise<string> {
  const options = await resolveConfig(resolve('src/core/epcis/cbv.ts'));
  return format(source, { ...options, parser: 'typescript' });
}
