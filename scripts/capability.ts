/**
 * Records what was seen of a shop that no API tells, such as that its rate callbacks come unsigned.
 *
 * Usage: node scripts/capability.ts --shop <shop>.myshopify.com                  prints what is recorded
 *        node scripts/capability.ts --shop <shop>.myshopify.com NAME VALUE       records it as probed
 * NAME and VALUE: rate_signature signed|unsigned, carrier_rates|checkout_ui|delivery_function available|unavailable.
 * Takes effect within seconds on every replica. Exits 2 on a wrong name or value.
 */
import { parseArgs } from 'node:util';
import { parseShopId } from '../backend/base/ids.ts';
import { openDatabase } from '../backend/platform/database.ts';
import { type CapabilityName, createConnectorStore } from '../backend/shopify/connector-store.ts';

const VALUES: Record<CapabilityName, readonly string[]> = {
  rate_signature: ['signed', 'unsigned'],
  carrier_rates: ['available', 'unavailable'],
  checkout_ui: ['available', 'unavailable'],
  delivery_function: ['available', 'unavailable'],
};

function isCapability(name: string): name is CapabilityName {
  return Object.hasOwn(VALUES, name);
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  options: { shop: { type: 'string' } },
  allowPositionals: true,
});
const shop = parseShopId(values.shop, '/shop');
const url = process.env['DATABASE_URL'];
if (!shop.ok) fail(`--shop: ${shop.refusal.allowed}.`);
if (url === undefined) fail('Set DATABASE_URL to the database of the service.');
const db = openDatabase<unknown>({
  url,
  assumesAppRole: process.env['DATABASE_OWNER_URL'] === undefined,
  maxConnections: 1,
  onIdleError: () => undefined,
});
const store = createConnectorStore({ db, now: () => Temporal.Now.instant() });
try {
  const [name, value] = positionals;
  if (name !== undefined) {
    if (!isCapability(name)) fail(`${name} is none of ${Object.keys(VALUES).join(', ')}.`);
    const allowed = VALUES[name];
    if (value === undefined || !allowed.includes(value)) {
      fail(`${name} is one of ${allowed.join(', ')}, not ${value ?? '(nothing)'}.`);
    }
    await store.saveCapability(shop.value, { name, value, source: 'probe' });
  }
  const recorded = await store.readCapabilities(shop.value);
  process.stdout.write(`${JSON.stringify(recorded)}\n`);
} finally {
  await db.destroy();
}
