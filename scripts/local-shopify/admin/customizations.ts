/** Delivery customizations: which Functions of the app run over the delivery options, and with which settings. */
import { gid, idOf, type LocalShop } from '../shop.ts';
import { type DeliveryCustomization, takeId } from '../state.ts';
import { metafieldFields, putMetafield } from './metafields.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  toConnection,
  type UserErrorFacts,
  userErrors,
} from './node.ts';

type Errors = UserErrorFacts[];
type Input = Readonly<Record<string, unknown>>;
const asList = (value: unknown): Input[] => (Array.isArray(value) ? value : []);

/** Shopify's ceiling of enabled ones per shop. */
const CUSTOMIZATIONS_MAX = 25;

function toCustomization(shop: LocalShop, one: DeliveryCustomization): Node {
  const id = gid('DeliveryCustomization', one.id);
  return {
    __typename: 'DeliveryCustomization',
    id,
    title: one.title,
    enabled: one.enabled,
    shopifyFunction: {
      __typename: 'ShopifyFunction',
      id: one.functionHandle,
      handle: one.functionHandle,
      title: one.functionHandle,
    },
    ...metafieldFields(shop, id),
  };
}

export function listCustomizations(args: Arguments, { shop }: AdminContext): Node {
  const nodes = shop.state.customizations.map((one) => toCustomization(shop, one));
  return toConnection('DeliveryCustomizationConnection', nodes, args);
}

function customizationPayload(
  shop: LocalShop,
  typename: string,
  { made, errors = [] }: { made: DeliveryCustomization | null; errors?: Errors },
): Node {
  return {
    __typename: typename,
    deliveryCustomization: made ? toCustomization(shop, made) : null,
    userErrors: userErrors('DeliveryCustomizationError', ...errors),
  };
}

export function createCustomization(args: Arguments, { shop }: AdminContext): Node {
  const typename = 'DeliveryCustomizationCreatePayload';
  const input = args['deliveryCustomization'] as Input;
  const handle = String(input['functionHandle'] ?? input['functionId'] ?? '');
  const fn = shop.config().functions.find((one) => one.handle === handle);
  if (!fn) {
    const message = `Function ${handle} not found. Ensure that it is released in the current app (${shop.app.id}), and that the app is installed.`;
    const field = ['deliveryCustomization', 'functionHandle'];
    return customizationPayload(shop, typename, {
      made: null,
      errors: [{ field, message, code: 'FUNCTION_NOT_FOUND' }],
    });
  }
  const enabled = input['enabled'] !== false;
  if (
    enabled &&
    shop.state.customizations.filter((one) => one.enabled).length >= CUSTOMIZATIONS_MAX
  ) {
    const message = `Cannot have more than ${CUSTOMIZATIONS_MAX} active delivery customizations.`;
    const code = 'MAXIMUM_ACTIVE_DELIVERY_CUSTOMIZATIONS';
    return customizationPayload(shop, typename, {
      made: null,
      errors: [{ field: null, message, code }],
    });
  }
  const made = {
    id: takeId(shop.state),
    functionHandle: handle,
    title: String(input['title'] ?? ''),
    enabled,
  };
  shop.state.customizations.push(made);
  putOwnMetafields(shop, made, input);
  return customizationPayload(shop, typename, { made });
}

export function updateCustomization(args: Arguments, { shop }: AdminContext): Node {
  const typename = 'DeliveryCustomizationUpdatePayload';
  const input = args['deliveryCustomization'] as Input;
  const id = idOf('DeliveryCustomization', String(args['id']));
  const found = shop.state.customizations.find((one) => one.id === id);
  if (!found) {
    const message = `Could not find DeliveryCustomization with id: ${args['id']}`;
    const code = 'DELIVERY_CUSTOMIZATION_NOT_FOUND';
    return customizationPayload(shop, typename, {
      made: null,
      errors: [{ field: ['id'], message, code }],
    });
  }
  if (typeof input['title'] === 'string') found.title = input['title'];
  if (typeof input['enabled'] === 'boolean') found.enabled = input['enabled'];
  putOwnMetafields(shop, found, input);
  return customizationPayload(shop, typename, { made: found });
}

function putOwnMetafields(shop: LocalShop, one: DeliveryCustomization, input: Input): void {
  for (const field of asList(input['metafields'])) {
    putMetafield(shop, {
      owner: gid('DeliveryCustomization', one.id),
      namespace: field['namespace'] as string | undefined,
      key: String(field['key']),
      type: field['type'] as string | undefined,
      value: String(field['value']),
    });
  }
  shop.file.touch();
}
