/**
 * Metafields and their definitions: read on any owner, written by `metafieldsSet` (25 at most, all or none).
 *
 * Reserved namespaces (`$app`) belong to the app; a cart's metafield is copied to the order only where a definition
 * with `cartToOrderCopyable` says so (see `checkout/orders.ts`).
 */
import { createHash } from 'node:crypto';
import { metafieldFault } from '../checkout/carts.ts';
import { gid, type LocalShop, metafieldOf, resolveNamespace } from '../shop.ts';
import { type Metafield, type MetafieldDefinition, takeId } from '../state.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  toConnection,
  type UserErrorFacts,
  userErrors,
} from './node.ts';
import { denyAccess, OWNER_SCOPES } from './scopes.ts';

const SET_MAX = 25;

/** The `metafield` and `metafields` fields of an owner. */
export function metafieldFields(shop: LocalShop, owner: string): Readonly<Record<string, unknown>> {
  return {
    metafield: ({ namespace, key }: Arguments) => {
      const found = metafieldOf(shop, owner, {
        namespace: typeof namespace === 'string' ? namespace : undefined,
        key: String(key),
      });
      return found ? toMetafield(found) : null;
    },
    metafields: (args: Arguments) => {
      const wanted = typeof args['namespace'] === 'string' ? args['namespace'] : undefined;
      const namespace = wanted === undefined ? undefined : resolveNamespace(shop.app, wanted);
      const found = shop.state.metafields.filter(
        (one) => one.owner === owner && (namespace === undefined || one.namespace === namespace),
      );
      return toConnection('MetafieldConnection', found.map(toMetafield), args);
    },
  };
}

function toMetafield(field: Metafield): Node {
  const isJson = field.type === 'json';
  return {
    __typename: 'Metafield',
    id: gid('Metafield', field.id),
    namespace: field.namespace,
    key: field.key,
    type: field.type,
    value: field.value,
    jsonValue: isJson ? JSON.parse(field.value) : field.value,
    compareDigest: digestOf(field.value),
    createdAt: field.createdAt,
    updatedAt: field.updatedAt,
    sizeInBytes: Buffer.byteLength(field.value),
  };
}

const digestOf = (value: string): string => createHash('sha256').update(value).digest('hex');

/** GID types that can own metafields here, with their owner type. */
const OWNERS: Readonly<Record<string, string>> = {
  Shop: 'SHOP',
  Order: 'ORDER',
  Product: 'PRODUCT',
  ProductVariant: 'PRODUCTVARIANT',
  DeliveryCustomization: 'DELIVERY_CUSTOMIZATION',
  AppInstallation: 'API_PERMISSION',
  Location: 'LOCATION',
};

export type MetafieldInput = {
  owner: string;
  namespace: string | undefined;
  key: string;
  type: string | undefined;
  value: string;
};

/** Stores a metafield; the caller has checked it. */
export function putMetafield(shop: LocalShop, input: MetafieldInput): Metafield {
  const at = shop.clock.now();
  const { owner, key, value } = input;
  const known = metafieldOf(shop, owner, { namespace: input.namespace, key });
  if (known) {
    known.value = value;
    known.type = input.type ?? known.type;
    known.updatedAt = at;
    return known;
  }
  const namespace = resolveNamespace(shop.app, input.namespace);
  const type = input.type ?? definitionFor(shop, { owner, namespace, key })?.type ?? 'json';
  const id = takeId(shop.state);
  const made: Metafield = { id, owner, namespace, key, type, value, createdAt: at, updatedAt: at };
  shop.state.metafields.push(made);
  return made;
}

function definitionFor(
  shop: LocalShop,
  { owner, namespace, key }: { owner: string; namespace: string; key: string },
): MetafieldDefinition | undefined {
  const ownerType = OWNERS[ownerTypename(owner)];
  return shop.state.definitions.find(
    (one) => one.ownerType === ownerType && one.namespace === namespace && one.key === key,
  );
}

const ownerTypename = (owner: string): string => owner.split('/')[3] ?? '';

type SetError = { field: string[]; message: string; code: string; elementIndex: number };

