/** The thank-you page and the order status page, each with the extension that draws there. */
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ExtensionMount, OrderView } from '../checkout/view.ts';
import type { Texts } from '../http/texts.ts';
import { defineElements } from './elements/define-all.ts';
import { ExtensionSlot } from './extension/extension-slot.tsx';
import { orderStatusApi, thankYouApi } from './extension/target-api.ts';
import { readPageData } from './page-data.ts';
import { Summary } from './summary.tsx';

type PageData = {
  page: 'thank-you' | 'order-status';
  order: OrderView;
  texts: Texts;
  mounts: ExtensionMount[];
};

function OrderPage({ page, order, texts, mounts }: PageData) {
  const { checkout } = order;
  const isThankYou = page === 'thank-you';
  const build = isThankYou ? thankYouApi : orderStatusApi;
  const facts = {
    language: checkout.language,
    timeZone: checkout.shopTimeZone,
    currency: checkout.total.currency,
  };
  useEffect(() => {
    document.body.dataset['ready'] = '1';
  }, []);
  return (
    <div class="columns">
      <main id="main" tabIndex={-1}>
        <header class="shop-name">
          <a href="/">{checkout.shop.name}</a>
        </header>
        <div class="confirmed">
          <p class="eyebrow">
            {texts.order} {isThankYou ? order.confirmationNumber : order.name}
          </p>
          <h1>
            {isThankYou
              ? texts.thanks.replace('{name}', checkout.address?.firstName || checkout.email)
              : texts.orderStatus}
          </h1>
        </div>
        {isThankYou && (
          <section class="card">
            <h2>{texts.confirmed}</h2>
            <p>{texts.confirmedText}</p>
          </section>
        )}
        <div class="blocks">
          {mounts.map((mount) => (
            <ExtensionSlot
              key={`${mount.handle}:${mount.target}`}
              mount={mount}
              api={build(mount, order)}
              facts={facts}
            />
          ))}
        </div>
        <Details order={order} texts={texts} />
        <p class="after">
          {isThankYou && (
            <a class="button" href={`/orders/${checkout.token}`}>
              {texts.viewOrder}
            </a>
          )}
          <a href="/">{texts.back}</a>
        </p>
      </main>
      <Summary view={checkout} texts={texts} />
    </div>
  );
}

function Details({ order, texts }: { order: OrderView; texts: Texts }) {
  const { checkout } = order;
  const [option] = [...checkout.delivery.shipping, ...checkout.delivery.pickup];
  const place = option?.location?.address ?? checkout.address;
  return (
    <section class="card details" aria-labelledby="details-title">
      <h2 id="details-title">{texts.orderDetails}</h2>
      <dl>
        <div>
          <dt>{texts.contact}</dt>
          <dd>{checkout.email}</dd>
        </div>
        <div>
          <dt>{texts.shippingMethod}</dt>
          <dd>
            {option?.title}
            {option?.description ? <small>{option.description}</small> : null}
          </dd>
        </div>
        {place && (
          <div>
            <dt>{option?.location ? texts.pickup : texts.address}</dt>
            <dd>
              {`${place.firstName} ${place.lastName}`.trim() || place.company}
              <br />
              {place.address1}
              <br />
              {place.zip} {place.city}, {place.countryCode}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

defineElements();
const root = document.getElementById('order');
if (root) render(<OrderPage {...readPageData<PageData>('order-data')} />, root);
