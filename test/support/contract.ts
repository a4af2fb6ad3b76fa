/**
 * Holds one schema against another that it grows towards: what both have must agree, what only the contract has is still missing, and what only
 * the schema has must not ask anything of a client that knows the contract alone.
 */
import type { ConstDirectiveNode, DefinitionNode, DocumentNode, InputValueDefinitionNode, TypeNode } from 'graphql';
import { Kind, parse, print } from 'graphql';

interface Member {
  /** As SDL spells it; an enum value has none. */
  readonly type: string | null;
  readonly defaultValue: string | null;
  readonly args: ReadonlyMap<string, Member>;
}

interface TypeShape {
  readonly kind: string;
  readonly oneOf: boolean;
  readonly interfaces: readonly string[];
  readonly members: ReadonlyMap<string, Member>;
}

export type Shapes = ReadonlyMap<string, TypeShape>;

export interface Comparison {
  /** Sentences; empty where the schema keeps the contract. */
  readonly disagreements: readonly string[];
  /** Names such as `Query`, `Query.trace`, `Query.trace(maxDepth)`. */
  readonly built: readonly string[];
  readonly missing: readonly string[];
}

const KIND_WORDS: Readonly<Partial<Record<Kind, string>>> = {
  [Kind.SCALAR_TYPE_DEFINITION]: 'scalar',
  [Kind.OBJECT_TYPE_DEFINITION]: 'type',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
};
const ROOTS = ['Query', 'Mutation', 'Subscription'];
const NOTHING: TypeShape = { kind: 'type', oneOf: false, interfaces: [], members: new Map() };
const BUILT_IN = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);

export function shapesOf(sdl: string): Shapes {
  const document = parse(sdl);
  const shapes = new Map(document.definitions.flatMap((definition) => shapeOf(definition)));
  // A contract in its main lines mentions types that it does not spell out: they must be there, of whatever shape.
  for (const name of mentioned(document)) {
    if (!shapes.has(name) && !BUILT_IN.has(name)) shapes.set(name, { kind: 'any', oneOf: false, interfaces: [], members: new Map() });
  }
  return shapes;
}

function shapeOf(definition: DefinitionNode): [string, TypeShape][] {
  const kind = KIND_WORDS[definition.kind];
  if (kind === undefined || !('name' in definition) || definition.name === undefined) return [];
  const directives: readonly ConstDirectiveNode[] =
    'directives' in definition ? ((definition.directives ?? []) as readonly ConstDirectiveNode[]) : [];
  return [
    [
      definition.name.value,
      {
        kind,
        oneOf: directives.some((directive) => directive.name.value === 'oneOf'),
        interfaces: 'interfaces' in definition ? (definition.interfaces ?? []).map((one) => one.name.value) : [],
        members: membersOf(definition),
      },
    ],
  ];
}

function membersOf(definition: DefinitionNode): ReadonlyMap<string, Member> {
  if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
    return new Map(
      (definition.fields ?? []).map((field) => [
        field.name.value,
        { type: print(field.type), defaultValue: null, args: new Map((field.arguments ?? []).map(inputMember)) },
      ]),
    );
  }
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) return new Map((definition.fields ?? []).map(inputMember));
  if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
    return new Map((definition.values ?? []).map((value) => [value.name.value, { type: null, defaultValue: null, args: new Map() }]));
  }
  return new Map();
}

function inputMember(node: InputValueDefinitionNode): [string, Member] {
  return [node.name.value, { type: print(node.type), defaultValue: node.defaultValue ? print(node.defaultValue) : null, args: new Map() }];
}

function mentioned(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  const note = (type: TypeNode): void => {
    if (type.kind === Kind.NAMED_TYPE) names.add(type.name.value);
    else note(type.type);
  };
  for (const definition of document.definitions) {
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      note(field.type);
      if ('arguments' in field) for (const argument of field.arguments ?? []) note(argument.type);
    }
  }
  return names;
}

