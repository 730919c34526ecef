/**
 * What every block does: lives and dies with its element, knows the place, asks once, draws again when time says so.
 *
 * The theme editor replaces sections at will, and themes move and re-render them: whatever a block starts (listeners,
 * timers, questions) ends in `disconnectedCallback`, and everything starts again in `connectedCallback`.
 * Invariants: nothing is shown after it stopped being true; text goes into the page as text, never as markup.
 */
import { fill, nowOf, type Speech } from './moments.ts';
import { onPlace, postalIn, readPostal, savePlace } from './place.ts';
import { type Asked, addressOf, ask, type Question, type Received } from './questions.ts';

// A timer that is set for longer than 24.8 days fires at once; an hour later is looked again anyway.
const LONGEST_SLEEP_MS = 3_600_000;
const SHORTEST_SLEEP_MS = 250;
// Our clock runs up to 90 s ahead: the answer that a passed order-by calls for may not be there yet.
const RENEW_MS = 100_000;

/** Words of a block in the page's language; `[name]` marks what is filled in. */
export type Words = { readonly [name: string]: string };

export abstract class KeptBlock extends HTMLElement {
  #life = new AbortController();
  #timer = 0;
  #address = '';
  #question: Question | undefined;
  #words: Words | undefined;
  /** Speaks to a screen reader after the shopper did something, never on its own. */
  #isAnswerSpoken = false;
  #isAnswered = false;
  #received: Received | undefined;
  #renewedMs = Number.NEGATIVE_INFINITY;

  /** Begins to listen; called once for each life of the element. */
  protected abstract begin(signal: AbortSignal): void;
  /** What to ask now; undefined: nothing. */
  protected abstract asked(): Asked | undefined;
  /** Shows what is true at `nowMs`; says the instant at which to look again. */
  protected abstract draw(nowMs: number): number;
  /** The answer to the present question came, or failed. */
  protected answered(_received: Received | undefined): void {
    // Most blocks only draw.
  }

  connectedCallback(): void {
    this.#life = new AbortController();
    const { signal } = this.#life;
    const start = () => {
      this.#bindPlace(signal);
      onPlace(() => this.refresh(), signal);
      addEventListener('pageshow', (event) => event.persisted && this.refresh(true), { signal });
      document.addEventListener('visibilitychange', () => document.hidden || this.redraw(), {
        signal,
      });
      this.begin(signal);
      this.redraw();
    };
    // Until the page is read to its end the block's own parts may be missing.
    if (document.readyState !== 'loading') start();
    else document.addEventListener('DOMContentLoaded', start, { signal, once: true });
  }

