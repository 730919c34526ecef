/** On the thank-you page: the order is known by its checkout's token, before it has an id of its own. */
import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { OrderPromise } from './OrderPromise.tsx';
import { orderQuestion } from './order-answer.ts';

export default function extension() {
  render(<ThankYouPromise />, document.body);
}

function ThankYouPromise() {
  const { appMetafields, checkoutToken, i18n, localization, sessionToken } = shopify;
  return (
    <OrderPromise
      question={orderQuestion(
        appMetafields.value,
        { checkoutToken: checkoutToken.value },
        localization.language.value.isoCode,
      )}
      getToken={() => sessionToken.get()}
      i18n={i18n}
    />
  );
}
