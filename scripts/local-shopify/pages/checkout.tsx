/**
 * The checkout page: contact, address, delivery options with the extension under each, payment, summary.
 *
 * Every change goes to the server and the answer is drawn; the newest answer wins.
 */
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CheckoutView, ExtensionMount, ViewOption } from '../checkout/view.ts';
import type { Texts } from '../http/texts.ts';
import { AddressForm } from './address-form.tsx';
import { defineElements } from './elements/define-all.ts';
import { ExtensionSlot } from './extension/extension-slot.tsx';
import { checkoutOptionApi, type MetafieldChange } from './extension/target-api.ts';
import { formatPrice, postJson, readPageData } from './page-data.ts';
import { Summary } from './summary.tsx';

type PageData = { view: CheckoutView; texts: Texts; mounts: ExtensionMount[] };
export type Change = (change: Record<string, unknown>) => void;

function Checkout({ view: first, texts, mounts }: PageData) {
  const [view, setView] = useState(first);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const newest = useRef(0);
  const base = `/checkouts/${view.token}`;

  const change: Change = (body) => {
    const turn = ++newest.current;
    setBusy(true);
    setFault('');
    void postJson<CheckoutView>(`${base}/change`, body)
      .then((next) => turn === newest.current && setView(next))
      .catch((error: Error) => setFault(error.message))
      .finally(() => turn === newest.current && setBusy(false));
  };
  const apply = async (field: MetafieldChange): Promise<unknown> => {
    const answer = await postJson<{ result: unknown; view: CheckoutView }>(
      `${base}/metafield`,
      field,
    );
    setView(answer.view);
    return answer.result;
  };
  const pay = async (): Promise<void> => {
    setFault('');
    setBusy(true);
    try {
      const answer = await postJson<{ next: string }>(`${base}/pay`, {});
      location.assign(answer.next);
    } catch (error) {
      setBusy(false);
      setFault(faultText(error instanceof Error ? error.message : '', texts));
    }
  };
  return (
    <div class="columns">
      <main id="main" tabIndex={-1}>
        <header class="shop-name">
          <a href="/">{view.shop.name}</a>
          {view.settings.wallet === 'on' && <span class="wallet">{texts.wallet}</span>}
        </header>
        <h1 class="hidden">{texts.checkout}</h1>
        <section aria-labelledby="contact-title">
          <h2 id="contact-title">{texts.contact}</h2>
          <EmailField view={view} texts={texts} change={change} />
        </section>
        <section aria-labelledby="delivery-title">
          <h2 id="delivery-title">{texts.delivery}</h2>
          <ModeSwitch view={view} texts={texts} change={change} />
          <h3>{view.delivery.mode === 'pickup' ? texts.yourAddress : texts.address}</h3>
          <AddressForm view={view} texts={texts} change={change} />
          <DeliveryOptions
            view={view}
            texts={texts}
            mounts={mounts}
            isBusy={isBusy}
            change={change}
            apply={apply}
          />
        </section>
        <section aria-labelledby="payment-title">
          <h2 id="payment-title">{texts.payment}</h2>
          <p class="note">{texts.paymentNote}</p>
          <p class="fault" role="alert">
            {fault}
          </p>
          <button type="button" class="pay" disabled={isBusy} onClick={() => void pay()}>
            {isBusy ? texts.loading : `${texts.pay} · ${formatPrice(view.total, view.language)}`}
          </button>
        </section>
      </main>
      <Summary view={view} texts={texts} />
    </div>
  );
}

function faultText(code: string, texts: Texts): string {
  const known: Readonly<Record<string, string>> = {
    no_email: texts.invalidEmail,
    no_delivery: texts.chooseDelivery,
    out_of_stock: texts.outOfStock,
    empty_cart: texts.cartEmpty,
  };
  return known[code] ?? code;
}

type Part = { view: CheckoutView; texts: Texts; change: Change };

