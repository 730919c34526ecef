/**
 * What may each channel sell of each SKU, and why? The answer of `kept sellable`, as data and as text.
 *
 * Inputs: a checked world, an instant, whose figure. Output: per SKU and channel the figure, the lines that
 * add up to it and the part of it at each node (docs/semantics.md, rules 16 to 18; format: docs/cli.md).
 */
import { type InvalidInput, type Result, refuseInput } from '../backend/base/result.ts';
import { formatMinute, instantToMinuteFloor } from '../backend/base/time.ts';
import { compileNetwork } from '../backend/network/network.ts';
import type { Snapshot } from '../backend/network/snapshot.ts';
import type { World } from '../backend/network/world.ts';
import { instant } from '../backend/network/world-fields.ts';
import { levelUnits } from '../backend/stock/figures/levels.ts';
import type { FigureLine, LineCode } from '../backend/stock/figures/lines.ts';
import { explainFigure, type Facts, factsOfWorld } from '../backend/stock/stock.ts';

/** Whose figures, and when; absent: every one. */
export type SellableOptions = {
  readonly channel?: string | undefined;
  readonly sku?: string | undefined;
  /** An instant; reservations and incoming lots are counted at its minute. */
  readonly at: string;
  readonly customerTags: readonly string[];
};

export type SellableFigure = {
  readonly sku: string;
  readonly channel: string;
  readonly units: number;
  readonly free: number;
  readonly pool: number;
  readonly visible: number;
  readonly lines: readonly FigureLine[];
  readonly levels: readonly { readonly nodeId: string; readonly units: number }[];
};

export type SellableAnswer = {
  readonly evaluatedAt: string;
  readonly customerTags: readonly string[];
  readonly figures: readonly SellableFigure[];
};

/** Every figure asked for, by SKU, then by channel. Refuses an unknown SKU and what is no instant. */
export function answerSellable(
  world: World,
  options: SellableOptions,
): Result<SellableAnswer, InvalidInput> {
  const at = instant.safeParse(options.at);
  if (!at.success) {
    return refuseInput({
      pointer: '/at',
      value: options.at,
      allowed: at.error.issues[0]?.message ?? 'an instant',
      remedy: 'Correct --at.',
    });
  }
  const minute = instantToMinuteFloor(at.data);
  const snapshot = compileNetwork(world, minute);
  const sku = options.sku === undefined ? -1 : (snapshot.skuIndex.get(options.sku) ?? undefined);
  if (sku === undefined) {
    return refuseInput({
      pointer: '/sku',
      value: options.sku,
      allowed: 'a SKU of the world’s products',
      remedy: 'Correct --sku, or leave it out to list every SKU.',
    });
  }
  const facts = factsOfWorld(snapshot, world);
  const skus = sku < 0 ? snapshot.products.map((_, index) => index) : [sku];
  const channels = options.channel === undefined ? channelsOf(world) : [options.channel];
  const ask = { minute, customerTags: options.customerTags };
  return {
    ok: true,
    value: {
      evaluatedAt: formatMinute(minute, world.policy.timeZone),
      customerTags: options.customerTags,
      figures: skus.flatMap((index) =>
        channels.map((channel) => figureOf(snapshot, facts, { ...ask, sku: index, channel })),
      ),
    },
  };
}

/** Channels that the policy names, in a row or a quota; `online` when it names none. */
function channelsOf({ policy }: World): string[] {
  const named = new Set(policy.channels.map(({ code }) => code));
  for (const { channel } of policy.quotas) if (channel !== undefined) named.add(channel);
  return named.size === 0 ? ['online'] : [...named];
}

function figureOf(
  snapshot: Snapshot,
  facts: Facts,
  ask: {
    readonly sku: number;
    readonly channel: string;
    readonly minute: number;
    readonly customerTags: readonly string[];
  },
): SellableFigure {
  const { sku, channel, minute, customerTags } = ask;
  const when = { sku, channel, nowMinute: minute, atMinute: minute };
  const figure = explainFigure(snapshot, facts, { ...when, customerTags });
  const nodes = Int32Array.from(snapshot.nodes, ({ index }) => index);
  const levels = levelUnits(snapshot, facts, { ...when, nodes });
  return {
    sku: snapshot.products[sku]?.sku ?? '',
    channel,
    units: figure.units,
    free: figure.free,
    pool: figure.pool,
    visible: figure.visible,
    lines: figure.lines,
    levels: snapshot.nodes.flatMap(({ id, index }) => {
      const units = levels[index] ?? 0;
      return units === 0 ? [] : [{ nodeId: id, units }];
    }),
  };
}

const WORDS: Readonly<Record<LineCode, string>> = {
  on_hand: 'on hand',
  node_closed: 'the node takes no orders',
  outside_pool: 'the channel does not draw on the node',
  unavailable: 'unavailable',
  safety_stock: 'selling safety stock',
  allocated: 'allocated to orders',
  below_zero: 'a node never counts below nothing',
  kit_buildable: 'kits that can be built',
  incoming: 'incoming within the horizon',
  waiting: 'orders waiting for routing',
  reserved_elsewhere: 'reserved by other channels',
  claims_above_stock: 'claims beyond what there is',
  components_claimed: 'components claimed otherwise',
  quotas: 'unused quotas',
  share: 'beyond the channel’s share',
  own_quota: 'own quota',
  below_threshold: 'below the channel’s threshold',
};

/** More figures than this are listed without their lines. */
const MOST_EXPLAINED = 20;

/** The answer for people: a table, then the lines of each figure. */
export function writeSellable(answer: SellableAnswer): string {
  const { figures } = answer;
  const tags = answer.customerTags.length === 0 ? '' : ` for ${answer.customerTags.join(', ')}`;
  const table = columns([
    ['SKU', 'channel', 'sellable'],
    ...figures.map(({ sku, channel, units }) => [sku, channel, String(units)]),
  ]);
  const explained =
    figures.length > MOST_EXPLAINED
      ? ['', 'Name one with --sku to see the lines of its figures.']
      : figures.flatMap((figure) => ['', ...explain(figure)]);
  return [`At ${answer.evaluatedAt}${tags}`, '', ...table, ...explained, ''].join('\n');
}

function explain({ sku, channel, units, lines, levels }: SellableFigure): string[] {
  const rows = lines.map((line) => [
    `  ${line.units > 0 ? '+' : '−'}${Math.abs(line.units)}`,
    line.source === undefined ? WORDS[line.code] : `${WORDS[line.code]}: ${line.source}`,
    line.nodeId ?? '',
  ]);
  const shown = levels.map(({ nodeId, units: level }) => `${nodeId} ${level}`).join(', ');
  return [
    `${sku}, ${channel}`,
    ...columns([...rows, [`  =${units}`, 'sellable', '']]),
    ...(shown === '' ? [] : [`  by location: ${shown}`]),
  ];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
