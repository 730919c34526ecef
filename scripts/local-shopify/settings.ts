/**
 * Which Shopify is being played: plan, wallet, data protection, and one named switch for every fact about the real
 * platform that nobody here could verify.
 *
 * The list is data: the control bar draws it, every page prints it (`data-setting-*` and in words), tests walk it.
 * A switch's first value is the pessimistic one, the default; so what works here by default works in the worst case.
 * Where the worst case would leave nothing to see, the reason for another default stands beside it.
 */
type SettingList = Readonly<
  Record<string, { title: string; text: string; values: readonly string[]; initial: string }>
>;

export const SETTINGS = {
  plan: {
    title: 'Plan',
    text: 'Basic: no carrier-calculated rates, no checkout extension. Advanced: rates. Plus: both.',
    values: ['basic', 'advanced', 'plus'],
    initial: 'plus',
  },
  wallet: {
    title: 'Wallet checkout',
    text: 'Apple Pay and the like: no UI extension is drawn and every cart write fails.',
    values: ['off', 'on'],
    initial: 'off',
  },
  protectedData: {
    title: 'Protected customer data',
    text: 'Withheld: name, address, postal code, phone and email reach neither extension, Function nor webhook.',
    values: ['granted', 'withheld'],
    initial: 'granted',
  },
  origins: {
    title: 'Origins',
    text: 'How many locations one basket ships from; Shopify asks for rates once per origin.',
    values: ['auto', '1', '2', '3'],
    initial: 'auto',
  },
  carrierHmac: {
    title: 'Rate callback is signed',
    text: 'Seen in the field, never documented. Unsigned: the X-Shopify-Hmac-Sha256 header is absent.',
    values: ['signed', 'unsigned'],
    initial: 'signed',
  },
  carrierLoad: {
    title: 'Rate callback time limit',
    text: 'By requests a minute: under 1,500 10 s, to 3,000 5 s, above 3 s.',
    values: ['3s', '5s', '10s'],
    initial: '3s',
  },
  rateCache: {
    title: 'Rate cache',
    text: 'Shopify keeps rates 15 minutes (errors 30 s), keyed by items and addresses, never by language or time.',
    values: ['on', 'off'],
    initial: 'on',
  },
  rateCurrency: {
    title: 'Rate callback currency',
    text: "The currency the callback is asked in: the shop's, or the one the shopper pays in.",
    values: ['shop', 'presentment'],
    initial: 'shop',
  },
  carrierAttach: {
    title: 'New carrier services attach themselves',
    text: 'Until API 2026-10 a new carrier service is put into every zone of the general profile by itself.',
    values: ['automatic', 'never'],
    initial: 'automatic',
  },
  carrierNamePrefix: {
    title: 'Carrier name before the title',
    text: "Shopify puts the carrier service's name before the title of its rates: always, only of renamed ones, never.",
    values: ['always', 'renamed', 'never'],
    // The schema says it of renamed options; before every rate nobody has seen it.
    initial: 'renamed',
  },
  mergedDetails: {
    title: 'Description of merged rates',
    text: 'Rates of several origins are merged by name; whose description and dates survive is unknown.',
    values: ['first', 'none', 'latest'],
    initial: 'first',
  },
  pickupRename: {
    title: 'Functions may change pickup options',
    text: 'Hiding, renaming or moving of PICK_UP options by a delivery customization.',
    values: ['no', 'yes'],
    initial: 'no',
  },
  carrierEstimate: {
    title: "Carrier's dates in the delivery estimate",
    text: 'Whether min/max_delivery_date reach deliveryEstimate and the fulfillment order.',
    values: ['no', 'yes'],
    initial: 'no',
  },
  rateMetafields: {
    title: 'Rate metafields',
    text: 'Whether metafields of a rate can be read by the checkout extension.',
    values: ['no', 'yes'],
    initial: 'no',
  },
  cartTokenOnOrder: {
    title: 'Cart token on the order',
    text: 'Whether the order carries the token of the storefront cart.',
    values: ['no', 'yes'],
    initial: 'no',
  },
  connectionCost: {
    title: 'Points of a connection',
    text: 'Measured: 2 + floor(2 ln size) nodes, as a published audit of 2025-07 found. In full: every node asked for, as until 2024.',
    values: ['in full', 'measured'],
    // In full would refuse queries that Shopify takes.
    initial: 'measured',
  },
  badRow: {
    title: 'One bad row of an inventory write',
    text: 'Atomic: a single userError leaves every row of the call undone. Else the good rows are written.',
    values: ['atomic', 'others applied'],
    initial: 'atomic',
  },
  failedKey: {
    title: 'Idempotency key of a refused call',
    text: 'Refused: the key is spent, the same call needs a new one. Else the first answer is given again.',
    values: ['refused', 'replayed'],
    initial: 'refused',
  },
  levelWebhooks: {
    title: 'inventory_levels/update comes',
    text: 'Only when available changes, or at every change of a level (committed, damaged and the like).',
    values: ['available only', 'every change'],
    initial: 'available only',
  },
  incomingWrites: {
    title: 'Apps may adjust incoming',
    text: 'Whether inventoryAdjustQuantities takes the name incoming; else only transfers make it.',
    values: ['no', 'yes'],
    initial: 'no',
  },
  orderRouting: {
    title: 'Fulfillment orders come',
    text: 'Shopify makes them after the order: a second after the page, 6 seconds after it (behind orders/create), or with the order.',
    values: ['late', 'after page', 'at once'],
    // Late for every order would leave the thank-you page of a pickup without a date to look at.
    initial: 'after page',
  },
  moveOnHold: {
    title: 'A fulfillment order on hold may be moved',
    text: 'Whether MOVE is among the actions while it is ON_HOLD.',
    values: ['no', 'yes'],
    initial: 'no',
  },
  partialMove: {
    title: 'Moving a part of a fulfillment order',
    text: 'New ids: it is closed, what moved and what stays are both new. Keeps id: what stays is the old one.',
    values: ['new ids', 'keeps id'],
    initial: 'new ids',
  },
  moveOntoOpen: {
    title: "Moving to where another of the order's fulfillment orders is open",
    text: 'Recreated: both are closed and their units are in a new one. Beside: they stand side by side.',
    values: ['recreated', 'beside'],
    initial: 'recreated',
  },
  splitKeeps: {
    title: 'A split fulfillment order keeps',
    text: 'The units that were not named (those named get a new id), or the named ones.',
    values: ['rest', 'named'],
    initial: 'rest',
  },
  reportProgress: {
    title: 'Apps may report progress',
    text: 'Not eligible: the action is listed and refused with MARKETPLACE_APP_NOT_ELIGIBLE, as some shops do.',
    values: ['not eligible', 'eligible'],
    initial: 'not eligible',
  },
  addressOnWork: {
    title: 'A changed address on fulfillment orders',
    text: 'Whether the destination of open fulfillment orders follows orderUpdate(shippingAddress).',
    values: ['stays', 'follows'],
    initial: 'stays',
  },
  webhooks: {
    title: 'Webhooks',
    text: 'After the page that caused them; at least once, unordered, sometimes late (15 s) or lost. Held: until they are released.',
    values: ['after page', 'late', 'duplicated', 'reordered', 'dropped', 'prompt', 'held'],
    // Late for every order would leave the thank-you page without a date to look at.
    initial: 'after page',
  },
} as const satisfies SettingList;

