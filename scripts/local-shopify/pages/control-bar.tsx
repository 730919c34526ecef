/**
 * The bar at the foot of every page: which Shopify this is, what time it is, who is looking, which story is told.
 */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Faults } from './faults.tsx';
import { OtherChannels } from './other-channels.tsx';
import { postJson } from './page-data.ts';
import { WebhookTools } from './webhook-tools.tsx';

type Setting = { name: string; title: string; text: string; values: string[]; initial: string };
type Exchange = {
  at: string;
  kind: string;
  title: string;
  detail: string;
  isGood: boolean;
  tookMs: number;
};
type BarState = {
  settings: Setting[];
  values: Record<string, string>;
  clock: { now: string; speed: number };
  timeZone: string;
  stories: { id: string; title: string; text: string }[];
  customers: { id: number; name: string; tags: string[] }[];
  isInstalled: boolean;
  exchanges: Exchange[];
};

const SPEEDS = [0, 1, 60, 600, 3600];
const STEPS = [
  { text: '−1 d', minutes: -1440 },
  { text: '−1 h', minutes: -60 },
  { text: '−1 min', minutes: -1 },
  { text: '+1 min', minutes: 1 },
  { text: '+1 h', minutes: 60 },
  { text: '+1 d', minutes: 1440 },
];

async function post(url: string, body: unknown): Promise<{ next?: string }> {
  return postJson<{ next?: string }>(url, body);
}
const reload = (): void => location.reload();

function Bar({ state, refresh }: { state: BarState; refresh(): void }) {
  const [isOpen, setOpen] = useState(sessionStorage.getItem('bar') === 'open');
  const toggle = (): void => {
    sessionStorage.setItem('bar', isOpen ? 'closed' : 'open');
    setOpen(!isOpen);
    if (!isOpen) refresh();
  };
  return (
    <section class="bar" aria-label="Local Shopify">
      <div class="bar-line">
        <button type="button" class="bar-toggle" aria-expanded={isOpen} onClick={toggle}>
          Local Shopify
        </button>
        <Clock clock={state.clock} timeZone={state.timeZone} />
        <span class="bar-chip">Plan: {state.values['plan']}</span>
        {state.values['wallet'] === 'on' && <span class="bar-chip">Wallet</span>}
        {state.values['protectedData'] === 'withheld' && (
          <span class="bar-chip">Data withheld</span>
        )}
        <nav aria-label="Roles">
          <a href="/">Shop</a>
          <a href="/cart">Cart</a>
          <a href="/admin">Admin</a>
          <a href="/admin/orders">Orders</a>
          <a href="/admin/inventory">Inventory</a>
          <a href="/pos">POS</a>
          <a href="/admin/themes/current/editor">Theme editor</a>
          <a href="/admin/checkout-editor">Checkout editor</a>
        </nav>
      </div>
      {isOpen && <Panel state={state} refresh={refresh} />}
    </section>
  );
}

function Clock({ clock, timeZone }: { clock: BarState['clock']; timeZone: string }) {
  const [base, setBase] = useState({ clock, sinceMs: performance.now() });
  const [, tick] = useState(0);
  useEffect(() => {
    const source = new EventSource('/clock/stream');
    source.onmessage = (event) => {
      const clock = JSON.parse(event.data);
      setBase({ clock, sinceMs: performance.now() });
      // On pages of the theme the page's own clock follows the shop's.
      dispatchEvent(new CustomEvent('local-clock', { detail: clock }));
    };
    const timer = setInterval(() => tick((n) => n + 1), 1_000);
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, []);
  const elapsedMs = (performance.now() - base.sinceMs) * base.clock.speed;
  const now = new Date(Date.parse(base.clock.now) + elapsedMs);
  const text = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(now);
  return (
    <time class="bar-clock" dateTime={now.toISOString()}>
      {text}
      {base.clock.speed !== 1 && ` ×${base.clock.speed}`}
    </time>
  );
}

function Panel({ state, refresh }: { state: BarState; refresh(): void }) {
  return (
    <div class="bar-panel">
      <ClockTools state={state} refresh={refresh} />
      <Stories state={state} />
      <Customers state={state} />
      <OtherChannels />
      <Faults />
      <WebhookTools />
      <SettingList state={state} />
      <Log exchanges={state.exchanges} refresh={refresh} />
    </div>
  );
}

function ClockTools({ state, refresh }: { state: BarState; refresh(): void }) {
  const [instant, setInstant] = useState(state.clock.now.slice(0, 16));
  const set = (body: unknown): void => void post('/clock', body).then(refresh);
  return (
    <fieldset>
      <legend>Clock</legend>
      <div class="bar-row">
        {STEPS.map((step) => (
          <button key={step.text} type="button" onClick={() => set({ minutes: step.minutes })}>
            {step.text}
          </button>
        ))}
      </div>
      <div class="bar-row">
        <label>
          Jump to (UTC)
          <input
            type="datetime-local"
            value={instant}
            onInput={(event) => setInstant(event.currentTarget.value)}
          />
        </label>
        <button type="button" onClick={() => set({ jump: `${instant}:00Z` })}>
          Jump
        </button>
        <label>
          Speed
          <select
            value={String(state.clock.speed)}
            onChange={(event) => set({ speed: Number(event.currentTarget.value) })}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={String(speed)}>
                {speed === 0 ? 'stopped' : `×${speed}`}
              </option>
            ))}
          </select>
        </label>
      </div>
    </fieldset>
  );
}

