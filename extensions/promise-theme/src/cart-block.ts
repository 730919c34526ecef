/**
 * `<kept-cart>`: when would this cart arrive, said with a receipt that the order brings back.
 *
 * The signed receipt is left in a cart attribute (platform decision 11) while its dates are shown, and taken away as
 * soon as the cart, the place or the dates change: a receipt never speaks for another cart. Themes change the cart in
 * many ways, all by Shopify's cart address; the browser's own record of requests tells of each.
 */
import { STOREFRONT_ATTRIBUTE } from '../../../backend/contract/storefront-promise.ts';
import { DatesBlock } from './dates.ts';
import type { Asked, Received } from './questions.ts';

type Cart = { readonly token: string; readonly lines: Asked['lines']; readonly receipt: string };

const CART_WRITE = /\/cart\/(add|change|update|clear)(\.js)?(\?|$)/;
// Marks our own writes, which change no line.
const OWN = 'kept';

export class CartBlock extends DatesBlock {
  #cart: Cart | undefined;
  #isFirst = true;
  #writes: Promise<void> = Promise.resolve();
  #signal: AbortSignal | undefined;

  protected override begin(signal: AbortSignal): void {
    super.begin(signal);
    this.#signal = signal;
    this.#isFirst = true;
    this.#cart = undefined;
    const observer = new PerformanceObserver((list) => {
      const urls = list.getEntries().map(({ name }) => new URL(name, location.href));
      const isChanged = urls.some(
        (url) => CART_WRITE.test(url.pathname) && !url.searchParams.has(OWN),
      );
      if (isChanged) void this.#load();
    });
    observer.observe({ type: 'resource' });
    signal.addEventListener('abort', () => observer.disconnect());
    void this.#load();
  }

  protected override asked(): Asked | undefined {
    if (this.#cart === undefined || this.#cart.lines.length === 0) return undefined;
    return { ...this.about(this.#cart.lines), cart: this.#cart.token };
  }

  protected override hasFirst(): boolean {
    return this.#isFirst && this.dataset['first'] === 'true';
  }

  protected override draw(nowMs: number): number {
    const untilMs = super.draw(nowMs);
    const { answer } = this.received ?? {};
    const isBinding = this.shown.length > 0 && nowMs < Date.parse(answer?.validUntil ?? '');
    if (this.isAnswered) this.#leave(isBinding ? (answer?.signedReceipt ?? '') : '');
    return untilMs;
  }

  protected override answered(_received: Received | undefined): void {
    this.#isFirst = false;
  }

  /** The cart as it is now; when its lines changed, what was said of the old ones is withdrawn. */
  async #load(): Promise<void> {
    const signal = this.#signal;
    if (signal === undefined) return;
    const cart = await fetchCart(`${this.dataset['root'] ?? '/'}cart.js`, signal);
    if (signal.aborted || cart === undefined) return;
    const before = this.#cart;
    this.#cart = { ...cart, receipt: before === undefined ? cart.receipt : before.receipt };
    if (before !== undefined && JSON.stringify(before.lines) !== JSON.stringify(cart.lines)) {
      this.#isFirst = false;
      this.#leave('');
      this.speakNext();
    }
    this.refresh();
  }

  /** Leaves the receipt in the cart, or takes it away; only when it differs from what is there. */
  #leave(receipt: string): void {
    const cart = this.#cart;
    if (cart === undefined || cart.receipt === receipt) return;
    this.#cart = { ...cart, receipt };
    const address = `${this.dataset['root'] ?? '/'}cart/update.js?${OWN}=1`;
    // One after the other: the last is what stays.
    this.#writes = this.#writes.then(() => send(address, receipt));
  }
}

async function send(address: string, receipt: string): Promise<void> {
  try {
    await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ attributes: { [STOREFRONT_ATTRIBUTE]: receipt } }),
      keepalive: true,
    });
  } catch {
    // The order is joined without it; the shopper loses nothing.
  }
}

async function fetchCart(address: string, signal: AbortSignal): Promise<Cart | undefined> {
  try {
    const response = await fetch(address, { headers: { accept: 'application/json' }, signal });
    return response.ok ? readCart(await response.json()) : undefined;
  } catch {
    return undefined;
  }
}

type Fields = { readonly [key: string]: unknown };

/** Shopify's cart as far as it matters: what is shipped, its token without the key, our attribute. */
export function readCart(input: unknown): Cart {
  const cart = fields(input);
  const items = Array.isArray(cart['items']) ? cart['items'].map(fields) : [];
  const receipt = fields(cart['attributes'])[STOREFRONT_ATTRIBUTE];
  return {
    token: `${cart['token'] ?? ''}`.split('?')[0] ?? '',
    lines: items
      .filter((item) => item['requires_shipping'] !== false)
      .map((item) => ({ variant: `${item['variant_id']}`, quantity: Number(item['quantity']) })),
    receipt: typeof receipt === 'string' ? receipt : '',
  };
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
