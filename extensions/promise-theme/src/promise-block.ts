/**
 * `<kept-promise>`: when would this product arrive here, and until when must it be ordered?
 */
import { DatesBlock } from './dates.ts';
import { isNormal, type ProductChoice, watchProduct } from './product.ts';
import type { Asked } from './questions.ts';

export class PromiseBlock extends DatesBlock {
  #choice: ProductChoice | undefined;

  protected override begin(signal: AbortSignal): void {
    super.begin(signal);
    this.#choice = watchProduct(this, signal, (isOther) => {
      if (isOther) this.speakNext();
      this.refresh();
    });
  }

  protected override asked(): Asked | undefined {
    const variant = this.#choice?.wanted();
    return variant === undefined ? undefined : this.about([{ variant, quantity: 1 }]);
  }

  protected override hasFirst(): boolean {
    return isNormal(this.#choice?.etaClass(), this.dataset['today'] ?? '');
  }
}