/** `metafieldsSet`: checks all, then writes all. */
export function setMetafields(args: Arguments, { shop, scopes }: AdminContext): Node {
  const inputs = (args['metafields'] as Readonly<Record<string, unknown>>[]).map(
    (one): MetafieldInput & { digest: unknown } => ({
      owner: String(one['ownerId']),
      namespace: typeof one['namespace'] === 'string' ? one['namespace'] : undefined,
      key: String(one['key']),
      type: typeof one['type'] === 'string' ? one['type'] : undefined,
      value: String(one['value']),
      digest: one['compareDigest'],
    }),
  );
  const errors: SetError[] = [];
  if (inputs.length > SET_MAX) {
    errors.push({
      field: ['metafields'],
      message: `Exceeded the maximum metafields input limit of ${SET_MAX}.`,
      code: 'LESS_THAN_OR_EQUAL_TO',
      elementIndex: SET_MAX,
    });
  }
  inputs.forEach((input, i) => {
    const ownerType = OWNERS[ownerTypename(input.owner)];
    const scope = OWNER_SCOPES[ownerType ?? ''];
    if (scope !== undefined && !scopes.has(scope)) denyAccess('metafieldsSet', [scope]);
    const fault = setFault(shop, input);
    if (fault)
      errors.push({ ...fault, field: ['metafields', String(i), fault.part], elementIndex: i });
  });
  const failed = errors.length > 0;
  const written = failed ? [] : inputs.map((input) => toMetafield(putMetafield(shop, input)));
  if (!failed) shop.file.touch();
  return {
    __typename: 'MetafieldsSetPayload',
    metafields: failed ? null : written,
    userErrors: userErrors('MetafieldsSetUserError', ...errors),
  };
}

function setFault(
  shop: LocalShop,
  input: MetafieldInput & { digest: unknown },
): { part: string; message: string; code: string } | undefined {
  if (!ownerExists(shop, input.owner)) {
    return { part: 'ownerId', message: 'Owner does not exist.', code: 'INVALID' };
  }
  const namespace = resolveNamespace(shop.app, input.namespace);
  const known = metafieldOf(shop, input.owner, { namespace: input.namespace, key: input.key });
  const definition = definitionFor(shop, { owner: input.owner, namespace, key: input.key });
  const type = input.type ?? known?.type ?? definition?.type ?? '';
  if (type === '') return { part: 'type', message: "Type can't be blank", code: 'BLANK' };
  if (definition && input.type !== undefined && definition.type !== input.type) {
    const message = `Type must be consistent with the definition's type: '${definition.type}'.`;
    return { part: 'type', message, code: 'INVALID_TYPE' };
  }
  const message = metafieldFault(type, input.value);
  if (message !== undefined) return { part: 'value', message, code: 'INVALID_VALUE' };
  const { digest } = input;
  const current = known ? digestOf(known.value) : null;
  if (digest !== undefined && digest !== current) {
    const stale =
      'The resource has been updated since it was loaded. Try again with an updated digest.';
    return { part: 'compareDigest', message: stale, code: 'STALE_OBJECT' };
  }
  return undefined;
}

function ownerExists(shop: LocalShop, owner: string): boolean {
  const type = ownerTypename(owner);
  const id = Number(owner.slice(owner.lastIndexOf('/') + 1));
  const { state, seed } = shop;
  switch (type) {
    case 'Shop':
      return id === seed.shop.id;
    case 'Order':
      return state.orders.some((one) => one.id === id);
    case 'Product':
      return seed.products.some((one) => one.id === id);
    case 'ProductVariant':
      return shop.variants.has(id);
    case 'DeliveryCustomization':
      return state.customizations.some((one) => one.id === id);
    case 'AppInstallation':
      return id === shop.app.id;
    case 'Location':
      return shop.locations.has(id);
    default:
      return false;
  }
}

function toDefinition(one: MetafieldDefinition): Node {
  const isOrder = one.ownerType === 'ORDER';
  return {
    __typename: 'MetafieldDefinition',
    id: gid('MetafieldDefinition', one.id),
    namespace: one.namespace,
    key: one.key,
    name: one.name,
    description: one.description,
    ownerType: one.ownerType,
    type: { name: one.type, category: one.type },
    access: {
      admin: one.access.admin,
      storefront: one.access.storefront,
      customerAccount: one.access.customerAccount ?? 'NONE',
    },
    capabilities: {
      cartToOrderCopyable: { enabled: one.isCartToOrderCopyable, eligible: isOrder },
    },
  };
}

type DefinitionFacts = {
  ownerType: string;
  namespace: string;
  key: string;
  access: Readonly<Record<string, unknown>>;
  copyable: boolean | undefined;
};

