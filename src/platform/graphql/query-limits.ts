import type { ASTVisitor, FragmentDefinitionNode, SelectionSetNode, ValidationContext } from 'graphql';
import { GraphQLError, Kind, OperationTypeNode } from 'graphql';

export const QUERY_DEPTH_MAX = 14;
export const QUERY_FIELDS_MAX = 1_000;

/** A validation rule: how deep a query may go and how many fields it may name, fragments counted where they are used. */
export function queryLimits(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of context.getDocument().definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return {
    OperationDefinition(node) {
      const budget = { selections: QUERY_FIELDS_MAX };
      const walk = (set: SelectionSetNode, depth: number, open: ReadonlySet<string>): boolean => {
        if (depth > QUERY_DEPTH_MAX) return false;
        for (const selection of set.selections) {
          // Spreads count too: fragments of nothing but two spreads each double the walk at every step.
          budget.selections -= 1;
          if (budget.selections < 0) return false;
          if (selection.kind === Kind.FIELD) {
            // Introspection describes a finite schema and nests deeper than any question of ours.
            if (selection.name.value.startsWith('__')) continue;
            if (selection.selectionSet && !walk(selection.selectionSet, depth + 1, open)) return false;
          } else if (selection.kind === Kind.INLINE_FRAGMENT) {
            if (!walk(selection.selectionSet, depth, open)) return false;
          } else {
            const name = selection.name.value;
            const fragment = fragments.get(name);
            // A fragment inside itself is refused by a rule of GraphQL's own.
            if (!fragment || open.has(name)) continue;
            if (!walk(fragment.selectionSet, depth, new Set([...open, name]))) return false;
          }
        }
        return true;
      };
      if (!walk(node.selectionSet, 1, new Set())) {
        context.reportError(
          new GraphQLError(`A query is at most ${QUERY_DEPTH_MAX} levels deep and names at most ${QUERY_FIELDS_MAX} fields.`, {
            nodes: node,
            extensions: { code: 'QUERY_TOO_DEEP' },
          }),
        );
      }
    },
  };
}

/** A validation rule of the door that answers once: who wants to be told again and again knocks at WS /graphql. */
export function noSubscriptions(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== OperationTypeNode.SUBSCRIPTION) return;
      const message = 'Subscriptions are served at WS /graphql (graphql-transport-ws).';
      context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_INPUT' } }));
    },
  };
}
