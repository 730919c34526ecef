/** The bar's form for an order that comes another way than this shop's checkout: a marketplace, the till. */
import { useState } from 'preact/hooks';
import { postJson } from './page-data.ts';

const SOURCES = ['marketplace', 'pos', 'shopify_draft_order'];

type Placed = { order: { name?: string } };

export function OtherChannels() {
  const [said, say] = useState('');
  const sell = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const line = { sku: String(fields.get('sku')), quantity: Number(fields.get('quantity')) };
    void postJson<Placed>('/local/orders', { source: String(fields.get('source')), lines: [line] })
      .then(({ order }) => say(`Sold: order ${order.name ?? ''}.`))
      .catch((error: Error) => say(`Not sold: ${error.message}`));
  };
  return (
    <fieldset class="bar-sale">
      <legend>A sale elsewhere</legend>
      <form onSubmit={sell}>
        <div class="bar-row">
          <label>
            Where
            <select name="source">
              {SOURCES.map((source) => (
                <option key={source} value={source}>
                  {source}
                </option>
              ))}
            </select>
          </label>
          <label>
            SKU
            <input name="sku" required />
          </label>
          <label>
            Units
            <input name="quantity" type="number" min="1" value="1" required />
          </label>
          <button type="submit">Sell</button>
        </div>
      </form>
      <p role="status" class="bar-said">
        {said}
      </p>
    </fieldset>
  );
}
