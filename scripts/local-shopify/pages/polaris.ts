/** Stand-in for Shopify's Polaris script: the same `s-*` look-alikes, for pages of the embedded app. */
import { defineElements } from './elements/define-all.ts';

defineElements();
const link = document.createElement('link');
link.rel = 'stylesheet';
link.href = new URL('/assets/polaris.css', (document.currentScript as HTMLScriptElement).src).href;
document.head.append(link);
