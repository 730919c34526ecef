/**
 * The control bar's calls, the clock's two addresses, and the files a sandbox needs (bundles, element lists).
 */
import { existsSync } from 'node:fs';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { FAULT_KINDS, FAULTS } from '../admin/faults.ts';
import { elementCatalog } from '../build/element-catalog.ts';
import { startCheckout } from '../checkout/checkouts.ts';
import { orderPayload } from '../checkout/orders.ts';
import type { LocalControl } from '../control.ts';
import { SETTINGS } from '../settings.ts';
import type { LocalShop } from '../shop.ts';
import { playStory, type StoryStage } from '../story.ts';
import { languageOf, setCart, setCustomer, setLanguage } from './session.ts';

const clockSchema = z.union([
  z.strictObject({ jump: z.iso.datetime({ offset: true }) }),
  z.strictObject({ minutes: z.number() }),
  z.strictObject({ speed: z.number() }),
]);

/** Exchanges shown in the log of the bar. */
const EXCHANGES_SHOWN = 40;

export function controlRoutes(
  shop: LocalShop,
  control: LocalControl,
  keysPath: string | undefined,
): Router {
  const router = Router();
  clockRoutes(router, shop);

  router.get('/local/state', (_request, response) => {
    response.json({
      settings: Object.entries(SETTINGS).map(([name, setting]) => ({ name, ...setting })),
      values: shop.state.settings,
      clock: shop.clock.read(),
      timeZone: shop.seed.shop.timeZone,
      stories: shop.seed.stories.map(({ id, title, text }) => ({ id, title, text })),
      customers: shop.seed.customers.map(({ id, firstName, lastName, tags }) => ({
        id,
        name: `${firstName} ${lastName}`,
        tags,
      })),
      isInstalled: shop.state.isInstalled,
      faultKinds: FAULT_KINDS.map((kind) => ({ kind, ...FAULTS[kind] })),
      ...control.readFaults(),
      exchanges: shop.exchanges.slice(-EXCHANGES_SHOWN).reverse(),
    });
  });
  router.post('/local/settings', (request, response) => {
    tried(response, () => control.changeSettings(request.body));
  });
  router.post('/local/rate-cache/clear', (_request, response) => {
    tried(response, () => control.clearRateCache());
  });
  router.post('/local/customer', (request, response) => {
    const id = Number(request.body.id);
    setCustomer(response, shop.seed.customers.some((one) => one.id === id) ? id : null);
    response.json({ ok: true });
  });
  router.post('/local/stories/:id', async (request, response) => {
    const stage = { shop, control, keysPath };
    await storyCheckout(stage, { id: request.params.id, request, response });
  });
  router.get('/local/orders', (_request, response) => {
    response.json(
      shop.state.orders.map((order) => ({
        payload: orderPayload(shop, order),
        metafields: shop.state.metafields.filter(
          (one) => one.owner === `gid://shopify/Order/${order.id}`,
        ),
      })),
    );
  });
  fileRoutes(router, shop);
  return router;
}

type StoryRequest = { id: string; request: Request; response: Response };

/** Plays a story and answers with its checkout. */
async function storyCheckout(
  stage: StoryStage,
  { id, request, response }: StoryRequest,
): Promise<void> {
  const { shop } = stage;
  if (!shop.seed.stories.some((story) => story.id === id)) {
    response.status(404).json({ detail: `there is no story ${id}` });
    return;
  }
  try {
    const { story, cart } = await playStory(stage, id);
    const language = story.language ?? languageOf(shop, request);
    const customerId = story.customerId ?? null;
    setLanguage(response, language);
    setCustomer(response, customerId);
    setCart(response, cart);
    const checkout = startCheckout(shop, cart, { customerId, language });
    checkout.address = story.address;
    checkout.email = 'shopper@example.com';
    response.json({ next: `/checkouts/${checkout.token}` });
  } catch (error) {
    response.status(400).json({ detail: error instanceof Error ? error.message : String(error) });
  }
}

/** Answers with what an action returns, or 400 with what it throws. */
function tried(response: Response, action: () => object): void {
  try {
    response.json({ ok: true, ...action() });
  } catch (error) {
    response.status(400).json({ detail: error instanceof Error ? error.message : String(error) });
  }
}

function clockRoutes(router: Router, shop: LocalShop): void {
  router.get('/clock', (_request, response) => {
    response.json(shop.clock.read());
  });
  router.get('/clock/stream', (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const send = (reading: unknown): void => {
      response.write(`data: ${JSON.stringify(reading)}\n\n`);
    };
    send(shop.clock.read());
    request.on('close', shop.clock.onChange(send));
  });
  router.post('/clock', (request, response) => {
    tried(response, () => {
      const change = clockSchema.parse(request.body);
      if ('jump' in change) shop.clock.jump(change.jump);
      else if ('minutes' in change) shop.clock.moveBy(change.minutes);
      else shop.clock.setSpeed(change.speed);
      shop.file.touch();
      return shop.clock.read();
    });
  });
}

function fileRoutes(router: Router, shop: LocalShop): void {
  router.get('/local/elements/:target', (request, response) => {
    const { target } = request.params;
    const isKnown = shop.config().uiExtensions.some((one) => one.targets.includes(target));
    if (isKnown) response.json(elementCatalog(target));
    else response.status(404).json({ detail: `no extension draws at ${target}` });
  });
  router.get('/local/bundles/:file', (request, response) => {
    const handle = request.params.file.replace(/\.js$/, '');
    const extension = shop.config().uiExtensions.find((one) => one.handle === handle);
    if (!extension || !existsSync(extension.bundlePath)) {
      const detail = `The bundle of ${handle} is not built; npm run build makes it.`;
      response.status(404).json({ detail });
      return;
    }
    // No caching: the next build must be seen at the next load.
    response.type('text/javascript').set('cache-control', 'no-store');
    response.sendFile(extension.bundlePath, { dotfiles: 'allow' });
  });
}
