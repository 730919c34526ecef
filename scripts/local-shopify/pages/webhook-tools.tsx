/** The bar's panel of webhooks: what share of them something befalls, and subscriptions that Shopify drops. */
import { useEffect, useState } from 'preact/hooks';
import { postJson } from './page-data.ts';

type WebhookState = {
  chaos: Record<string, number | string | null>;
  subscriptions: { id: number; topic: string; uri: string; failures: number }[];
  topics: string[];
  silenced: string[];
  pending: number;
  held: number;
};

const SHARES = [
  { name: 'duplicatePercent', title: 'Doubled' },
  { name: 'delayPercent', title: 'Late' },
  { name: 'reorderPercent', title: 'Overtaken' },
  { name: 'dropPercent', title: 'Lost' },
] as const;
/** Deliveries come and go; this often the panel looks. */
const LOOK_MS = 2_000;

export function WebhookTools() {
  const [state, setState] = useState<WebhookState>();
  const [said, say] = useState('');
  const look = async (): Promise<void> => setState(await (await fetch('/local/webhooks')).json());
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const act = (path: string, body: object, words: string): void =>
    void postJson(`/local/webhooks/${path}`, body)
      .then(() => say(words))
      .catch((error: Error) => say(error.message))
      .then(look);
  if (!state) return null;
  return (
    <fieldset class="bar-webhooks">
      <legend>Webhooks</legend>
      <p class="bar-said">
        {state.pending} under way, {state.held} held back, {state.subscriptions.length}{' '}
        subscriptions made by the API
        {state.silenced.length > 0 && `; silent: ${state.silenced.join(', ')}`}.
      </p>
      <Chaos state={state} set={(body) => act('chaos', body, 'So be it.')} />
      <Subscriptions topics={state.topics} act={act} />
      <p role="status" class="bar-said">
        {said}
      </p>
    </fieldset>
  );
}

function Chaos({ state, set }: { state: WebhookState; set(body: object): void }) {
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    set(
      Object.fromEntries(SHARES.map(({ name }) => [name, Number(fields.get(name) ?? 0)] as const)),
    );
  };
  return (
    <form class="bar-row" onSubmit={submit}>
      {SHARES.map(({ name, title }) => (
        <label key={name}>
          {title}, percent
          <input
            name={name}
            type="number"
            min="0"
            max="100"
            defaultValue={String(state.chaos[name] ?? 0)}
          />
        </label>
      ))}
      <button type="submit">Set</button>
    </form>
  );
}

type Act = (path: string, body: object, words: string) => void;

function Subscriptions({ topics, act }: { topics: string[]; act: Act }) {
  const [topic, setTopic] = useState(topics[0] ?? '');
  return (
    <div class="bar-row">
      <label>
        Topic
        <select value={topic} onChange={(event) => setTopic(event.currentTarget.value)}>
          {topics.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        onClick={() => act('drop-subscription', { topic }, `Shopify has dropped ${topic}.`)}
      >
        Drop subscription
      </button>
      <button type="button" onClick={() => act('restore-subscription', {}, 'All are back.')}>
        Restore all
      </button>
      <button type="button" onClick={() => act('release', {}, 'Held webhooks are on their way.')}>
        Release held webhooks
      </button>
    </div>
  );
}
