/**
 * The theme's own scripts: the variant picker, the cart's lines, selects that submit themselves. As custom elements, so
 * that they live again when the theme editor swaps a section.
 */
const horizon = () => document.body.dataset.variantEvents === 'horizon';

/** Takes over the named parts of a section from a fresh copy of it; everything else on the page stays as it is. */
async function refreshParts(address, parts, root) {
  const answer = await fetch(address);
  if (!answer.ok) return null;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of parts) {
    const from = fresh.querySelector(`[data-part="${part}"]`);
    const to = root.querySelector(`[data-part="${part}"]`);
    if (from && to) to.replaceWith(from);
  }
  return fresh;
}

customElements.define(
  'variant-picker',
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener('change', this.choose);
    }

    disconnectedCallback() {
      this.removeEventListener('change', this.choose);
    }

    choose = async () => {
      const variants = JSON.parse(this.querySelector('script').textContent);
      const chosen = [...this.querySelectorAll('input:checked')].map((one) => one.value);
      const variant = variants.find((one) => one.options.every((value, i) => value === chosen[i]));
      const section = this.closest('.shopify-section');
      if (!variant) {
        for (const button of section.querySelectorAll('[data-part="buy"]')) button.disabled = true;
        return;
      }
      const address = `${this.dataset.url}?variant=${variant.id}`;
      history.replaceState({}, '', address + this.rest());
      for (const input of section.querySelectorAll('form.buy-form input[name="id"]')) {
        input.value = variant.id;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }
      const source = `${address}&section_id=${this.dataset.section}${this.rest()}`;
      const html = await refreshParts(source, ['price', 'buy'], section);
      this.markGone(html);
      if (!horizon()) return;
      this.dispatchEvent(
        new CustomEvent('variant:update', {
          bubbles: true,
          detail: {
            resource: variant,
            sourceId: section.id,
            data: { html, productId: this.dataset.product, newProduct: undefined },
          },
        }),
      );
    };

    /** With another color other sizes may be sold out; the inputs stay, and so does the focus. */
    markGone(html) {
      const fresh = html?.querySelectorAll('variant-picker label') ?? [];
      for (const [i, label] of this.querySelectorAll('label').entries()) {
        if (!fresh[i]) continue;
        label.className = fresh[i].className;
        label.querySelector('span').replaceWith(fresh[i].querySelector('span'));
      }
    }

    /** What the theme editor put into the address stays there. */
    rest() {
      const draft = new URLSearchParams(location.search).get('editor_draft');
      return draft ? `&editor_draft=${draft}` : '';
    }
  },
);

customElements.define(
  'cart-lines',
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener('change', this.change);
      this.addEventListener('click', this.remove);
    }

    change = (event) => {
      const { key } = event.target.dataset;
      if (key) void this.set(key, Number(event.target.value), event.target.id);
      else if (event.target.name === 'note')
        void this.post('/cart/update.js', { note: event.target.value });
    };

    remove = (event) => {
      const link = event.target.closest('[data-remove]');
      if (!link) return;
      event.preventDefault();
      void this.set(link.dataset.remove, 0);
    };

    async post(address, body) {
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
      });
      return answer.json();
    }

    async set(id, quantity, focusId) {
      const cart = await this.post('/cart/change.js', { id, quantity });
      if (cart.item_count === 0) {
        location.reload();
        return;
      }
      const source = `${location.pathname}?section_id=${this.dataset.section}`;
      await refreshParts(source, ['lines', 'subtotal'], this);
      for (const count of document.querySelectorAll('[data-cart-count]')) {
        count.textContent = cart.item_count;
      }
      const status = this.querySelector('[data-cart-status]');
      if (status) status.textContent = this.querySelector('[data-part="subtotal"]').textContent;
      if (focusId) document.getElementById(focusId)?.focus();
      else this.querySelector('.lines input')?.focus();
      if (horizon()) {
        document.dispatchEvent(
          new CustomEvent('cart:update', {
            bubbles: true,
            detail: {
              resource: cart,
              sourceId: this.dataset.section,
              data: { itemCount: cart.item_count },
            },
          }),
        );
      }
    }
  },
);

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-submit-on-change]')) event.target.form?.requestSubmit();
});
document.documentElement.classList.add('has-script');
