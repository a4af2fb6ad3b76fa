/**
 * Events of the XML binding (EPCIS 2.0, 9; EPCIS 1.2 where it is the same) in the form of the JSON binding, so that one reader, one hash and one store serve
 * both. The XML itself was parsed elsewhere; here only names and shapes are decided: members of a list lose their element's name, attributes become fields,
 * what 1.2 wrapped into `extension` is unwrapped, extension elements keep their namespace under a prefix. Numbers keep their digits.
 */
import type { ExactJson, ExactObject } from '../kernel/exact-json.js';
import { ExactNumber } from '../kernel/exact-json.js';
import { STANDARD_NAMESPACES } from './namespaces.js';
import { rejection } from './read-fields.js';

/** An element as a parser that knows namespaces gives it. No namespace is ''. */
export interface XmlElement {
  readonly namespace: string;
  readonly prefix: string;
  /** Without prefix. */
  readonly name: string;
  /** Declarations of namespaces are none. */
  readonly attributes: readonly { readonly namespace: string; readonly prefix: string; readonly name: string; readonly value: string }[];
  readonly children: readonly XmlElement[];
  /** Its own text, that of its children left out. */
  readonly text: string;
}

export interface XmlEvents {
  /** Prefixes of the extensions, for `@context`. */
  readonly context: Readonly<Record<string, string>>;
  /** As JSON objects, in their order; nobody has held them against the standard yet (read-event.ts). */
  readonly events: readonly ExactObject[];
  readonly type: 'EPCISDocument' | 'EPCISQueryDocument' | 'Event';
}

/** Fields that are lists of texts, and the name of a member. */
const TEXT_LISTS: ReadonlyMap<string, string> = new Map([
  ['epcList', 'epc'],
  ['childEPCs', 'epc'],
  ['inputEPCList', 'epc'],
  ['outputEPCList', 'epc'],
  ['correctiveEventIDs', 'correctiveEventID'],
]);
const QUANTITY_LISTS: ReadonlySet<string> = new Set(['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList']);
/** Fields that are lists of what has a type, and the name of a member. */
const TYPED_LISTS: ReadonlyMap<string, string> = new Map([
  ['bizTransactionList', 'bizTransaction'],
  ['sourceList', 'source'],
  ['destinationList', 'destination'],
]);
const NUMBERS: ReadonlySet<string> = new Set(['quantity', 'value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percRank', 'percValue']);
const WRAPPERS: ReadonlySet<string> = new Set(['extension', 'baseExtension']);
/** Attributes that speak of the XML and not of the event. */
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';
const XML_NAMESPACES: ReadonlySet<string> = new Set([
  SCHEMA_INSTANCE,
  'http://www.w3.org/2000/xmlns/',
  'http://www.w3.org/XML/1998/namespace',
]);
/** The standard's own elements need no namespace, and may have one. */
const STANDARD = /^(?:|urn:epcglobal:epcis(?:-query)?:xsd:\d)$/;
/** XML spells it without the colon that the JSON context has; it is one vocabulary. */
const MASTER_DATA_NAMESPACE = 'urn:epcglobal:cbv:mda';
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The events of an EPCISDocument or EPCISQueryDocument, or one event by itself; none where there is no event list. Throws BAD_INPUT for a name that no field can have. */
export function eventsFromXml(root: XmlElement): XmlEvents {
  const prefixes = new Prefixes();
  const reader = new EventReader(prefixes);
  const isDocument = root.name === 'EPCISDocument' || root.name === 'EPCISQueryDocument';
  const list = isDocument ? find(root, 'EventList') : null;
  const elements = isDocument ? (list ? unwrapped(list) : []) : [root];
  const events = elements.map((element) => reader.event(element));
  return { context: prefixes.context(), events, type: isDocument ? root.name : 'Event' };
}

/** Namespace ↔ prefix, one to one: a document may use one prefix for two namespaces in two places. */
class Prefixes {
  private readonly byNamespace = new Map<string, string>([...STANDARD_NAMESPACES].map(([prefix, namespace]) => [namespace, prefix]));
  private readonly taken = new Set<string>(STANDARD_NAMESPACES.keys());
  private readonly own: Record<string, string> = {};

  keyOf(namespace: string, prefix: string, name: string): string {
    const spelled = namespace === MASTER_DATA_NAMESPACE ? `${namespace}:` : namespace;
    return `${this.byNamespace.get(spelled) ?? this.add(spelled, prefix)}:${name}`;
  }

  context(): Readonly<Record<string, string>> {
    return this.own;
  }

  private add(namespace: string, wanted: string): string {
    let prefix = /^[A-Za-z][\w-]*$/.test(wanted) ? wanted : 'ns';
    for (let i = 2; this.taken.has(prefix); i += 1) prefix = `${wanted === '' ? 'ns' : wanted}${i}`;
    this.taken.add(prefix);
    this.byNamespace.set(namespace, prefix);
    this.own[prefix] = namespace;
    return prefix;
  }
}

type Fields = Record<string, ExactJson>;

