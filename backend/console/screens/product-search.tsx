/**
 * Finds a product by its name or SKU while it is typed.
 */
import { useEffect, useState } from 'preact/hooks';
import type { ProductHit } from '../view.ts';
import { call } from './api.ts';
import { given } from './fields/simple.tsx';
import { t } from './texts/text.ts';

const TYPING_MILLISECONDS = 200;

export function ProductSearch(props: {
  label: string;
  error?: string | undefined;
  onPick: (hit: ProductHit) => void;
}) {
  const [search, setSearch] = useState('');
  const [hits, setHits] = useState<readonly ProductHit[]>([]);
  useEffect(() => {
    if (search.trim() === '') {
      setHits([]);
      return undefined;
    }
    const giveUp = new AbortController();
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ search });
      const answer = await call<ProductHit[]>(`/products?${query}`, {
        signal: giveUp.signal,
      }).catch(() => undefined);
      if (answer?.ok === true) setHits(answer.value);
    }, TYPING_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      giveUp.abort();
    };
  }, [search]);
  return (
    <>
      <s-search-field
        label={props.label}
        placeholder={t('tester.findProduct')}
        value={search}
        {...given('error', props.error)}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <ul class="hits" aria-label={t('tester.product')}>
        {hits.map((hit) => (
          <li key={hit.sku}>
            <button
              type="button"
              onClick={() => {
                props.onPick(hit);
                setSearch('');
              }}
            >
              {hit.name} <span class="subdued">{hit.sku}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