function readDefinition(
  shop: LocalShop,
  input: Readonly<Record<string, unknown>>,
): DefinitionFacts {
  const capabilities = Object(input['capabilities']);
  const { cartToOrderCopyable } = capabilities;
  return {
    ownerType: String(input['ownerType']),
    namespace: resolveNamespace(shop.app, input['namespace'] as string | undefined),
    key: String(input['key']),
    access: Object(input['access']),
    copyable: cartToOrderCopyable === undefined ? undefined : cartToOrderCopyable.enabled === true,
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export function createDefinition(args: Arguments, { shop, scopes }: AdminContext): Node {
  const input = args['definition'] as Readonly<Record<string, unknown>>;
  const facts = readDefinition(shop, input);
  const scope = OWNER_SCOPES[facts.ownerType];
  if (scope !== undefined && !scopes.has(scope)) denyAccess('metafieldDefinitionCreate', [scope]);
  const payload = (created: MetafieldDefinition | null, ...errors: UserErrorFacts[]): Node => ({
    __typename: 'MetafieldDefinitionCreatePayload',
    createdDefinition: created ? toDefinition(created) : null,
    userErrors: userErrors('MetafieldDefinitionCreateUserError', ...errors),
  });
  const isTaken = shop.state.definitions.some(
    (one) =>
      one.ownerType === facts.ownerType &&
      one.namespace === facts.namespace &&
      one.key === facts.key,
  );
  if (isTaken) {
    const message = `Key is in use for ${facts.ownerType.toLowerCase()} metafields on the '${facts.namespace}' namespace.`;
    return payload(null, { field: ['definition', 'key'], message, code: 'TAKEN' });
  }
  if (facts.copyable === true && facts.ownerType !== 'ORDER') {
    const message = 'The cart to order copyable capability is not valid for this owner type.';
    return payload(null, {
      field: ['definition', 'capabilities'],
      message,
      code: 'INVALID_CAPABILITY',
    });
  }
  const made: MetafieldDefinition = {
    id: takeId(shop.state),
    ownerType: facts.ownerType,
    namespace: facts.namespace,
    key: facts.key,
    name: String(input['name']),
    description: textOrNull(input['description']),
    type: String(input['type']),
    isCartToOrderCopyable: facts.copyable ?? false,
    access: {
      admin: textOrNull(facts.access['admin']),
      storefront: textOrNull(facts.access['storefront']),
      customerAccount: textOrNull(facts.access['customerAccount']),
    },
  };
  shop.state.definitions.push(made);
  shop.file.touch();
  return payload(made);
}

export function updateDefinition(args: Arguments, { shop }: AdminContext): Node {
  const input = args['definition'] as Readonly<Record<string, unknown>>;
  const facts = readDefinition(shop, input);
  const found = shop.state.definitions.find(
    (one) =>
      one.ownerType === facts.ownerType &&
      one.namespace === facts.namespace &&
      one.key === facts.key,
  );
  if (found) {
    const given = Object.entries(facts.access).filter(([, value]) => value !== undefined);
    const access = Object.fromEntries(given.map(([name, value]) => [name, textOrNull(value)]));
    Object.assign(found.access, access);
    found.isCartToOrderCopyable = facts.copyable ?? found.isCartToOrderCopyable;
    found.name = textOrNull(input['name']) ?? found.name;
    shop.file.touch();
  }
  const missing = { field: null, message: 'Definition not found.', code: 'NOT_FOUND' };
  return {
    __typename: 'MetafieldDefinitionUpdatePayload',
    updatedDefinition: found ? toDefinition(found) : null,
    userErrors: userErrors('MetafieldDefinitionUpdateUserError', ...(found ? [] : [missing])),
  };
}

export function listDefinitions(args: Arguments, { shop }: AdminContext): Node {
  const namespace = typeof args['namespace'] === 'string' ? args['namespace'] : undefined;
  const resolved = namespace === undefined ? undefined : resolveNamespace(shop.app, namespace);
  const found = shop.state.definitions.filter(
    (one) =>
      one.ownerType === args['ownerType'] &&
      (resolved === undefined || one.namespace === resolved) &&
      (typeof args['key'] !== 'string' || one.key === args['key']),
  );
  return toConnection('MetafieldDefinitionConnection', found.map(toDefinition), args);
}