class EventReader {
  constructor(private readonly prefixes: Prefixes) {}

  event(element: XmlElement): ExactObject {
    return { type: element.name, ...this.fields(element) };
  }

  /** Child elements as fields; a name that comes several times is a list. */
  private fields(element: XmlElement): Fields {
    const fields: Fields = {};
    for (const child of unwrapped(element)) {
      if (!STANDARD.test(child.namespace)) this.put(fields, this.key(child), this.extension(child));
      else if (!isNil(child)) this.put(fields, child.name, this.standard(child));
    }
    return fields;
  }

  private standard(element: XmlElement): ExactJson {
    const { name } = element;
    const member = TEXT_LISTS.get(name);
    if (member !== undefined) return members(element, member).map(({ text }) => text.trim());
    if (QUANTITY_LISTS.has(name)) return members(element, 'quantityElement').map((one) => this.fields(one));
    const typed = TYPED_LISTS.get(name);
    if (typed !== undefined) return members(element, typed).map((one) => ({ ...this.attributes(one), [typed]: one.text.trim() }));
    switch (name) {
      case 'sensorElementList':
        return members(element, 'sensorElement').map((one) => this.sensorElement(one));
      case 'persistentDisposition':
        return { ...texts(element, 'set'), ...texts(element, 'unset') };
      case 'readPoint':
      case 'bizLocation':
      case 'ilmd':
      case 'errorDeclaration':
        return this.fields(element);
      default:
        return NUMBERS.has(name) ? numeric(element.text.trim()) : element.text.trim();
    }
  }

  private sensorElement(element: XmlElement): Fields {
    const reports: ExactJson[] = [];
    const fields: Fields = {};
    for (const child of unwrapped(element)) {
      if (!STANDARD.test(child.namespace)) this.put(fields, this.key(child), this.extension(child));
      else if (child.name === 'sensorReport') reports.push({ ...this.attributes(child), ...this.fields(child) });
      else fields[child.name] = { ...this.attributes(child), ...this.fields(child) };
    }
    return { ...fields, sensorReport: reports };
  }

  private attributes(element: XmlElement): Fields {
    const fields: Fields = {};
    for (const { namespace, prefix, name, value } of element.attributes) {
      if (XML_NAMESPACES.has(namespace)) continue;
      const text = value.trim();
      if (namespace !== '') fields[this.prefixes.keyOf(namespace, prefix, name)] = text;
      else if (name === 'booleanValue') fields[name] = text === 'true' || text === '1';
      else fields[name] = NUMBERS.has(name) ? numeric(text) : text;
    }
    return fields;
  }

  /** An element of somebody's own: its text, or what it holds, with the text beside it where it has both. */
  private extension(element: XmlElement): ExactJson {
    const text = element.text.trim();
    const inner: Fields = {};
    for (const { namespace, prefix, name, value } of element.attributes) {
      if (!XML_NAMESPACES.has(namespace)) inner[namespace === '' ? name : this.prefixes.keyOf(namespace, prefix, name)] = value.trim();
    }
    for (const child of element.children)
      this.put(inner, STANDARD.test(child.namespace) ? child.name : this.key(child), this.extension(child));
    if (Object.keys(inner).length === 0) return text;
    return text === '' ? inner : { '#text': text, ...inner };
  }

  private key(element: XmlElement): string {
    return this.prefixes.keyOf(element.namespace, element.prefix, element.name);
  }

  private put(fields: Fields, key: string, value: ExactJson): void {
    if (Object.hasOwn(Object.prototype, key)) throw rejection('another name', key);
    const before = fields[key];
    if (before === undefined) fields[key] = value;
    else fields[key] = Array.isArray(before) ? [...(before as ExactJson[]), value] : [before, value];
  }
}

/** Says that there is no value: so there is no field. */
function isNil(element: XmlElement): boolean {
  return element.attributes.some(
    ({ namespace, name, value }) => namespace === SCHEMA_INSTANCE && name === 'nil' && /^(?:true|1)$/.test(value),
  );
}

function members(list: XmlElement, name: string): XmlElement[] {
  return unwrapped(list).filter((child) => child.name === name);
}

function texts(element: XmlElement, name: string): Fields {
  const found = members(element, name).map(({ text }) => text.trim());
  return found.length === 0 ? {} : { [name]: found };
}

/** Children, those of wrapping elements among them. */
function unwrapped(element: XmlElement): XmlElement[] {
  return element.children.flatMap((child) => (STANDARD.test(child.namespace) && WRAPPERS.has(child.name) ? unwrapped(child) : [child]));
}

function find(element: XmlElement, name: string): XmlElement | null {
  if (element.name === name) return element;
  for (const child of element.children) {
    const found = find(child, name);
    if (found) return found;
  }
  return null;
}

/** Digits as they stand; what JSON would not call a number is told as text, which a reader refuses where a number belongs. */
function numeric(text: string): ExactJson {
  const plain = text
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '');
  return JSON_NUMBER.test(plain) ? new ExactNumber(plain) : text;
}
