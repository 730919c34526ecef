/**
 * What each channel may sell of a product, and the way from what stands on the shelves to that figure.
 *
 * The figures are asked again every few seconds while the screen is open, so that a sale elsewhere is seen.
 */
import { useEffect, useState } from 'preact/hooks';
import type { ChannelFigure, FiguresView, MovementView, NetworkNames } from '../view.ts';
import { momentAt } from './format.ts';
import { useAnswer } from './network.tsx';
import { Fault, Waiting } from './parts.tsx';
import { t, tc } from './texts/text.ts';

const ASK_AGAIN_MILLISECONDS = 3_000;

export function ProductFigures({ sku, names }: { sku: string; names: NetworkNames }) {
  const [tags, setTags] = useState('');
  const query = new URLSearchParams({ sku, tags });
  const { answer, reload } = useAnswer<FiguresView>(`/stock/figures?${query}`);
  const [chosen, setChosen] = useState<string>();
  useEffect(() => {
    const timer = setInterval(reload, ASK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, [reload]);
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const { channels } = answer.value;
  const shown = channels.find(({ channel }) => channel === chosen) ?? channels[0];
  return (
    <s-section heading={`${t('figures.title')}: ${answer.value.name}`}>
      <s-stack gap="base">
        <s-paragraph color="subdued">{t('figures.text')}</s-paragraph>
        <ul class="channels">
          {channels.map((figure) => (
            <li key={figure.channel}>
              <button
                type="button"
                aria-pressed={figure === shown}
                onClick={() => setChosen(figure.channel)}
              >
                <span>{channelName(figure.channel)}</span>
                <strong>{figure.units}</strong>
              </button>
            </li>
          ))}
        </ul>
        <s-text-field
          label={t('figures.tags')}
          details={t('figures.tags.help')}
          value={tags}
          onChange={(event) => setTags(event.currentTarget.value.replaceAll(' ', ''))}
        />
        {shown === undefined ? null : <Way figure={shown} />}
        {shown === undefined ? null : <ByPlace sku={sku} figure={shown} names={names} />}
      </s-stack>
    </s-section>
  );
}

function channelName(channel: string): string {
  return channel === '' ? t('figures.others') : channel;
}

type Step = {
  readonly code: string;
  readonly units: number;
  readonly from: number;
  readonly to: number;
};

/** Lines of one code together, in the order of the first, each with the sum before and after it. */
function stepsOf({ lines }: ChannelFigure): Step[] {
  const byCode = new Map<string, number>();
  for (const { code, units } of lines) byCode.set(code, (byCode.get(code) ?? 0) + units);
  let sum = 0;
  return [...byCode].map(([code, units]) => {
    const from = sum;
    sum += units;
    return { code, units, from, to: sum };
  });
}

function Way({ figure }: { figure: ChannelFigure }) {
  const steps = stepsOf(figure);
  const most = Math.max(1, ...steps.flatMap(({ from, to }) => [from, to]));
  return (
    <div class="scroll">
      <table class="way">
        <caption>{t('figures.way', { channel: channelName(figure.channel) })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('figures.line')}</th>
            <th scope="col">{t('figures.units')}</th>
            <th scope="col">{t('figures.left')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {steps.map(({ code, units, from, to }) => (
            <tr key={code}>
              <th scope="row">{tc('figures.code', code)}</th>
              <td>{signed(units)}</td>
              <td>{to}</td>
              <td class="drawn" aria-hidden="true">
                <i
                  class={units < 0 ? 'less' : 'more'}
                  style={{
                    marginInlineStart: `${(Math.max(0, Math.min(from, to)) / most) * 100}%`,
                    inlineSize: `${(Math.abs(units) / most) * 100}%`,
                  }}
                />
              </td>
            </tr>
          ))}
          <tr class="sum">
            <th scope="row">{t('figures.sellable')}</th>
            <td />
            <td>{figure.units}</td>
            <td class="drawn" aria-hidden="true">
              <i class="sum" style={{ inlineSize: `${(figure.units / most) * 100}%` }} />
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function signed(units: number): string {
  return units > 0 ? `+${units}` : `−${-units}`;
}

function ByPlace(props: { sku: string; figure: ChannelFigure; names: NetworkNames }) {
  const { sku, figure, names } = props;
  const [opened, setOpened] = useState<string>();
  const placed = figure.lines.filter((line) => line.nodeId !== undefined);
  const codes = [...new Set(placed.map(({ code }) => code))];
  const places = [...new Set(placed.map(({ nodeId = '' }) => nodeId))];
  if (places.length === 0) return <p class="empty">{t('stock.none')}</p>;
  const unitsOf = (nodeId: string, code?: string) =>
    placed
      .filter((line) => line.nodeId === nodeId && (code === undefined || line.code === code))
      .reduce((sum, line) => sum + line.units, 0);
  return (
    <details class="by-place">
      <summary>{t('figures.byPlace', { count: places.length })}</summary>
      <div class="scroll">
        <s-table>
          <s-table-header-row>
            <s-table-header>{t('stock.place')}</s-table-header>
            {codes.map((code) => (
              <s-table-header key={code}>{tc('figures.code', code)}</s-table-header>
            ))}
            <s-table-header>{t('figures.counts')}</s-table-header>
          </s-table-header-row>
          <s-table-body>
            {places
              .toSorted((a, b) => unitsOf(b) - unitsOf(a))
              .map((nodeId) => (
                <s-table-row key={nodeId}>
                  <s-table-cell>
                    <s-button variant="tertiary" onClick={() => setOpened(nodeId)}>
                      {nameOf(names, nodeId)}
                    </s-button>
                  </s-table-cell>
                  {codes.map((code) => (
                    <s-table-cell key={code}>{unitsOf(nodeId, code)}</s-table-cell>
                  ))}
                  <s-table-cell>{unitsOf(nodeId)}</s-table-cell>
                </s-table-row>
              ))}
          </s-table-body>
        </s-table>
      </div>
      {opened === undefined ? null : (
        <Movements key={opened} sku={sku} nodeId={opened} place={nameOf(names, opened)} />
      )}
    </details>
  );
}

function nameOf(names: NetworkNames, nodeId: string): string {
  return names.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;
}

/** What happened there: rows are never changed, a correction is a row of its own. */
function Movements({ sku, nodeId, place }: { sku: string; nodeId: string; place: string }) {
  const query = new URLSearchParams({ sku, nodeId });
  const { answer, reload } = useAnswer<readonly MovementView[]>(`/stock/movements?${query}`);
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return (
    <div class="scroll">
      <table class="way movements">
        <caption>{t('movements.title', { place })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('movements.when')}</th>
            <th scope="col">{t('movements.change')}</th>
            <th scope="col">{t('movements.said')}</th>
            <th scope="col">{t('movements.why')}</th>
            <th scope="col">{t('movements.source')}</th>
          </tr>
        </thead>
        <tbody>
          {answer.value.map((row) => (
            <tr key={row.movement}>
              <th scope="row">{momentAt(row.occurredAt, timeZone)}</th>
              <td>{row.delta === 0 ? '0' : signed(row.delta)}</td>
              <td>
                {t(row.kind === 'count' ? 'movements.counted' : 'movements.moved', {
                  units: row.quantity,
                  type: tc('movements.type', row.type),
                })}
              </td>
              <td>{tc('movements.reason', row.reason)}</td>
              <td>{row.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
