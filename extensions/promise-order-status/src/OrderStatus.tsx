/** On the order status page of the customer account: the order has its id, and its promise may have changed. */
import '@shopify/ui-extensions/preact';
import { render } from 'preact';
import { OrderPromise } from './OrderPromise.tsx';
import { orderQuestion } from './order-answer.ts';

export default function extension() {
  render(<OrderStatusPromise />, document.body);
}

function OrderStatusPromise() {
  const { appMetafields, checkoutToken, i18n, localization, order, sessionToken } = shopify;
  return (
    <OrderPromise
      question={orderQuestion(
        appMetafields.value,
        { orderId: order.value?.id, checkoutToken: checkoutToken.value },
        localization.language.value.isoCode,
      )}
      getToken={() => sessionToken.get()}
      i18n={i18n}
    />
  );
}
