import '@shopify/ui-extensions';

//@ts-ignore
declare module './src/ShippingOption.tsx' {
  const shopify: import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/PickupLocation.tsx' {
  const shopify: import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/shared-answer.ts' {
  const shopify:
    | import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api
    | import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/use-promise.ts' {
  const shopify:
    | import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api
    | import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/words.ts' {
  const shopify:
    | import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api
    | import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/cart-promise-write.ts' {
  const shopify:
    | import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api
    | import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/checkout-state.ts' {
  const shopify:
    | import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api
    | import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/reserve.ts' {
  const shopify:
    | import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api
    | import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}

//@ts-ignore
declare module './src/once-per-state.ts' {
  const shopify:
    | import('@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after').Api
    | import('@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after').Api;
  const globalThis: { shopify: typeof shopify };
}
