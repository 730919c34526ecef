/**
 * Sets a storefront page's clock to the shop's: `Date` without arguments and `Date.now()` say the shop's time.
 *
 * In life the shopper's clock and Shopify's agree by themselves; here the shop's can be moved, and a countdown that
 * counted to the machine's own time would show another day. Timers run at real speed.
 */
type Reading = { now: string; speed: number };

const RealDate = Date;
const readPage = (): Reading =>
  JSON.parse(document.getElementById('local-clock')?.textContent ?? 'null');

let reading = readPage();
let sinceMs = performance.now();
const nowMs = (): number =>
  RealDate.parse(reading.now) + (performance.now() - sinceMs) * reading.speed;

addEventListener('local-clock', (event) => {
  if (!(event instanceof CustomEvent)) return;
  reading = event.detail;
  sinceMs = performance.now();
});

const ShopDate = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [nowMs()] : args, newTarget),
  apply: () => new RealDate(nowMs()).toString(),
  get: (target, name, receiver) => (name === 'now' ? nowMs : Reflect.get(target, name, receiver)),
});
globalThis.Date = ShopDate;
