import type { ASTVisitor, DocumentNode, OperationDefinitionNode, VariableDefinitionNode } from 'graphql';
import {
  BREAK,
  getNamedType,
  getNullableType,
  GraphQLObjectType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  Kind,
  OperationTypeNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { GraphQLSchema } from 'graphql';

/**
 * Whether the compiler gives exactly what graphql-js gives for this operation. Read in graphql-jit 0.8.9; what is refused here is interpreted.
 * - Texts written into the document: the compiler writes literals into program text, and a certain text becomes program itself
 *   (`__MAGIC_DATE__…`). A document with texts in it is moreover another document for every value. Clients send values as variables.
 * - Directives: conditions of a fragment that is used twice run into each other, and @defer is not known.
 * - Names with `_`: the compiler joins response names with it, and a root field could pass as another one before the policy.
 * - Introspection, and fields that answer an interface or a union: seldom, and not worth their differences.
 * - Variables inside a literal that may be left out: they would arrive as null.
 * What no document shows: a resolver must not answer a list of promises, for one that is rejected adds an item to it.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) return false;
  const alwaysThere = new Set((operation.variableDefinitions ?? []).filter(isRequired).map((definition) => definition.variable.name.value));
  let compilable = true;
  const refuse = (): typeof BREAK => {
    compilable = false;
    return BREAK;
  };
  const info = new TypeInfo(schema);
  let literals = 0;
  const visitor: ASTVisitor = {
    Directive: refuse,
    StringValue: refuse,
    // A definition names the variable without using it, and its default value is read by graphql-js.
    VariableDefinition: (node) => (node.variable.name.value.startsWith('__') || (node.directives?.length ?? 0) > 0 ? refuse() : false),
    Variable: (node) => (literals > 0 && !alwaysThere.has(node.name.value) ? refuse() : undefined),
    EnumValue: () => (isEnumType(getNamedType(info.getInputType())) ? undefined : refuse()),
    ObjectValue: {
      enter: () => {
        literals += 1;
        return isInputObjectType(getNullableType(info.getInputType())) ? undefined : refuse();
      },
      leave: () => {
        literals -= 1;
      },
    },
    ListValue: {
      enter: () => {
        literals += 1;
        return isListType(getNullableType(info.getParentInputType())) ? undefined : refuse();
      },
      leave: () => {
        literals -= 1;
      },
    },
    Field: (node) => {
      const name = node.name.value;
      if (node.alias?.value.includes('_') === true) return refuse();
      if (name === '__typename') return undefined;
      return name.includes('_') || isAbstractType(getNamedType(info.getType())) ? refuse() : undefined;
    },
  };
  visit(document, visitWithTypeInfo(info, visitor));
  return compilable;
}

function isRequired(definition: VariableDefinitionNode): boolean {
  return definition.type.kind === Kind.NON_NULL_TYPE;
}

/** True where two fields of the schema would share one name in the compiled text, which joins a type's name and a field's. */
export function hasAmbiguousNames(schema: GraphQLSchema): boolean {
  const names = objectTypesOf(schema).flatMap((type) => Object.keys(type.getFields()).map((field) => type.name + field));
  return new Set(names).size < names.length;
}

/**
 * Nest gives every property a resolver that reads just that property. Without it the compiled form reads the property itself, and
 * graphql-js does so by default.
 */
export function dropPropertyReaders(schema: GraphQLSchema): void {
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields())) {
      if (field.resolve?.name === 'rootFieldResolver' && readsItsOwnName(field.name, field.resolve as (source: unknown) => unknown)) {
        delete field.resolve;
      }
    }
  }
}

/** Tried on an object that notes what is read of it: a field under another name, or with a default, keeps its resolver. */
function readsItsOwnName(name: string, resolve: (source: unknown) => unknown): boolean {
  const read: (string | symbol)[] = [];
  const source = new Proxy(
    {},
    {
      get(_, property): undefined {
        read.push(property);
        return undefined;
      },
    },
  );
  return resolve(source) === undefined && read.length === 1 && read[0] === name;
}

function objectTypesOf(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => type instanceof GraphQLObjectType && !type.name.startsWith('__'),
  );
}
