/** XML as the tree that core/epcis/from-xml.ts reads: namespaces resolved, no entities but XML's own; a document type may be named but declares nothing. */
import { SaxesParser } from 'saxes';
import type { XmlElement } from '../../src/core/epcis/from-xml.js';

interface Growing extends XmlElement {
  readonly children: Growing[];
  text: string;
}

/** The root element. Throws for what is not well-formed, and for declarations of entities. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: Growing[] = [];
  let root: Growing | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', (declaration) => {
    if (declaration.includes('[')) throw new Error('A document declares no entities.');
  });
  parser.on('opentag', ({ uri, prefix, local, attributes }) => {
    const own = Object.values(attributes).map((attribute) => ({
      namespace: attribute.uri,
      prefix: attribute.prefix,
      name: attribute.local,
      value: attribute.value,
    }));
    const element: Growing = { namespace: uri, prefix, name: local, attributes: own, children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (more: string): void => {
    const element = open.at(-1);
    if (element) element.text += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  if (!root) throw new Error('No element.');
  return root;
}
