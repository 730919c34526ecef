/**
 * Runs in a page before any script of it: counts what our script keeps alive (listeners on window and document, timers,
 * observers) and what moved without the shopper's doing, and does what the theme editor does. For the tests of the blocks.
 */
const alive = { listeners: 0, timers: new Set(), observers: new Set() };
const shifts = [];
const isOurs = () => new Error('stack').stack.includes('/kept.js');

const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, listener, options) {
  const isShared = this === document || this === window || this instanceof MediaQueryList;
  if (isShared && isOurs()) {
    alive.listeners += 1;
    add.call(options.signal, 'abort', () => {
      alive.listeners -= 1;
    });
  }
  return add.call(this, type, listener, options);
};

const { setTimeout: start, clearTimeout: stop } = globalThis;
globalThis.setTimeout = (run, milliseconds) => {
  const isCounted = isOurs();
  const id = start(() => {
    alive.timers.delete(id);
    run();
  }, milliseconds);
  if (isCounted) alive.timers.add(id);
  return id;
};
globalThis.clearTimeout = (id) => {
  alive.timers.delete(id);
  stop(id);
};

for (const kind of [IntersectionObserver, PerformanceObserver]) {
  const { observe, disconnect } = kind.prototype;
  kind.prototype.observe = function (...args) {
    if (isOurs()) alive.observers.add(this);
    return observe.apply(this, args);
  };
  kind.prototype.disconnect = function () {
    alive.observers.delete(this);
    return disconnect.apply(this);
  };
}

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const parts = entry.sources.map(({ node }) => node?.outerHTML ?? node?.textContent ?? '');
    if (!entry.hadRecentInput) shifts.push({ value: entry.value, atMs: entry.startTime, parts });
  }
}).observe({ type: 'layout-shift', buffered: true });

globalThis.probe = {
  living: () => ({
    listeners: alive.listeners,
    timers: alive.timers.size,
    observers: alive.observers.size,
  }),
  /** What moved so many milliseconds after the page was asked for, or later. */
  shiftsSince: (fromMs) => shifts.filter(({ atMs }) => atMs > fromMs),
  /** The section's new HTML in place of the old, with the editor's events. */
  swap: async (sectionId) => {
    const tell = (at, name) =>
      at.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { sectionId } }));
    const old = document.getElementById(`shopify-section-${sectionId}`);
    tell(old, 'shopify:section:unload');
    const response = await fetch(`${location.pathname}?section_id=${sectionId}`);
    const fresh = document.createElement('template');
    fresh.innerHTML = await response.text();
    const section = fresh.content.firstElementChild;
    old.replaceWith(section);
    tell(section, 'shopify:section:load');
  },
  /** The page's clock, which follows the shop's, at another instant; a tab that comes back looks at it. */
  setClock: (now) => {
    dispatchEvent(new CustomEvent('local-clock', { detail: { now, speed: 1 } }));
    document.dispatchEvent(new Event('visibilitychange'));
  },
  comeBack: () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
};
