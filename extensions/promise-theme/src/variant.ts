/**
 * Which variant has the shopper chosen?
 *
 * Themes differ: most keep it in the product form's `id` field and fire `change`, some fire an event of their own with
 * the variant in it, all that let a link be shared write `?variant=`. In: events of the page. Out: the variant's number,
 * only one that belongs to the block's product.
 */

/** Events of common themes that carry the variant in `detail.variant` or `detail.resource`. */
const THEME_EVENTS = [
  'variant:change',
  'variant:changed',
  'variant:update',
  'variant-change',
  'variantChange',
  'product:variant-change',
];

type Follow = {
  readonly block: Element;
  /** The product's variants. */
  readonly isOurs: (variant: string) => boolean;
  readonly onVariant: (variant: string) => void;
  readonly signal: AbortSignal;
};

/** Calls `onVariant` whenever another variant of the product may have been chosen. */
export function followVariant({ block, isOurs, onVariant, signal }: Follow): void {
  const tell = (variant: string | undefined) => {
    if (variant !== undefined && isOurs(variant)) onVariant(variant);
  };
  // The form's field is set by the theme's own listeners, which may run after this one.
  const look = () => setTimeout(() => signal.aborted || tell(chosenVariant(block, isOurs)));
  for (const name of THEME_EVENTS) {
    document.addEventListener(name, (event) => tell(variantIn(event) ?? undefined), { signal });
  }
  document.addEventListener('change', look, { signal });
  addEventListener('popstate', look, { signal });
  addEventListener('pageshow', look, { signal });
}

/** The variant as the page has it now: the form's field, else the address. */
export function chosenVariant(
  block: Element,
  isOurs: (variant: string) => boolean,
): string | undefined {
  const near = block.closest('.shopify-section') ?? document;
  const fields = [near, document].flatMap((scope) => [
    ...scope.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
      'form[action*="/cart/add"] [name="id"]',
    ),
  ]);
  const inAddress = new URLSearchParams(location.search).get('variant') ?? '';
  return [...fields.map((field) => field.value), inAddress].find(isOurs);
}

/** The variant's number in a theme's event. */
export function variantIn(event: Event): string | undefined {
  const detail: unknown = 'detail' in event ? event.detail : undefined;
  const id = read(read(detail, 'variant') ?? read(detail, 'resource'), 'id');
  const text = typeof id === 'number' || typeof id === 'string' ? `${id}` : '';
  return /(\d+)$/.exec(text)?.[1];
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as { readonly [key: string]: unknown })[key]
    : undefined;
}
