/**
 * A routing decision said in plain sentences: who sends what, why, and why each other place does not.
 *
 * In: a decision. Out: rows of a key and its facts, in reading order; `writeSentences` turns rows into text with templates,
 * one for each key. English stands here; another language is another table of the same keys. Facts are formatted by their
 * name: `…Minute` an instant, `…Minor` money, `nodeId` the node's name; everything else as it is.
 */
import type { Candidate, PlannedParcel, PointsRow, RouteDecision } from './decision.ts';
import { FENCES, type PENALTIES } from './decision.ts';

type Values = Readonly<Record<string, number | string>>;

/** One sentence: a key of `SENTENCES_EN` and what it speaks of. */
export type Sentence = { readonly key: SentenceKey; readonly facts: Values };

const REASONS = [
  ...FENCES,
  'unknown_sku',
  'no_address',
  'unknown_node',
  'contradictory_rules',
] as const;

export type SentenceKey =
  | 'ruleset'
  | 'sends'
  | 'hands_over'
  | 'leaves'
  | 'collects'
  | 'start_by'
  | 'late'
  | 'plan_points'
  | 'not_exact'
  | 'outscored'
  | 'outscored_part'
  | 'outscored_other_orders'
  | 'cannot_complete'
  | 'not_listed'
  | 'expected'
  | `points_${(typeof PENALTIES)[number]}`
  | `fenced_${(typeof FENCES)[number]}`
  | `unplaced_${(typeof REASONS)[number]}`;

/** The sentences of a decision, in reading order. */
export function sentencesOf(decision: RouteDecision): Sentence[] {
  const rows: Sentence[] = [];
  if (decision.ruleset !== 'default') rows.push(said('ruleset', { name: decision.ruleset }));
  for (const parcel of decision.parcels) rows.push(...parcelSentences(parcel));
  if (decision.lateDays > 0) rows.push(said('late', { days: decision.lateDays }));
  for (const line of decision.unplaced) {
    const { sku, quantity, reason, expected } = line;
    rows.push(said(`unplaced_${reason}`, { sku, quantity }));
    if (expected !== undefined) rows.push(said('expected', { sku, ...expected }));
  }
  if (decision.parcels.length > 0) rows.push(said('plan_points', { points: decision.points }));
  if (!decision.isExact) rows.push(said('not_exact'));
  for (const candidate of decision.candidates.toSorted(byNearness)) {
    if (candidate.verdict !== 'chosen') rows.push(...loserSentences(candidate));
  }
  if (decision.notListed > 0) rows.push(said('not_listed', { count: decision.notListed }));
  return rows;
}

function said(key: SentenceKey, facts: Values = {}): Sentence {
  return { key, facts };
}

function parcelSentences(parcel: PlannedParcel): Sentence[] {
  const { nodeId, serviceCode, readyMinute, departureMinute, endMinute, startByMinute } = parcel;
  const goods = parcel.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');
  const isCollected = serviceCode === null;
  return [
    isCollected
      ? said('hands_over', { nodeId, goods })
      : said('sends', { nodeId, goods, service: serviceCode, costMinor: parcel.costMinor }),
    said(isCollected ? 'collects' : 'leaves', { readyMinute, departureMinute, endMinute }),
    said('start_by', { nodeId, startByMinute }),
    ...parcel.points.map(pointsSentence),
  ];
}

function pointsSentence({ rule, points, facts }: PointsRow): Sentence {
  return said(`points_${rule}`, { ...facts, points });
}

/** The losers by how near they came, then those that could not. */
function byNearness(a: Candidate, b: Candidate): number {
  const rank = ({ verdict, behindPoints = Number.MAX_SAFE_INTEGER }: Candidate) =>
    verdict === 'fenced' ? Infinity : behindPoints;
  const [left, right] = [rank(a), rank(b)];
  return left === right ? 0 : left - right;
}

function loserSentences(candidate: Candidate): Sentence[] {
  const { nodeId, verdict, fence, facts, behindPoints, points } = candidate;
  if (verdict === 'fenced' && fence !== undefined) {
    return [said(`fenced_${fence}`, { ...facts, nodeId })];
  }
  const rows = points.map(pointsSentence);
  if (facts['kept'] !== undefined) return [said('outscored_other_orders', { nodeId }), ...rows];
  if (behindPoints === undefined) return [said('cannot_complete', { nodeId, ...facts }), ...rows];
  const key = facts['sends'] === undefined ? 'outscored' : 'outscored_part';
  return [said(key, { nodeId, points: behindPoints, ...facts }), ...rows];
}

/** Templates by key; `{name}` stands for the fact of that name. */
export type SentenceTemplates = Readonly<Record<SentenceKey, string>>;

/** How facts are written. */
export type SentenceWords = {
  readonly templates: SentenceTemplates;
  readonly nodeName: (nodeId: string) => string;
  readonly instant: (minute: number) => string;
  readonly money: (minor: number) => string;
};

/** True for a sentence that belongs under the one before it. */
export function isDetail({ key }: Sentence): boolean {
  return key.startsWith('points_') || DETAILS.has(key);
}

const DETAILS: ReadonlySet<SentenceKey> = new Set(['leaves', 'collects', 'start_by', 'expected']);

/** Rows as text, one sentence each. */
export function writeSentences(rows: readonly Sentence[], words: SentenceWords): string[] {
  return rows.map(({ key, facts }) =>
    words.templates[key].replace(/\{(\w+)\}/g, (_, name: string) =>
      written(name, facts[name], words),
    ),
  );
}

