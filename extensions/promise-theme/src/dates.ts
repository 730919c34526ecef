/**
 * The part of a block that shows dates: the first one, printed by Liquid, then those of an answer.
 *
 * The first date is cautious and needs no request; it is shown only while it holds and only where its product may have
 * one (rule 15). An answer takes its place. Both stand in room that is reserved, so nothing below them moves.
 */
import type { StorefrontOption } from '../../../backend/contract/storefront-promise.ts';
import { KeptBlock, toggle, write } from './block.ts';
import {
  type Choice,
  chooseOptions,
  isAnyPassed,
  nextChange,
  sayName,
  sayOrderBy,
  sayWhen,
} from './options.ts';
import { readPlace } from './place.ts';

export abstract class DatesBlock extends KeptBlock {
  #shown: readonly StorefrontOption[] = [];

  /** True when the printed first date may be shown for what is chosen now. */
  protected abstract hasFirst(): boolean;

  /** What is shown of the answer. */
  protected get shown(): readonly StorefrontOption[] {
    return this.#shown;
  }

  protected override begin(signal: AbortSignal): void {
    const motion = matchMedia('(prefers-reduced-motion: reduce)');
    motion.addEventListener('change', () => this.redraw(), { signal });
  }

  protected override draw(nowMs: number): number {
    const options = this.received?.answer.options ?? [];
    this.#shown = chooseOptions(options, this.#choice(), nowMs);
    const firstUntilMs = Number(this.dataset['until']) * 1_000;
    const showsFirst = this.#shown.length === 0 && this.hasFirst() && nowMs < firstUntilMs;
    const first = this.#shown[0];
    this.#drawRows(nowMs);
    toggle(this.piece('first'), showsFirst);
    this.#drawNote(showsFirst);
    const order = this.piece('order');
    const ends = [nextChange(this.#shown, nowMs)];
    if (isAnyPassed(options, nowMs)) ends.push(this.renew());
    if (showsFirst) ends.push(firstUntilMs);
    if (first === undefined || order === null) write(order, '');
    else {
      const isResting = matchMedia('(prefers-reduced-motion: reduce)').matches;
      const speech = { ...this.speech(first.timeZone), isResting };
      const line = sayOrderBy(first, nowMs, (...said) => this.word(...said), speech);
      // Which of the dates it is about, where they are not all the same.
      const isAlike = this.#shown.every(
        (one) => one.method !== 'home' || one.orderBy === first.orderBy,
      );
      write(
        order,
        isAlike || line.text === '' ? line.text : `${this.#say(first, sayName)}: ${line.text}`,
      );
      ends.push(line.untilMs);
    }
    return Math.min(...ends);
  }

  protected override spoken(): string {
    const first = this.#shown[0];
    if (first === undefined) return this.piece('note')?.textContent ?? '';
    return `${this.#say(first, sayName)}: ${this.#when(first, this.now())}`;
  }

  #choice(): Choice {
    const shows = (this.dataset['shows'] ?? '').split(' ');
    return {
      services: (this.dataset['services'] ?? '').split(/[\s,]+/).filter(Boolean),
      most: Number(this.dataset['rows']) || 2,
      showsPoint: shows.includes('point'),
      showsStore: shows.includes('store'),
      store: readPlace().store,
    };
  }

  #drawRows(nowMs: number): void {
    const rows = this.piece('rows');
    if (rows === null) return;
    const texts = this.#shown.map((option) => [
      this.#say(option, sayName),
      this.#when(option, nowMs),
    ]);
    const key = JSON.stringify(texts);
    toggle(rows, texts.length > 0);
    if (rows.dataset['key'] === key) return;
    rows.dataset['key'] = key;
    rows.replaceChildren(
      ...texts.map(([name = '', when = '']) => {
        const row = document.createElement('li');
        const label = document.createElement('span');
        const day = document.createElement('strong');
        label.textContent = name;
        day.textContent = when;
        row.append(label, ' ', day);
        return row;
      }),
    );
  }

  #drawNote(showsFirst: boolean): void {
    write(this.piece('note'), this.#note(showsFirst));
  }

  #note(showsFirst: boolean): string {
    const isKnown = this.postal !== '';
    const hasField = this.piece('postal') !== null;
    // A date for a whole country says so, and how to get a better one.
    if (this.#shown.length > 0) return isKnown ? '' : this.word(hasField ? 'rough' : 'country');
    // Nothing is said while an answer is on its way: it would be read as the answer.
    if (showsFirst || !this.isAnswered) return '';
    return this.word(isKnown || !hasField ? 'none' : 'ask');
  }

  #say(option: StorefrontOption, how: typeof sayName): string {
    return how(option, (...said) => this.word(...said));
  }

  #when(option: StorefrontOption, nowMs: number): string {
    return sayWhen(option, nowMs, (...said) => this.word(...said), this.speech(option.timeZone));
  }
}
