/** The bar's panel of faults: what goes wrong between app and Admin API, how often it has, what the bucket holds. */
import { useEffect, useState } from 'preact/hooks';
import { postJson } from './page-data.ts';

type Fault = {
  id: number;
  kind: string;
  operation: string;
  rate: number;
  left: number | null;
  delayMs: number;
  seen: number;
  fired: number;
};
type FaultState = {
  kinds: { kind: string; title: string; text: string }[];
  faults: Fault[];
  throttle: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
};

/** Counters move while the app works; this often the panel looks. */
const LOOK_MS = 2_000;

export function Faults() {
  const [state, setState] = useState<FaultState>();
  const [said, say] = useState('');
  const look = async (): Promise<void> => setState(await (await fetch('/local/faults')).json());
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const act = (url: string, body: object, words: string): void =>
    void postJson(url, body)
      .then(() => say(words))
      .catch((error: Error) => say(error.message))
      .then(look);
  if (!state) return null;
  const { maximumAvailable, currentlyAvailable, restoreRate } = state.throttle;
  return (
    <fieldset class="bar-faults">
      <legend>Faults of the Admin API</legend>
      <p class="bar-said">
        Bucket: {Math.floor(currentlyAvailable)} of {maximumAvailable} points, {restoreRate} a
        second.
      </p>
      <FaultForm kinds={state.kinds} add={(body) => act('/local/faults', body, 'Fault added.')} />
      <div class="bar-row">
        <button type="button" onClick={() => act('/local/faults/clear', {}, 'No faults any more.')}>
          Clear all faults
        </button>
      </div>
      <p role="status" class="bar-said">
        {said}
      </p>
      {state.faults.length > 0 && (
        <FaultTable
          state={state}
          clear={(id) => act(`/local/faults/${id}/clear`, {}, 'Fault cleared.')}
        />
      )}
    </fieldset>
  );
}

type FormProps = { kinds: FaultState['kinds']; add(body: object): void };

function FaultForm({ kinds, add }: FormProps) {
  const [kind, setKind] = useState(kinds[0]?.kind ?? '');
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string): string => String(fields.get(name) ?? '');
    const number = (name: string): number | undefined =>
      text(name) === '' ? undefined : Number(text(name));
    const percent = number('percent');
    add({
      kind,
      ...(text('operation') === '' ? {} : { operation: text('operation') }),
      ...(percent === undefined ? {} : { rate: percent / 100 }),
      ...(number('count') === undefined ? {} : { count: number('count') }),
      ...(number('delayMs') === undefined ? {} : { delayMs: number('delayMs') }),
    });
  };
  return (
    <form onSubmit={submit}>
      <div class="bar-row">
        <label>
          What
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            {kinds.map((one) => (
              <option key={one.kind} value={one.kind}>
                {one.title}
              </option>
            ))}
          </select>
        </label>
        <label>
          Operation
          <input name="operation" placeholder="any" />
        </label>
        <label>
          Percent of calls
          <input name="percent" type="number" min="0.0001" max="100" step="any" placeholder="100" />
        </label>
        <label>
          Times
          <input name="count" type="number" min="1" placeholder="no end" />
        </label>
        <label>
          Delay in ms
          <input name="delayMs" type="number" min="0" max="600000" placeholder="2000" />
        </label>
        <button type="submit">Add fault</button>
      </div>
      <small>{kinds.find((one) => one.kind === kind)?.text}</small>
    </form>
  );
}

function FaultTable({ state, clear }: { state: FaultState; clear(id: number): void }) {
  const title = (kind: string): string =>
    state.kinds.find((one) => one.kind === kind)?.title ?? kind;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Fault</th>
          <th scope="col">Operation</th>
          <th scope="col">Share</th>
          <th scope="col">Calls seen</th>
          <th scope="col">Befallen</th>
          <th scope="col">Left</th>
          <th scope="col">
            <span class="bar-hidden">Clear</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {state.faults.map((one) => (
          <tr key={one.id}>
            <th scope="row">{title(one.kind)}</th>
            <td>{one.operation === '*' ? 'any' : one.operation}</td>
            <td>{one.rate * 100} %</td>
            <td>{one.seen}</td>
            <td>{one.fired}</td>
            <td>{one.left ?? '∞'}</td>
            <td>
              <button
                type="button"
                aria-label={`Clear ${title(one.kind)}`}
                onClick={() => clear(one.id)}
              >
                Clear
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
