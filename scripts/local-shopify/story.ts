/**
 * Tells a story of the control bar: clock, weather, what other systems say, sales elsewhere, and then a basket.
 *
 * In: the shop, what a person at the bar may do to it, and the folder that holds the keys of other systems. Out: the cart
 * to open a checkout with. The app hears of all of it as in life: by webhooks, and by its own address for other systems.
 * A call that the app refuses ends the telling with its answer; nothing is played as if it had worked.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { entryOfSku } from './catalog.ts';
import type { LocalControl } from './control.ts';
import type { Story, StoryCall } from './seed.ts';
import { type LocalShop, recordExchange } from './shop.ts';
import { type Cart, newToken } from './state.ts';

export type StoryStage = {
  shop: LocalShop;
  control: Pick<
    LocalControl,
    'clearFaults' | 'addFault' | 'placeOrder' | 'cancelOrder' | 'clearRateCache'
  >;
  /** Where `<system>-key.txt` lie; absent: no story can speak for another system. */
  keysPath: string | undefined;
};

/**
 * Time jumps only here: an app that holds a shop in memory compiles it anew for another month, and Shopify would keep
 * what it answers meanwhile for 15 minutes. A second and a half is enough on a loaded machine.
 */
const SETTLE_AFTER_JUMP_MS = 1_500;
const SETTLE_AFTER_SALE_MS = 2_500;
const CALL_TIMEOUT_MS = 10_000;

/** Plays a story to its end; throws when there is no such story or another system was refused. */
export async function playStory(
  stage: StoryStage,
  id: string,
): Promise<{ story: Story; cart: Cart }> {
  const { shop, control } = stage;
  const story = shop.seed.stories.find((one) => one.id === id);
  if (!story) throw new Error(`there is no story ${id}`);
  control.clearFaults();
  shop.clock.jump(story.instant);
  await delay(SETTLE_AFTER_JUMP_MS);
  for (const fault of story.faults) control.addFault(fault);
  for (const call of story.calls) await tellApp(stage, story, call);
  for (const sale of story.sales) placeAnew(stage, sale);
  // Webhooks take their time, and rates asked for before the app heard of the sale would be remembered.
  if (story.sales.length > 0) await delay(SETTLE_AFTER_SALE_MS);
  control.clearRateCache();
  const cart = cartOf(shop, story);
  shop.state.carts[cart.token] = cart;
  shop.file.touch();
  return { story, cart };
}

function cartOf(shop: LocalShop, story: Story): Cart {
  const lines = story.cart.flatMap(({ sku, quantity }, i) => {
    const entry = [...shop.variants.values()].find((one) => one.variant.sku === sku);
    return entry ? [{ id: `story-${i}`, variantId: entry.variant.id, quantity }] : [];
  });
  return { token: newToken(), lines, attributes: [], metafields: [] };
}

/** Sells on another channel; what an earlier telling sold goes back on the shelf first. */
function placeAnew({ shop, control }: StoryStage, sale: Story['sales'][number]): void {
  const variantIds = sale.lines.map(({ sku }) => entryOfSku(shop, sku).variant.id);
  for (const order of shop.state.orders) {
    const isSame =
      order.sourceName === sale.source &&
      order.cancelledAt === null &&
      // What has left stays sold.
      order.fulfillments.length === 0 &&
      order.lines.every((line) => variantIds.includes(line.variantId));
    if (isSame) control.cancelOrder(order.id, true);
  }
  control.placeOrder(sale);
}

async function tellApp(stage: StoryStage, story: Story, call: StoryCall): Promise<void> {
  const { shop } = stage;
  const startedMs = performance.now();
  // Sixteen digits: names of later tellings sort behind earlier ones, and a count told again holds again.
  const run = String(Date.now()).padStart(16, '0');
  const body = JSON.stringify(call.body)
    .replaceAll('{instant}', story.instant)
    .replaceAll('{run}', run);
  const response = await fetch(`${shop.app.url}${call.path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${keyOf(stage, call.system)}`,
      'content-type': 'application/json',
    },
    body,
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  const answer = await response.text();
  recordExchange(shop, {
    kind: 'other system',
    title: `${call.system} ${call.path}`,
    detail: `${body}\n${response.status} ${answer}`,
    isGood: response.ok,
    tookMs: Math.round(performance.now() - startedMs),
  });
  if (!response.ok) {
    throw new Error(`${call.path} answered ${response.status} to ${call.system}: ${answer}`);
  }
}

function keyOf({ keysPath }: StoryStage, system: string): string {
  const file = join(keysPath ?? '', `${system}-key.txt`);
  try {
    if (keysPath !== undefined) return readFileSync(file, 'utf8').trim();
  } catch {
    // Said below: there is no such key.
  }
  throw new Error(
    `No key of ${system}: ${file} is missing. Make a connection in Kept and save its key there, or start with --keys.`,
  );
}