function written(name: string, value: number | string | undefined, words: SentenceWords): string {
  if (value === undefined) return '';
  if (name === 'nodeId') return words.nodeName(String(value));
  if (typeof value === 'number' && name.endsWith('Minute')) return words.instant(value);
  if (typeof value === 'number' && /minor$/i.test(name)) return words.money(value);
  return String(value);
}

/** The sentences in English. */
export const SENTENCES_EN: SentenceTemplates = {
  ruleset: 'The rules “{name}” apply to this order.',
  sends: '{nodeId} sends {goods} with {service}, at a cost of {costMinor}.',
  hands_over: '{nodeId} hands over {goods}.',
  leaves: 'Ready {readyMinute}, leaves {departureMinute}, there before {endMinute}.',
  collects: 'Ready {readyMinute}, can be collected from {departureMinute} until {endMinute}.',
  start_by: 'Work begun there before {startByMinute} still keeps this.',
  late: 'Nothing keeps the promise; up to {days} days later were allowed.',
  plan_points: 'No plan that sends as much has fewer points than this one: {points}.',
  not_exact: 'The order is too large to try every plan: this is a good one, perhaps not the best.',
  outscored: '{nodeId} could have sent it, with {points} points more.',
  outscored_part: '{nodeId} could have sent {sends} of it: {points} points more with the rest.',
  outscored_other_orders: '{nodeId} could have sent it, but other orders need its stock more.',
  cannot_complete: '{nodeId} could have sent a part, and nobody the rest with it.',
  not_listed: '{count} more places have none of the goods.',
  expected:
    'Stock on its way to {nodeId}, usable {usableMinute}, would bring {sku} there before {endMinute}.',
  points_shipping_cost: '{points} points: {minor} for {service}.',
  points_handling: '{points} points: packing in a place of kind {kind}.',
  points_split: '{points} points: one more parcel.',
  points_lateness: '{points} points: {days} days after the {after} date.',
  points_node_load: '{points} points: its day is {percent} % full.',
  points_cannot_prepare_now: '{points} points: work cannot begin before {startMinute}.',
  points_stock_balance: '{points} points: it takes {percent} % of what is there.',
  points_co2: '{points} points: {grams} g of CO2.',
  points_priority: '{points} points: number {rank} in the order of priority.',
  points_move_seen: '{points} points: {seenAt} has seen the work already.',
  fenced_no_stock: '{nodeId} has none of the goods free.',
  fenced_closed: '{nodeId} takes no orders.',
  fenced_location_off: '{nodeId} is switched off in Shopify.',
  fenced_no_lane: '{nodeId} does not deliver there with this service.',
  fenced_no_departure: 'Nothing leaves {nodeId} in time to be delivered.',
  fenced_too_late: '{nodeId} would be later than promised.',
  fenced_daily_cap: '{nodeId} has {orders} orders today and takes {cap}.',
  fenced_capacity: '{nodeId} has no capacity left for it.',
  fenced_product_rule: 'A product rule keeps {sku} from being sent by {nodeId}.',
  fenced_country_rule: 'A country rule keeps {nodeId} from sending to {country}.',
  fenced_restricted: 'The service does not carry {sku} from {nodeId} there.',
  fenced_limit: 'The parcel is too large or too heavy for the service from {nodeId}.',
  fenced_refused: '{nodeId} does not take it ({why}).',
  fenced_own_store_only: '{nodeId} is not the store where it is collected.',
  fenced_not_in_ruleset: '{nodeId} is not among the places this order may come from.',
  fenced_parcel_value: 'A parcel from {nodeId} would be worth too little, or leave too little.',
  fenced_split_forbidden:
    '{nodeId} could only send a part, and the order may not be split further.',
  unplaced_no_stock: '{quantity} × {sku} wait: no place has them free.',
  unplaced_closed: '{quantity} × {sku} wait: the places that have them take no orders.',
  unplaced_location_off:
    '{quantity} × {sku} wait: the places that have them are switched off in Shopify.',
  unplaced_no_lane: '{quantity} × {sku} wait: no place that has them delivers to this address.',
  unplaced_no_departure: '{quantity} × {sku} wait: nothing leaves in time to be delivered.',
  unplaced_too_late: '{quantity} × {sku} wait: no place would be there in the days allowed.',
  unplaced_daily_cap: '{quantity} × {sku} wait: the places that have them are full for today.',
  unplaced_capacity: '{quantity} × {sku} wait: no place has the capacity.',
  unplaced_product_rule:
    '{quantity} × {sku} wait: a product rule excludes the places that have them.',
  unplaced_country_rule:
    '{quantity} × {sku} wait: a country rule excludes the places that have them.',
  unplaced_restricted: '{quantity} × {sku} wait: the service does not carry them there.',
  unplaced_limit: '{quantity} × {sku} wait: too large or too heavy for the service.',
  unplaced_refused: '{quantity} × {sku} wait: the places that have them refused or did not answer.',
  unplaced_own_store_only: '{quantity} × {sku} wait: the store where they are collected has none.',
  unplaced_not_in_ruleset:
    '{quantity} × {sku} wait: only places that this order may not come from have them.',
  unplaced_parcel_value:
    '{quantity} × {sku} wait: a parcel of them would be worth too little, or leave too little.',
  unplaced_split_forbidden: '{quantity} × {sku} wait: the order may not be split further.',
  unplaced_unknown_sku:
    '{quantity} × {sku} wait: nobody knows this SKU. Add it, or correct the order.',
  unplaced_no_address: '{quantity} × {sku} wait: the order has no address. Add one.',
  unplaced_unknown_node:
    '{quantity} × {sku} wait: the store where they are collected is not known.',
  unplaced_contradictory_rules:
    '{quantity} × {sku} wait: the routing rules leave no place that may send them. Change the rules.',
};
