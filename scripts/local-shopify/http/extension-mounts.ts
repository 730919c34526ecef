/** Extensions of the app that draw at some targets, with their texts in a language. */
import { readExtensionWords } from '../app/app-config.ts';
import type { ExtensionMount } from '../checkout/view.ts';
import type { LocalShop } from '../shop.ts';
import { placeKey } from './checkout-editor-routes.ts';

/** Extensions of the app that draw at these targets, with their texts in the shopper's language. */
export function extensionMounts(
  shop: LocalShop,
  targets: readonly string[],
  language: string,
): ExtensionMount[] {
  return shop.config().uiExtensions.flatMap((extension) =>
    extension.targets
      .filter((target) => targets.includes(target))
      .filter((target) => !shop.state.placesOff.includes(placeKey(extension.handle, target)))
      .map((target) => ({
        handle: extension.handle,
        target,
        bundleUrl: `/local/bundles/${extension.handle}.js`,
        apiVersion: extension.apiVersion,
        capabilities: extension.capabilities,
        words: readExtensionWords(extension.directory, language),
        settings: shop.state.extensionSettings[extension.handle] ?? {},
        metafields: extension.metafields,
      })),
  );
}
