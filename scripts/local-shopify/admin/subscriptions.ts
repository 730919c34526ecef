/**
 * Webhook subscriptions an app makes for one shop by the API; those of its configuration file are not listed here.
 *
 * A topic needs its scope, and one address may subscribe to a topic once.
 */
import { missingScopes, topicOf } from '../app/topics.ts';
import { gid, idOf } from '../shop.ts';
import { takeId, type WebhookSubscription } from '../state.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  toPage,
  type UserErrorFacts,
  userErrors,
} from './node.ts';

function toSubscription({ version }: AdminContext, one: WebhookSubscription): Node {
  return {
    __typename: 'WebhookSubscription',
    id: gid('WebhookSubscription', one.id),
    legacyResourceId: String(one.id),
    topic: one.topic.toUpperCase().replaceAll('/', '_'),
    uri: one.uri,
    callbackUrl: one.uri,
    filter: one.filter,
    format: 'JSON',
    includeFields: one.includeFields,
    metafieldNamespaces: [],
    metafields: [],
    name: null,
    createdAt: one.createdAt,
    updatedAt: one.createdAt,
    apiVersion: {
      __typename: 'ApiVersion',
      handle: version,
      displayName: version,
      supported: true,
    },
  };
}

export function listSubscriptions(args: Arguments, context: AdminContext): Node {
  const topics = args['topics'];
  const items = context.shop.state.subscriptions.filter(
    (one) =>
      (!Array.isArray(topics) || topics.map((name) => topicOf(String(name))).includes(one.topic)) &&
      (typeof args['uri'] !== 'string' || one.uri === args['uri']),
  );
  const make = (one: WebhookSubscription): Node => toSubscription(context, one);
  return toPage('WebhookSubscriptionConnection', { items, make }, args);
}

export function createSubscription(args: Arguments, context: AdminContext): Node {
  const { shop } = context;
  const topic = topicOf(String(args['topic']));
  const input = args['webhookSubscription'] as Arguments;
  const uri = String(input['uri'] ?? input['callbackUrl'] ?? '');
  const error = subscriptionError(context, topic, uri);
  const made: WebhookSubscription | undefined = error
    ? undefined
    : {
        id: takeId(shop.state),
        topic,
        uri,
        failures: 0,
        includeFields: Array.isArray(input['includeFields'])
          ? input['includeFields'].map(String)
          : [],
        filter: typeof input['filter'] === 'string' ? input['filter'] : null,
        createdAt: shop.clock.now(),
      };
  if (made) {
    shop.state.subscriptions.push(made);
    shop.file.touch();
  }
  return {
    __typename: 'WebhookSubscriptionCreatePayload',
    webhookSubscription: made ? toSubscription(context, made) : null,
    userErrors: userErrors('UserError', ...(error ? [error] : [])),
  };
}

function subscriptionError(
  { shop, scopes }: AdminContext,
  topic: string,
  uri: string,
): UserErrorFacts | undefined {
  if (missingScopes([...scopes], topic).length > 0) {
    const message = `You do not have permission to create or update webhooks with the topic ${topic}`;
    return { field: ['webhookSubscription', 'topic'], message };
  }
  if (!/^https?:\/\//.test(uri)) {
    return { field: ['webhookSubscription', 'uri'], message: 'Address is invalid' };
  }
  const isTaken = shop.state.subscriptions.some((one) => one.topic === topic && one.uri === uri);
  return isTaken
    ? {
        field: ['webhookSubscription', 'uri'],
        message: 'Address for this topic has already been taken',
      }
    : undefined;
}

export function deleteSubscription(args: Arguments, { shop }: AdminContext): Node {
  const id = idOf('WebhookSubscription', String(args['id']));
  const { subscriptions } = shop.state;
  const isKnown = subscriptions.some((one) => one.id === id);
  shop.state.subscriptions = subscriptions.filter((one) => one.id !== id);
  shop.file.touch();
  const missing = { field: ['id'], message: 'Webhook subscription does not exist' };
  return {
    __typename: 'WebhookSubscriptionDeletePayload',
    deletedWebhookSubscriptionId: isKnown ? args['id'] : null,
    userErrors: userErrors('UserError', ...(isKnown ? [] : [missing])),
  };
}
