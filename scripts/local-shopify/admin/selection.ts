/** Which fields does a selection ask of a type, once its fragments are unfolded? */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;
export type SelectionScope = { schema: GraphQLSchema; fragments: Fragments };

/** The named fragments of a document. */
export function fragmentsOf(document: DocumentNode): Fragments {
  return new Map(
    document.definitions.flatMap((one) =>
      one.kind === 'FragmentDefinition' ? [[one.name.value, one] as const] : [],
    ),
  );
}

/** Every field selected on a type, those of fragments that fit it included. */
export function selectedFields(
  scope: SelectionScope,
  selections: SelectionSetNode | undefined,
  type: GraphQLCompositeType,
): FieldNode[] {
  return (selections?.selections ?? []).flatMap((one): FieldNode[] => {
    if (one.kind === 'Field') return [one];
    const fragment = one.kind === 'InlineFragment' ? one : scope.fragments.get(one.name.value);
    if (!fragment || !applies(scope, fragment.typeCondition?.name.value, type)) return [];
    return selectedFields(scope, fragment.selectionSet, type);
  });
}

function applies(
  { schema }: SelectionScope,
  condition: string | undefined,
  type: GraphQLCompositeType,
): boolean {
  if (condition === undefined || condition === type.name) return true;
  const wanted = schema.getType(condition);
  return isAbstractType(wanted) && isObjectType(type) && schema.isSubType(wanted, type);
}