  disconnectedCallback(): void {
    this.#life.abort();
    clearTimeout(this.#timer);
    this.#question?.release();
    this.#question = undefined;
    this.#address = '';
    this.#received = undefined;
    this.#isAnswered = false;
    this.#renewedMs = Number.NEGATIVE_INFINITY;
  }

  /** The answer in force. */
  protected get received(): Received | undefined {
    return this.#received;
  }

  /** True once the present question was answered, or could not be. */
  protected get isAnswered(): boolean {
    return this.#isAnswered;
  }

  protected get country(): string {
    return this.dataset['country'] ?? '';
  }

  protected get postal(): string {
    return postalIn(this.country);
  }

  protected word(name: string, values: { readonly [name: string]: string } = {}): string {
    this.#words ??= JSON.parse(this.querySelector('script')?.textContent || '{}') as Words;
    return fill(this.#words[name] ?? '', values);
  }

  protected piece<Part extends HTMLElement>(name: string): Part | null {
    return this.querySelector<Part>(`[data-part="${name}"]`);
  }

  protected speech(timeZone: string): Speech {
    const language = this.dataset['locale'] || 'en';
    // English is written otherwise in Europe than in America: the shopper's country decides, where the theme does not.
    const locale = language.includes('-') ? language : `${language}-${this.country || 'GB'}`;
    return { locale, timeZone };
  }

  /** The question's common half. */
  protected about(lines: Asked['lines']): Asked {
    return {
      lines,
      country: this.country,
      postal: this.postal,
      currency: this.dataset['currency'] ?? '',
      locale: this.dataset['locale'] ?? '',
    };
  }

  /** The next answer is also spoken: the shopper changed something here. */
  protected speakNext(): void {
    this.#isAnswerSpoken = true;
  }

  /** The sentence a screen reader hears after a change; `''`: nothing. */
  protected spoken(): string {
    return '';
  }

  /** Asks again when the question changed, or when `isForced`. */
  protected refresh(isForced = false): void {
    const asked = this.asked();
    const address = asked === undefined ? '' : addressOf(asked);
    if (address === this.#address && !isForced) {
      this.redraw();
      return;
    }
    this.#question?.release();
    this.#question = undefined;
    // What was true of another question is not said of this one.
    if (address !== this.#address) this.#received = undefined;
    this.#address = address;
    this.#isAnswered = address === '';
    if (address !== '') this.#await(ask(address, isForced));
    this.redraw();
  }

  /** Asks again because an order-by passed: what is shown binds for the margin, today's answer is another one. */
  protected renew(): number {
    const passedMs = performance.now() - this.#renewedMs;
    if (passedMs < RENEW_MS) return this.now() + RENEW_MS - passedMs;
    if (document.hidden) return Number.POSITIVE_INFINITY;
    this.#renewedMs = performance.now();
    queueMicrotask(() => this.isConnected && this.refresh(true));
    return this.now() + RENEW_MS;
  }

  #await(question: Question): void {
    this.#question = question;
    void question.answer.then((received) => {
      if (this.#question !== question) return;
      // A failed second look leaves what still holds; `draw` ends it when it stops holding.
      this.#received = received ?? this.#received;
      this.#isAnswered = true;
      this.answered(received);
      this.redraw();
      if (this.#isAnswerSpoken) this.#speak();
    });
  }

  #speak(): void {
    this.#isAnswerSpoken = false;
    const said = this.piece('said');
    if (said !== null) said.textContent = this.spoken();
  }

  /** Draws now and again when something will have changed. */
  protected redraw(): void {
    clearTimeout(this.#timer);
    if (this.#life.signal.aborted) return;
    const nowMs = this.now();
    this.setAttribute('aria-busy', `${this.#address !== '' && !this.#isAnswered}`);
    const untilMs = this.draw(nowMs);
    if (untilMs === Number.POSITIVE_INFINITY) return;
    const sleepMs = Math.min(Math.max(untilMs - nowMs, SHORTEST_SLEEP_MS), LONGEST_SLEEP_MS);
    this.#timer = window.setTimeout(() => this.redraw(), sleepMs);
  }

  /** The latest it can be: by the answer's clock, else by the page's and the shopper's. */
  protected now(): number {
    const { clock } = this.#received ?? {};
    if (clock !== undefined) return nowOf(clock, Date.now(), performance.now());
    const printedMs = Number(this.dataset['printed']) * 1_000;
    return Math.max(Date.now(), printedMs + performance.now());
  }

  // No form element: the block may stand inside the theme's own.
  #bindPlace(signal: AbortSignal): void {
    const input = this.piece<HTMLInputElement>('postal');
    if (input === null) return;
    const show = () => {
      if (document.activeElement !== input) input.value = this.postal;
    };
    const take = () => {
      const postal = input.value.trim() === '' ? '' : readPostal(input.value);
      input.setAttribute('aria-invalid', `${postal === undefined}`);
      const fault = this.piece('fault');
      if (fault !== null) fault.textContent = postal === undefined ? this.word('invalid') : '';
      if (postal === undefined) return input.focus();
      this.speakNext();
      savePlace({ country: this.country, postal });
    };
    show();
    onPlace(show, signal);
    this.piece('show')?.addEventListener('click', take, { signal });
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      take();
    };
    input.addEventListener('keydown', onKey, { signal });
  }
}

/** Writes text only where it differs, so that nothing is repainted or read out for nothing. */
export function write(part: HTMLElement | null, text: string): void {
  if (part !== null && part.textContent !== text) part.textContent = text;
}

/** Shows or hides. */
export function toggle(part: HTMLElement | null, isShown: boolean): void {
  if (part !== null && part.hidden === isShown) part.hidden = !isShown;
}