function EmailField({ view, texts, change }: Part) {
  // What is typed stays: an answer to another field may come before this one is left.
  const typed = useRef(view.email);
  return (
    <label class="field">
      <span>{texts.email}</span>
      <input
        type="email"
        autocomplete="email"
        value={typed.current}
        required
        onInput={(event) => {
          typed.current = event.currentTarget.value;
        }}
        onChange={(event) => change({ email: event.currentTarget.value })}
      />
    </label>
  );
}

function ModeSwitch({ view, texts, change }: Part) {
  if (view.delivery.pickup.length === 0) return null;
  const modes = [
    { mode: 'shipping', text: texts.ship },
    { mode: 'pickup', text: texts.pickup },
  ] as const;
  return (
    <fieldset class="modes">
      <legend class="hidden">{texts.delivery}</legend>
      {modes.map(({ mode, text }) => (
        <label key={mode} class={view.delivery.mode === mode ? 'chosen' : ''}>
          <input
            type="radio"
            name="mode"
            checked={view.delivery.mode === mode}
            onChange={() => change({ mode })}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

type OptionsPart = Part & {
  mounts: ExtensionMount[];
  isBusy: boolean;
  apply(change: MetafieldChange): Promise<unknown>;
};

function DeliveryOptions(part: OptionsPart) {
  const { view, texts, isBusy } = part;
  const { delivery } = view;
  const isPickup = delivery.mode === 'pickup';
  const options = isPickup ? delivery.pickup : delivery.shipping;
  const empty = delivery.status === 'no_address' ? texts.enterAddress : texts.noOptions;
  return (
    <fieldset class="options" data-status={delivery.status} aria-busy={isBusy}>
      <legend>{isPickup ? texts.pickupLocations : texts.shippingMethod}</legend>
      <p class="hidden" role="status">
        {isBusy ? texts.loading : ''}
      </p>
      {options.length === 0 && <p class="empty">{isBusy ? texts.loading : empty}</p>}
      {options.map((option) => (
        <OptionCard key={`${option.kind}:${option.code}`} option={option} {...part} />
      ))}
    </fieldset>
  );
}

function OptionCard({
  option,
  view,
  texts,
  mounts,
  change,
  apply,
}: OptionsPart & { option: ViewOption }) {
  const target =
    option.kind === 'pickup'
      ? 'purchase.checkout.pickup-location-option-item.render-after'
      : 'purchase.checkout.shipping-option-item.render-after';
  const here = mounts.filter((mount) => mount.target === target);
  const id = `option-${option.handle}`;
  const place = option.location?.address;
  const select = (): void =>
    change(
      option.location ? { selectedPickupId: option.location.id } : { selectedCode: option.code },
    );
  return (
    <div class={`option ${option.isSelected ? 'chosen' : ''}`} data-code={option.code}>
      <input
        type="radio"
        id={id}
        name="option"
        checked={option.isSelected}
        aria-describedby={`${id}-more`}
        onChange={select}
      />
      <label for={id}>
        <span class="title">{option.title}</span>
        <span class="price">
          {option.price.minor === 0 ? texts.free : formatPrice(option.price, view.language)}
        </span>
      </label>
      <div class="more" id={`${id}-more`}>
        {place && (
          <p>
            {place.address1}, {place.zip} {place.city}
          </p>
        )}
        {option.description !== '' && <p class="description">{option.description}</p>}
        {here.map((mount) => (
          <ExtensionSlot
            key={mount.handle}
            mount={mount}
            api={checkoutOptionApi(mount, { view, option, apply })}
            facts={{
              language: view.language,
              timeZone: view.shopTimeZone,
              currency: view.total.currency,
            }}
          />
        ))}
      </div>
    </div>
  );
}

function Page({ data }: { data: PageData }) {
  // Tests and people wait for this: the page listens now.
  useEffect(() => {
    document.body.dataset['ready'] = '1';
  }, []);
  return <Checkout {...data} />;
}

defineElements();
const root = document.getElementById('checkout');
if (root) render(<Page data={readPageData<PageData>('checkout-data')} />, root);