function Stories({ state }: { state: BarState }) {
  const [said, say] = useState('');
  if (state.stories.length === 0) return null;
  const play = (id: string): void => {
    say('Telling …');
    post(`/local/stories/${id}`, {})
      .then(({ next }) => location.assign(next ?? '/'))
      .catch((error: Error) => say(`Not told: ${error.message}`));
  };
  return (
    <fieldset>
      <legend>Stories</legend>
      <ul class="bar-stories">
        {state.stories.map((story) => (
          <li key={story.id}>
            <button type="button" onClick={() => play(story.id)}>
              {story.title}
            </button>
            <span>{story.text}</span>
          </li>
        ))}
      </ul>
      <p role="status" class="bar-said">
        {said}
      </p>
    </fieldset>
  );
}

function Customers({ state }: { state: BarState }) {
  return (
    <fieldset>
      <legend>Shopper</legend>
      <label>
        Logged in as
        <select
          onChange={(event) =>
            void post('/local/customer', { id: Number(event.currentTarget.value) }).then(reload)
          }
        >
          <option value="">choose …</option>
          <option value="0">guest</option>
          {state.customers.map((one) => (
            <option key={one.id} value={String(one.id)}>
              {one.name} {one.tags.length > 0 && `(${one.tags.join(', ')})`}
            </option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}

function SettingList({ state }: { state: BarState }) {
  return (
    <fieldset class="bar-settings">
      <legend>What this Shopify is like</legend>
      {state.settings.map((setting) => (
        <label key={setting.name} title={setting.text}>
          <span>{setting.title}</span>
          <select
            data-setting={setting.name}
            value={state.values[setting.name]}
            onChange={(event) =>
              void post('/local/settings', { [setting.name]: event.currentTarget.value }).then(
                reload,
              )
            }
          >
            {setting.values.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
          </select>
          <small>{setting.text}</small>
        </label>
      ))}
    </fieldset>
  );
}

function Log({ exchanges, refresh }: { exchanges: Exchange[]; refresh(): void }) {
  const clear = (): void => void post('/local/rate-cache/clear', {}).then(refresh);
  return (
    <fieldset class="bar-log">
      <legend>Between shop and app</legend>
      <div class="bar-row">
        <button type="button" onClick={refresh}>
          Refresh
        </button>
        <button type="button" onClick={clear}>
          Empty the rate cache
        </button>
      </div>
      <ol>
        {exchanges.map((one, i) => (
          <li key={i} class={one.isGood ? '' : 'bad'}>
            <details>
              <summary>
                {one.isGood ? '✓' : '✗'} {one.kind}: {one.title}
                {one.tookMs > 0 && ` · ${one.tookMs} ms`}
              </summary>
              <pre>{one.detail}</pre>
            </details>
          </li>
        ))}
      </ol>
    </fieldset>
  );
}

function App() {
  const [state, setState] = useState<BarState>();
  const refresh = (): void =>
    void fetch('/local/state')
      .then((response) => response.json())
      .then(setState);
  useEffect(refresh, []);
  return state ? <Bar state={state} refresh={refresh} /> : null;
}

const root = document.getElementById('control-bar');
// A page shown inside an editor's preview has the editor's bar and summary already.
if (window !== window.parent) document.querySelector('.settings-summary')?.remove();
else if (root) render(<App />, root);
