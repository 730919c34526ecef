/**
 * What crosses fields in the policy of a world and among its products.
 *
 * Names that must exist (nodes, SKUs), quotas of nobody, rules that keep nothing back or name two things,
 * kits of kits. Every field on its own has been checked before (world-policy.ts, world.ts).
 */
import { checkTimeZone } from './check-places.ts';
import { checkKnown, checkUnique, type Problems } from './problems.ts';
import type { WorldPolicy, WorldProduct } from './world.ts';

/** The names of a world, with the index of each. */
export type Names = {
  readonly nodes: ReadonlyMap<string, number>;
  readonly services: ReadonlyMap<string, number>;
  readonly zones: ReadonlyMap<string, number>;
  /** undefined: not known here. */
  readonly skus: ReadonlyMap<string, number> | undefined;
};

/** Names that do not exist and rules that say nothing, or two things at once. */
export function checkPolicy(problems: Problems, policy: WorldPolicy, names: Names): void {
  checkTimeZone(problems, new Map(), { path: ['policy', 'timeZone'], name: policy.timeZone });
  checkChannels(problems, policy, names);
  for (const [index, quota] of policy.quotas.entries()) {
    checkSku(problems, names, ['policy', 'quotas', index], quota.sku);
    if (quota.channel !== undefined || quota.customerTag !== undefined) continue;
    problems.add(['policy', 'quotas', index, 'channel'], {
      allowed: 'a channel or a customerTag: a quota belongs to someone',
      remedy: 'Say whose units these are.',
    });
  }
  for (const list of ['safetyStock', 'routingSafetyStock'] as const) {
    for (const [index, rule] of policy[list].entries()) {
      checkSafetyRule(problems, rule, { path: ['policy', list, index], names });
    }
  }
  for (const [index, rule] of policy.storePickup.rules.entries()) {
    checkPickupRule(problems, rule, { path: ['policy', 'storePickup', 'rules', index], names });
  }
  for (const list of ['waiting', 'reservations'] as const) {
    for (const [index, row] of policy[list].entries()) {
      checkSku(problems, names, ['policy', list, index], row.sku);
    }
  }
}

function checkChannels(problems: Problems, { channels }: WorldPolicy, names: Names): void {
  const codes = channels.map((channel) => channel.code);
  checkUnique(problems, codes, { list: ['policy', 'channels'], field: 'code', what: 'code' });
  for (const [index, channel] of channels.entries()) {
    for (const [position, name] of (channel.nodeIds ?? []).entries()) {
      const path = ['policy', 'channels', index, 'nodeIds', position];
      checkKnown(problems, names.nodes, { path, name, what: 'node' });
    }
  }
}

type RuleAt = { readonly path: readonly (string | number)[]; readonly names: Names };

function checkSafetyRule(
  problems: Problems,
  rule: WorldPolicy['safetyStock'][number],
  { path, names }: RuleAt,
): void {
  checkNamed(problems, rule, { path, names });
  if (rule.units === undefined && rule.percent === undefined && rule.weeksOfSupply === undefined) {
    problems.add([...path, 'units'], {
      allowed: 'units, percent of on hand or weeksOfSupply, or several (the largest counts)',
      remedy: 'Say how much is kept back.',
    });
  }
  for (const fields of [
    ['sku', 'category', 'productTag'],
    ['nodeId', 'region', 'nodeTag', 'kind'],
  ] as const) {
    const [first, ...others] = fields.filter((field) => rule[field] !== undefined);
    for (const field of others) {
      problems.add([...path, field], {
        value: rule[field],
        allowed: `no ${field} beside ${first}`,
        remedy: `Leave the ${field} out: ${first} already names what the rule is about.`,
      });
    }
  }
}

function checkPickupRule(
  problems: Problems,
  rule: WorldPolicy['storePickup']['rules'][number],
  { path, names }: RuleAt,
): void {
  checkNamed(problems, rule, { path, names });
  const namesProduct = [rule.sku, rule.category, rule.productTag].some((one) => one !== undefined);
  if (rule.effect === 'never' || namesProduct) return;
  problems.add([...path, 'sku'], {
    allowed: 'a sku, a category or a productTag: “only” names what is handed over',
    remedy: 'Say which products, or remove the rule.',
  });
}

function checkNamed(
  problems: Problems,
  rule: { readonly sku?: string | undefined; readonly nodeId?: string | undefined },
  { path, names }: RuleAt,
): void {
  if (rule.sku !== undefined) checkSku(problems, names, path, rule.sku);
  if (rule.nodeId === undefined) return;
  const where = { path: [...path, 'nodeId'], name: rule.nodeId, what: 'node' };
  checkKnown(problems, names.nodes, where);
}

/** A kit is made of products that exist, each once, and none of them a kit. */
export function checkKits(
  problems: Problems,
  products: readonly WorldProduct[],
  names: Names,
): void {
  const kits = new Set(products.filter(({ kit }) => kit !== undefined).map(({ sku }) => sku));
  for (const [index, { kit }] of products.entries()) {
    const skus = (kit?.components ?? []).map(({ sku }) => sku);
    for (const [at, sku] of skus.entries()) {
      const path = ['products', index, 'kit', 'components', at];
      checkSku(problems, names, path, sku);
      const isAgain = skus.indexOf(sku) < at;
      if (kits.has(sku)) problems.add([...path, 'sku'], { value: sku, ...NO_KIT_OF_KITS });
      else if (isAgain) problems.add([...path, 'sku'], { value: sku, ...EACH_ONCE });
    }
  }
}

const NO_KIT_OF_KITS = {
  allowed: 'a SKU that is no kit itself',
  remedy: 'Name the components of that kit instead.',
};
const EACH_ONCE = { allowed: 'each component once', remedy: 'Add the quantities together.' };

/** A SKU must be a product, where products are known. */
export function checkSku(
  problems: Problems,
  names: Names,
  path: readonly (string | number)[],
  name: string,
): void {
  if (names.skus === undefined) return;
  checkKnown(problems, names.skus, { path: [...path, 'sku'], name, what: 'product' });
}
