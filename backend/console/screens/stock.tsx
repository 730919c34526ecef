/**
 * Stock: what each channel may sell of a product and why, where it is, and what is on its way.
 *
 * What stands on the shelves comes from other systems and is only shown. An arrival that is moved changes the dates of
 * the next quote.
 */
import { useState } from 'preact/hooks';
import type { NetworkNames, ProductHit, StockRowView } from '../view.ts';
import { call, type Problem } from './api.ts';
import { DateField, RemoveButton } from './fields/calendar.tsx';
import { given } from './fields/simple.tsx';
import { ProductFigures } from './figures.tsx';
import { toast } from './host.ts';
import { useAnswer } from './network.tsx';
import { Fault, problemText, Screen, Waiting } from './parts.tsx';
import { ProductSearch } from './product-search.tsx';
import { t } from './texts/text.ts';

export function StockScreen() {
  const { answer: names, reload } = useAnswer<NetworkNames>('/network');
  const [product, setProduct] = useState<ProductHit>();
  return (
    <Screen heading={t('stock.title')}>
      <s-paragraph color="subdued">{t('stock.intro')}</s-paragraph>
      {names?.ok === false ? <Fault problem={names.problem} onRetry={reload} /> : null}
      {names === undefined ? <Waiting /> : null}
      {names?.ok === true ? (
        <>
          <s-section accessibilityLabel={t('stock.find')}>
            <ProductSearch label={t('stock.find')} onPick={setProduct} />
          </s-section>
          {product === undefined ? (
            <p class="empty">{t('stock.start')}</p>
          ) : (
            <ProductStock key={product.sku} product={product} names={names.value} />
          )}
        </>
      ) : null}
    </Screen>
  );
}

function ProductStock({ product, names }: { product: ProductHit; names: NetworkNames }) {
  const { answer, reload } = useAnswer<StockRowView[]>(
    `/stock?${new URLSearchParams({ sku: product.sku })}`,
  );
  const [added, setAdded] = useState<readonly string[]>([]);
  if (answer === undefined) return <Waiting />;
  if (!answer.ok) return <Fault problem={answer.problem} onRetry={reload} />;
  const rows = answer.value.toSorted((a, b) => b.onHand - a.onHand);
  const expecting = rows.filter((row) => row.incoming.length > 0 || added.includes(row.nodeId));
  const asked = added.filter((nodeId) => !rows.some((row) => row.nodeId === nodeId));
  const lots = [
    ...expecting,
    ...asked.map((nodeId) => ({ ...EMPTY_ROW, sku: product.sku, nodeId })),
  ];
  const shown = new Set(lots.map((row) => row.nodeId));
  return (
    <>
      <ProductFigures sku={product.sku} names={names} />
      <s-section heading={`${t('stock.incoming')}: ${product.name}`}>
        <s-stack gap="base">
          {lots.length === 0 ? <s-paragraph>{t('stock.nothingIncoming')}</s-paragraph> : null}
          {lots.map((row) => (
            <Lots
              key={row.nodeId}
              row={row}
              place={placeName(names, row.nodeId)}
              onSaved={reload}
            />
          ))}
          <s-select
            label={t('stock.addLot')}
            value=""
            onChange={(event) => {
              const nodeId = event.currentTarget.value;
              if (nodeId !== '') setAdded([...added, nodeId]);
            }}
          >
            <s-option value="">–</s-option>
            {names.nodes
              .filter((node) => !shown.has(node.id))
              .map((node) => (
                <s-option key={node.id} value={node.id}>
                  {node.name}
                </s-option>
              ))}
          </s-select>
        </s-stack>
      </s-section>
    </>
  );
}

const EMPTY_ROW = { onHand: 0, unavailable: 0, allocated: 0, incoming: [] } as const;

function placeName(names: NetworkNames, nodeId: string): string {
  return names.nodes.find((node) => node.id === nodeId)?.name ?? nodeId;
}

type Lot = StockRowView['incoming'][number];
type LotsState = { readonly at: 'saving' | 'saved' } | { readonly at: 'fault'; problem: Problem };

function Lots(props: { row: StockRowView; place: string; onSaved: () => void }) {
  const { row, place, onSaved } = props;
  const first: readonly Lot[] =
    row.incoming.length > 0 ? row.incoming : [{ quantity: 1, expectedOn: '' }];
  const [lots, setLots] = useState(first);
  const [state, setState] = useState<LotsState>();
  const change = (index: number, lot: Lot) =>
    setLots(lots.map((one, at) => (at === index ? lot : one)));
  const save = async () => {
    setState({ at: 'saving' });
    const { sku, nodeId } = row;
    const answer = await call('/incoming', { body: { sku, nodeId, incoming: lots } });
    setState(answer.ok ? { at: 'saved' } : { at: 'fault', problem: answer.problem });
    if (!answer.ok) return;
    toast(t('stock.saved'));
    onSaved();
  };
  const problem = state?.at === 'fault' ? state.problem : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <fieldset class="card">
        <legend>{t('stock.lotOf', { place })}</legend>
        {lots.map((lot, index) => (
          <div class="row sided" key={`${index} of ${lots.length}`}>
            <s-number-field
              label={t('stock.quantity')}
              value={String(lot.quantity)}
              min={1}
              {...given('error', errorAt(problem, `/incoming/${index}/quantity`))}
              onInput={(event) =>
                change(index, { ...lot, quantity: Number(event.currentTarget.value) })
              }
            />
            <DateField
              label={t('stock.expectedOn')}
              value={lot.expectedOn ?? lot.expectedAt?.slice(0, 10) ?? ''}
              error={errorAt(problem, `/incoming/${index}`)}
              onChange={(expectedOn) => change(index, { quantity: lot.quantity, expectedOn })}
            />
            <RemoveButton
              name={t('stock.lotOf', { place })}
              onClick={() => setLots(lots.filter((_, at) => at !== index))}
            />
          </div>
        ))}
        <div class="buttons">
          <s-button variant="primary" type="submit" loading={state?.at === 'saving'}>
            {t('common.save')}
          </s-button>
          <s-button icon="plus" onClick={() => setLots([...lots, { quantity: 1, expectedOn: '' }])}>
            {t('common.add')}
          </s-button>
          <span role="status">{state?.at === 'saved' ? t('stock.saved') : ''}</span>
        </div>
        {problem !== undefined && problem.pointer === undefined ? (
          <Fault problem={problem} />
        ) : null}
      </fieldset>
    </form>
  );
}

// The day's own problem stands beside the day; that of the whole lot, too.
function errorAt(problem: Problem | undefined, pointer: string): string | undefined {
  const { pointer: at = '', allowed, remedy, value } = problem ?? {};
  if (allowed === undefined || remedy === undefined) return undefined;
  const isHere = at === pointer || at === `${pointer}/expectedOn`;
  return isHere ? problemText({ value, allowed, remedy }) : undefined;
}
