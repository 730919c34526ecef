/** The right column of checkout and of the pages after it: what is bought and what it costs. */
import type { CheckoutView } from '../checkout/view.ts';
import type { Texts } from '../http/texts.ts';
import { formatPrice } from './page-data.ts';

export function Summary({ view, texts }: { view: CheckoutView; texts: Texts }) {
  const price = (one: { minor: number; currency: string }): string =>
    formatPrice(one, view.language);
  const shipping = view.shippingPrice;
  return (
    <aside class="summary" aria-labelledby="summary-title">
      <h2 id="summary-title">{texts.summary}</h2>
      <ul class="summary-lines">
        {view.lines.map((line) => (
          <li key={line.id}>
            <span class="thumb">
              <img src={line.imageUrl} alt={line.imageAlt} width="64" height="80" />
              <span class="count" aria-hidden="true">
                {line.quantity}
              </span>
            </span>
            <span class="what">
              <span>{line.title}</span>
              <small>
                {line.variantTitle} · {texts.quantity} {line.quantity}
              </small>
            </span>
            <span>{price(line.total)}</span>
          </li>
        ))}
      </ul>
      <dl>
        <div>
          <dt>{texts.subtotal}</dt>
          <dd>{price(view.subtotal)}</dd>
        </div>
        <div>
          <dt>{texts.shipping}</dt>
          <dd>{shipping ? (shipping.minor === 0 ? texts.free : price(shipping)) : '—'}</dd>
        </div>
        <div class="total">
          <dt>{texts.total}</dt>
          <dd>
            <small>{view.total.currency}</small> {price(view.total)}
          </dd>
        </div>
      </dl>
    </aside>
  );
}