export type SettingName = keyof typeof SETTINGS;
/** The value of every setting. */
export type Settings = { [Name in SettingName]: (typeof SETTINGS)[Name]['values'][number] };

export const SETTING_NAMES = Object.keys(SETTINGS).filter(isSettingName);

/** The settings of a shop nobody has touched. */
export function initialSettings(): Settings {
  return {
    plan: SETTINGS.plan.initial,
    wallet: SETTINGS.wallet.initial,
    protectedData: SETTINGS.protectedData.initial,
    origins: SETTINGS.origins.initial,
    carrierHmac: SETTINGS.carrierHmac.initial,
    carrierLoad: SETTINGS.carrierLoad.initial,
    rateCache: SETTINGS.rateCache.initial,
    rateCurrency: SETTINGS.rateCurrency.initial,
    carrierAttach: SETTINGS.carrierAttach.initial,
    carrierNamePrefix: SETTINGS.carrierNamePrefix.initial,
    mergedDetails: SETTINGS.mergedDetails.initial,
    pickupRename: SETTINGS.pickupRename.initial,
    carrierEstimate: SETTINGS.carrierEstimate.initial,
    rateMetafields: SETTINGS.rateMetafields.initial,
    cartTokenOnOrder: SETTINGS.cartTokenOnOrder.initial,
    connectionCost: SETTINGS.connectionCost.initial,
    badRow: SETTINGS.badRow.initial,
    failedKey: SETTINGS.failedKey.initial,
    levelWebhooks: SETTINGS.levelWebhooks.initial,
    incomingWrites: SETTINGS.incomingWrites.initial,
    orderRouting: SETTINGS.orderRouting.initial,
    moveOnHold: SETTINGS.moveOnHold.initial,
    partialMove: SETTINGS.partialMove.initial,
    moveOntoOpen: SETTINGS.moveOntoOpen.initial,
    splitKeeps: SETTINGS.splitKeeps.initial,
    reportProgress: SETTINGS.reportProgress.initial,
    addressOnWork: SETTINGS.addressOnWork.initial,
    webhooks: SETTINGS.webhooks.initial,
  };
}

/** Saved settings: a name or value that is no longer on the list falls back to the default. */
export function readSettings(saved: Readonly<Record<string, string>>): Settings {
  const known = Object.entries(saved).filter(
    ([name, value]) =>
      isSettingName(name) && SETTINGS[name].values.some((allowed) => allowed === value),
  );
  return changeSettings(initialSettings(), Object.fromEntries(known));
}

/** Whether this text names a setting. */
function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** Takes over what is known in `changes`; throws when a name or a value is not on the list. */
export function changeSettings(
  settings: Settings,
  changes: Readonly<Record<string, unknown>>,
): Settings {
  const changed: Record<string, unknown> = { ...settings };
  for (const [name, value] of Object.entries(changes)) {
    if (!isSettingName(name)) {
      throw new Error(`There is no setting ${name}; known: ${SETTING_NAMES.join(', ')}.`);
    }
    const values: readonly string[] = SETTINGS[name].values;
    if (typeof value !== 'string' || !values.includes(value)) {
      throw new Error(
        `${name} cannot be ${JSON.stringify(value)}; it is one of ${values.join(', ')}.`,
      );
    }
    changed[name] = value;
  }
  return changed as Settings;
}

/** Carrier-calculated rates come with Advanced and above (docs/platform.md). */
export function hasCarrierRates(settings: Settings): boolean {
  return settings.plan !== 'basic';
}

/** UI extensions inside checkout are drawn on Plus only, and never in a wallet's sheet. */
export function drawsCheckoutExtensions(settings: Settings): boolean {
  return settings.plan === 'plus' && settings.wallet === 'off';
}

/** The words of all settings in one line, for the summary every page prints. */
export function summarizeSettings(settings: Settings): string {
  return SETTING_NAMES.map((name) => `${name}=${settings[name]}`).join(' · ');
}