/** Compares what `schema` serves with what `contract` promises. */
export function compare(schema: Shapes, contract: Shapes): Comparison {
  const comparison = { disagreements: [] as string[], built: [] as string[], missing: [] as string[] };
  for (const [name, promised] of contract) {
    // An operation is told by name even where its root has not begun.
    const served = schema.get(name) ?? (ROOTS.includes(name) ? NOTHING : undefined);
    if (!served) {
      comparison.missing.push(name);
      continue;
    }
    comparison.built.push(name);
    if (promised.kind === 'any') continue;
    if (served.kind !== promised.kind)
      comparison.disagreements.push(`${name} is ${promised.kind} in the contract, and ${served.kind} here.`);
    if (served.oneOf !== promised.oneOf) comparison.disagreements.push(`${name} is${promised.oneOf ? '' : ' not'} @oneOf in the contract.`);
    const asksMore = served.kind === 'input' ? 'field' : null;
    compareMembers(served.members, promised.members, asksMore, (member) => `${name}.${member}`, comparison);
  }
  return comparison;
}

type Findings = { readonly [Key in keyof Comparison]: string[] };

function compareMembers(
  served: ReadonlyMap<string, Member>,
  promised: ReadonlyMap<string, Member>,
  inputWord: 'field' | 'argument' | null,
  nameOf: (member: string) => string,
  findings: Findings,
): void {
  for (const [name, want] of promised) {
    const have = served.get(name);
    if (!have) {
      findings.missing.push(nameOf(name));
      continue;
    }
    findings.built.push(nameOf(name));
    if (have.type !== want.type)
      findings.disagreements.push(`${nameOf(name)} is ${String(want.type)} in the contract, and ${String(have.type)} here.`);
    if (have.defaultValue !== want.defaultValue) {
      findings.disagreements.push(
        `${nameOf(name)} defaults to ${want.defaultValue ?? 'nothing'} in the contract, and to ${have.defaultValue ?? 'nothing'} here.`,
      );
    }
    compareMembers(have.args, want.args, 'argument', (argument) => `${nameOf(name)}(${argument})`, findings);
  }
  if (inputWord === null) return;
  for (const [name, extra] of served) {
    const isDemanded = extra.type?.endsWith('!') === true && extra.defaultValue === null;
    if (!promised.has(name) && isDemanded)
      findings.disagreements.push(`The ${inputWord} ${nameOf(name)} is demanded here, and the contract does not know it.`);
  }
}

/** Payloads of the mutations that record something, where they lack the interface that the contract gives them all. */
export function capturesWithoutAnswer(schema: Shapes, contract: Shapes): string[] {
  const captures = [...(contract.get('Mutation')?.members.keys() ?? [])].filter((name) =>
    /^(openSeason|closeSeason|record[A-Z]\w+)$/.test(name),
  );
  return captures.flatMap((name) => {
    const payload = schema.get('Mutation')?.members.get(name)?.type?.replace(/!$/, '');
    return payload === undefined || schema.get(payload)?.interfaces.includes('CaptureAnswer') ? [] : [payload];
  });
}

/** docs/contract.md. */
export function contractPage({ built, missing }: Comparison, contract: Shapes): string {
  const isOperation = (name: string): boolean => ROOTS.some((root) => name.startsWith(`${root}.`)) && !name.includes('(');
  const isType = (name: string): boolean => contract.has(name) && !ROOTS.includes(name);
  const isMember = (name: string): boolean => !isOperation(name) && !contract.has(name);
  const groups: [string, (name: string) => boolean][] = [
    ['Operations', isOperation],
    ['Types', isType],
    ['Fields, arguments and values of these', isMember],
  ];
  const counts = groups.map(
    ([title, belongs]) => `| ${title} | ${String(built.filter(belongs).length)} | ${String(missing.filter(belongs).length)} |`,
  );
  const lists = groups.flatMap(([title, belongs]) => {
    const names = missing.filter(belongs).sort();
    return [`### ${title}`, '', ...(names.length === 0 ? ['None.'] : names.map((name) => `- \`${name}\``)), ''];
  });
  return [
    '# How far the public contract is built',
    '',
    '<!-- Generated by test/conformance/contract.spec.ts (`npm run schema`). Do not edit. -->',
    '',
    'The design names the operations and types that clients rely on. What is built agrees with it by name, type and nullability, which a test holds; the schema has more beside it, and',
    'that is in [schema.graphql](../schema.graphql). This page counts what is built and names what is still missing; of a type that is missing, its fields are not counted.',
    '',
    '| | Built | Still missing |',
    '| --- | ---: | ---: |',
    ...counts,
    '',
    '## Still missing',
    '',
    ...lists,
  ].join('\n');
}
