/** What goes wrong with webhooks on demand, and subscriptions that Shopify drops. */
import type { LocalShop } from '../shop.ts';
import { calmWebhooks, type WebhookChaos, type WebhookSubscription } from '../state.ts';
import type { Webhooks } from './webhooks.ts';

export type WebhookState = {
  chaos: WebhookChaos;
  subscriptions: readonly WebhookSubscription[];
  /** Topics of the app's configuration, and those of them that are not delivered. */
  topics: readonly string[];
  silenced: readonly string[];
  pending: number;
  held: number;
};

export type WebhookControl = {
  readWebhooks(): WebhookState;
  /** Percent of deliveries something befalls from now on; what is not named ends. */
  setWebhookChaos(chaos: Partial<WebhookChaos>): { chaos: WebhookChaos };
  /** Shopify forgets the app's subscriptions of a topic: those made by the API are deleted, the configured one is silent. */
  dropSubscription(topic: string): { dropped: number };
  /** The configured ones are delivered again, of one topic or of all. */
  restoreSubscription(topic?: string): { restored: number };
  releaseWebhooks(topic?: string): { released: number };
};

export function createWebhookControl(shop: LocalShop, webhooks: Webhooks): WebhookControl {
  const { state } = shop;
  return {
    readWebhooks: () => ({
      chaos: state.webhookChaos,
      subscriptions: state.subscriptions,
      topics: [...new Set(shop.config().webhooks.map((one) => one.topic))],
      silenced: state.silencedTopics,
      pending: webhooks.pending(),
      held: webhooks.held(),
    }),
    setWebhookChaos(chaos) {
      state.webhookChaos = { ...calmWebhooks(), ...chaos };
      shop.file.touch();
      return { chaos: state.webhookChaos };
    },
    dropSubscription(topic) {
      const configured = shop.config().webhooks.filter((one) => one.topic === topic).length;
      const made = state.subscriptions.filter((one) => one.topic === topic).length;
      if (configured + made === 0) throw new Error(`the app has no subscription of ${topic}`);
      state.subscriptions = state.subscriptions.filter((one) => one.topic !== topic);
      if (configured > 0) state.silencedTopics = [...new Set([...state.silencedTopics, topic])];
      shop.file.touch();
      return { dropped: configured + made };
    },
    restoreSubscription(topic) {
      const before = state.silencedTopics.length;
      state.silencedTopics = state.silencedTopics.filter(
        (one) => topic !== undefined && one !== topic,
      );
      shop.file.touch();
      return { restored: before - state.silencedTopics.length };
    },
    releaseWebhooks: (topic) => ({ released: webhooks.release(topic) }),
  };
}
