/**
 * The point of sale: a till at a location with a pinned staff member, and the session token of the user logged in there.
 *
 * Everybody at a till shares one login, so the token never names who is pinned, nor where the till stands.
 */
import { type Request, Router } from 'express';
import { adminIdToken } from '../app/signing.ts';
import { SHOP_LANGUAGES } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import type { Till } from '../till.ts';
import { extensionMounts } from './extension-mounts.ts';
import { html } from './html.ts';
import { renderPage } from './page.ts';

const TILE = 'pos.home.tile.render';
const MODAL = 'pos.home.modal.render';

/** The login every till of this shop uses, and the people who pin in at it. */
const POS_USER_ID = 8_510;
const STAFF = [
  { id: 8_511, name: 'Giulia' },
  { id: 8_512, name: 'Marc' },
  { id: 8_513, name: 'Ana' },
];
/** A till's device has a number of its own for each location. */
const FIRST_DEVICE_ID = 70_000;

export function posRoutes(shop: LocalShop): Router {
  const router = Router();
  router.get('/pos', (request, response) => {
    const till = tillOf(shop, request);
    response.send(
      renderPage(shop, {
        title: `Point of sale · ${shop.seed.shop.name}`,
        language: 'en',
        look: 'pos',
        body: html`<main id="pos" tabindex="-1" aria-label="Point of sale"></main>`,
        scripts: ['pos'],
        data: {
          'pos-data': {
            till,
            timeZone: shop.seed.shop.timeZone,
            appUrl: shop.app.url,
            places: openPlaces(shop),
            staff: STAFF,
            languages: SHOP_LANGUAGES,
            tiles: mountsAt(shop, TILE, till.language),
            modals: mountsAt(shop, MODAL, till.language),
          },
        },
      }),
    );
  });
  router.get('/pos/session-token', (_request, response) => {
    // Of an app that is not installed POS shows nothing and gives no token.
    if (!shop.state.isInstalled) return void response.status(403).json({ detail: 'not installed' });
    const { apiKey, apiSecret } = shop.app;
    const facts = { apiKey, apiSecret, shop: shop.seed.shop.domain, nowMs: shop.clock.nowMs() };
    response.set('cache-control', 'no-store').json({ token: adminIdToken(facts, POS_USER_ID) });
  });
  return router;
}

const openPlaces = (shop: LocalShop): { id: number; name: string }[] =>
  shop.seed.locations.filter((one) => one.isActive).map(({ id, name }) => ({ id, name }));

function mountsAt(shop: LocalShop, target: string, language: string) {
  return shop.state.isInstalled ? extensionMounts(shop, [target], language) : [];
}

function tillOf(shop: LocalShop, request: Request): Till {
  const { query } = request;
  const places = openPlaces(shop);
  const place = places.find(({ id }) => id === Number(query['location'])) ?? places[0];
  if (!place) throw new Error('the shop has no open location');
  const language = SHOP_LANGUAGES.find((one) => one === query['language']);
  return {
    shopId: shop.seed.shop.id,
    shopDomain: shop.seed.shop.domain,
    userId: POS_USER_ID,
    staffMemberId: STAFF.find(({ id }) => id === Number(query['staff']))?.id ?? null,
    locationId: place.id,
    deviceId: FIRST_DEVICE_ID + places.indexOf(place),
    deviceName: `Till ${place.name}`,
    currency: shop.seed.shop.currency,
    language: language ?? shop.seed.shop.languages[0] ?? 'en',
    isOnline: query['connection'] !== 'offline',
  };
}
