/**
 * The one script of the theme's blocks; a theme loads it once, and only while a block is on.
 */
import { CartBlock } from './cart-block.ts';
import { PromiseBlock } from './promise-block.ts';
import { StoresBlock } from './stores-block.ts';

const ELEMENTS = [
  ['kept-promise', PromiseBlock],
  ['kept-stores', StoresBlock],
  ['kept-cart', CartBlock],
] as const;

// The editor may load the script again: a name can be taken once.
for (const [name, element] of ELEMENTS) {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}
