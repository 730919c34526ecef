/**
 * `<kept-stores>`: at which stores near a postal code can this product be collected, from when, and which one is mine?
 *
 * One line for my store (else the nearest that has it), the others in a list that opens. Nothing is asked before a
 * postal code is known: no store is near to a whole country.
 */
import type {
  StorefrontOption,
  StorefrontStore,
} from '../../../backend/contract/storefront-promise.ts';
import { KeptBlock, toggle, write } from './block.ts';
import { dayOf, sayDay, sayDistance, sayTime } from './moments.ts';
import { isAnyPassed, nextChange, sayWhen } from './options.ts';
import { readPlace, savePlace } from './place.ts';
import { type ProductChoice, watchProduct } from './product.ts';
import type { Asked } from './questions.ts';

type Row = { readonly store: StorefrontStore; readonly option: StorefrontOption | undefined };

export class StoresBlock extends KeptBlock {
  #choice: ProductChoice | undefined;

  protected override begin(signal: AbortSignal): void {
    this.#choice = watchProduct(this, signal, (isOther) => {
      if (isOther) this.speakNext();
      this.refresh();
    });
    this.piece('stores')?.addEventListener('click', this.#choose, { signal });
  }

  protected override asked(): Asked | undefined {
    const variant = this.postal === '' ? undefined : this.#choice?.wanted();
    return variant === undefined ? undefined : this.about([{ variant, quantity: 1 }]);
  }

  protected override draw(nowMs: number): number {
    const rows = this.#rows(nowMs);
    const mine = rows.find(({ store }) => store.id === readPlace().store);
    const first = mine ?? rows.find(({ option }) => option !== undefined) ?? rows[0];
    write(this.piece('name'), first?.store.name ?? '');
    write(this.piece('when'), first === undefined ? '' : this.#when(first, nowMs));
    const note = this.postal === '' ? 'ask' : 'none';
    const isSaid = first === undefined && (this.postal === '' || this.isAnswered);
    write(this.piece('note'), isSaid ? this.word(note) : '');
    this.piece('more')?.style.setProperty('visibility', first === undefined ? 'hidden' : '');
    this.#drawList(rows, nowMs);
    const dated = rows.flatMap(({ option }) => option ?? []);
    const closes = rows.flatMap(({ store }) => (store.hours === null ? [] : edges(store.hours)));
    const ends = [nextChange(dated, nowMs), ...closes.filter((edge) => edge > nowMs)];
    if (isAnyPassed(this.received?.answer.options ?? [], nowMs)) ends.push(this.renew());
    return Math.min(...ends);
  }

  protected override spoken(): string {
    const texts = ['name', 'when', 'note'].map((name) => this.piece(name)?.textContent);
    return texts.filter(Boolean).join(': ');
  }

  #rows(nowMs: number): Row[] {
    const { stores = [], options = [] } = this.received?.answer ?? {};
    const valid = options.filter(({ validUntil }) => nowMs < Date.parse(validUntil));
    return stores
      .slice(0, Number(this.dataset['rows']) || 3)
      .map((store) => ({ store, option: valid.find(({ code }) => code === `store:${store.id}`) }));
  }

  #when({ option }: Row, nowMs: number): string {
    if (option === undefined) return this.word('not_now');
    return sayWhen(option, nowMs, (...said) => this.word(...said), this.speech(option.timeZone));
  }

  #hours({ hours, timeZone }: StorefrontStore, nowMs: number): string {
    if (hours === null) return '';
    const speech = this.speech(timeZone);
    const [fromMs = 0, toMs = 0] = edges(hours);
    if (fromMs <= nowMs) return this.word('open_until', { time: sayTime(toMs, speech) });
    const day = sayDay(dayOf(fromMs, timeZone), nowMs, speech);
    return this.word('opens', { day, time: sayTime(fromMs, speech) });
  }

  #drawList(rows: readonly Row[], nowMs: number): void {
    const list = this.piece('stores');
    if (list === null) return;
    const mine = readPlace().store;
    const texts = rows.map((row) => ({
      id: row.store.id,
      isMine: row.store.id === mine,
      name: row.store.name,
      lines: [
        this.#when(row, nowMs),
        this.#hours(row.store, nowMs),
        `${row.store.address} (${sayDistance(row.store.meters, this.speech('UTC').locale)})`,
      ],
    }));
    const key = JSON.stringify(texts);
    if (list.dataset['key'] === key) return;
    list.dataset['key'] = key;
    // The button that was pressed keeps the focus.
    const focused = document.activeElement?.closest<HTMLElement>('[data-store]')?.dataset['store'];
    list.replaceChildren(...texts.map((text) => this.#storeRow(text)));
    if (focused !== undefined) {
      list.querySelector<HTMLElement>(`[data-store="${CSS.escape(focused)}"]`)?.focus();
    }
    toggle(list, texts.length > 0);
  }

  #storeRow(text: { id: string; isMine: boolean; name: string; lines: string[] }): HTMLElement {
    const row = document.createElement('li');
    const name = document.createElement('strong');
    name.textContent = text.name;
    const lines = text.lines.filter(Boolean).map((line) => {
      const part = document.createElement('span');
      part.textContent = line;
      return part;
    });
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset['store'] = text.id;
    button.setAttribute('aria-pressed', `${text.isMine}`);
    button.setAttribute('aria-label', `${this.word('mine')}: ${text.name}`);
    button.textContent = this.word('mine');
    row.append(name, ...lines, button);
    return row;
  }

  readonly #choose = (event: Event): void => {
    const button = event.target instanceof Element ? event.target.closest('[data-store]') : null;
    if (!(button instanceof HTMLElement)) return;
    const id = button.dataset['store'] ?? '';
    savePlace({ store: readPlace().store === id ? '' : id });
  };
}

function edges({ from, to }: { readonly from: string; readonly to: string }): [number, number] {
  return [Date.parse(from), Date.parse(to)];
}
