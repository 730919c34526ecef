/**
 * Buys in the local shop as a shopper's browser does: cart, checkout, address, an option with its date, payment.
 *
 * In: what, who and how it is to come. Out: whether it was bought; an article that is sold out or an option that is not
 * offered is no fault, shoppers leave then.
 */
import { locationIdOf, variantIdsOf } from './locations.ts';
import { DEMO_ADDRESSES } from './stories.ts';

/** What a shopper wants. */
export type Wish = {
  readonly sku: string;
  readonly place: keyof typeof DEMO_ADDRESSES;
  /** Collected at this node; absent: sent. */
  readonly pickupAt?: string;
  /** A service's code; absent: the first option. */
  readonly service?: string;
};

type Option = { readonly code: string; readonly location: { readonly id: number } | null };
type View = {
  readonly delivery: { readonly shipping: readonly Option[]; readonly pickup: readonly Option[] };
};

const LANGUAGES = {
  ...({ MILANO: 'it', ROMA: 'it', PARIS: 'fr' } as const),
  ...({ BERLIN: 'de', MADRID: 'es', LONDON: 'en' } as const),
};

/** Buys it; false when the shop did not offer it. */
export async function buyAs(shopify: string, wish: Wish): Promise<boolean> {
  const address = DEMO_ADDRESSES[wish.place];
  const token = await openCheckout(shopify, wish);
  if (token === undefined) return false;
  // Each page is in the browser's language, and so is the order.
  const cookie = `language=${LANGUAGES[wish.place]}`;
  const change = async (what: object): Promise<View> =>
    (await (await post(`${shopify}/checkouts/${token}/change`, cookie, what)).json()) as View;
  const mailbox = `${address.firstName}.${address.lastName}`
    .normalize('NFD')
    .replace(/[^\w.]/g, '');
  const { delivery } = await change({ address, email: `${mailbox.toLowerCase()}@example.com` });
  const isChosen =
    wish.pickupAt === undefined
      ? await chooseService(delivery.shipping, wish.service, change)
      : await chooseStore(wish.pickupAt, change);
  if (!isChosen) return false;
  const paid = await post(`${shopify}/checkouts/${token}/pay`, cookie, {});
  await paid.body?.cancel();
  return paid.ok;
}

type Change = (what: object) => Promise<View>;

async function chooseService(
  offered: readonly Option[],
  service: string | undefined,
  change: Change,
): Promise<boolean> {
  const option = offered.find(({ code }) => service === undefined || code === service);
  if (option === undefined) return false;
  await change({ selectedCode: option.code });
  return true;
}

async function chooseStore(nodeId: string, change: Change): Promise<boolean> {
  const { delivery } = await change({ mode: 'pickup' });
  const id = locationIdOf(nodeId);
  if (!delivery.pickup.some(({ location }) => location?.id === id)) return false;
  await change({ selectedPickupId: id });
  return true;
}

async function openCheckout(shopify: string, { sku, place }: Wish): Promise<string | undefined> {
  let cookie = `language=${LANGUAGES[place]}`;
  const form = async (path: string, fields: Record<string, string>): Promise<string> => {
    const response = await fetch(shopify + path, {
      ...{ method: 'POST', redirect: 'manual', headers: { cookie } },
      body: new URLSearchParams(fields),
    });
    await response.body?.cancel();
    const set = response.headers.getSetCookie().flatMap((one) => one.split(';')[0] ?? []);
    cookie = [cookie, ...set].join('; ');
    return response.headers.get('location') ?? '';
  };
  await form('/cart/add', { id: String(variantIdsOf(sku).variantId), quantity: '1' });
  const location = await form('/checkout', {});
  return location.includes('/checkouts/') ? location.split('/').at(-1) : undefined;
}

function post(url: string, cookie: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  });
}
