/**
 * One entry of the network as a form: its fields, what is wrong with them, and how saving it went.
 *
 * A save names the version it is based on. A second saver keeps what was typed and chooses: load the other's, or save on
 * top. After a save the form watches until quotes use the new version and says how long that took.
 */
import type { ComponentChild } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Collection, EditProblem, NetworkEdit, NetworkNames } from '../../view.ts';
import { call, type Problem } from '../api.ts';
import { createDraft, type Draft, type Entry } from '../draft.ts';
import { momentAt } from '../format.ts';
import { toast } from '../host.ts';
import { Fault, problemText } from '../parts.tsx';
import { leaving } from '../route.ts';
import { t, tn } from '../texts/text.ts';
import { CarrierForm, LaneForm, PolicyForm, ServiceForm } from './carrier-forms.tsx';
import { type Force, watchForce } from './force.ts';
import { NodeForm, PointForm, ZoneForm } from './place-forms.tsx';

export type FormProps = {
  readonly draft: Draft;
  readonly names: NetworkNames;
  readonly isNew: boolean;
};

const FORMS = {
  nodes: NodeForm,
  carriers: CarrierForm,
  services: ServiceForm,
  lanes: LaneForm,
  zones: ZoneForm,
  pickupPoints: PointForm,
  policy: PolicyForm,
} as const;

/** What is edited: an entry of a list, a new one (`key` null), or the rules. */
export type Edited = {
  readonly collection: Collection | 'policy';
  readonly key: string | null;
  readonly stored: Entry;
  readonly version: number;
};

type State =
  | { readonly at: 'editing' }
  | { readonly at: 'saving' }
  | { readonly at: 'saved'; readonly version: number; readonly force: Force }
  | { readonly at: 'conflict'; readonly problem: Problem }
  | { readonly at: 'fault'; readonly problem: Problem };

export function EntryForm(props: {
  edited: Edited;
  names: NetworkNames;
  /** Instead of the form of the collection: a part of the rules on a screen of its own. */
  form?: (props: FormProps) => ComponentChild;
  /** Shown below the form, with what stands in it. */
  beside?: (props: FormProps) => ComponentChild;
  /** A section of the policy that is saved whole; absent: a part of the network. */
  section?: string;
  /** After a save or when the other's version is wanted: load the entry again. */
  onReload: () => void;
  onSaved: (saved: { readonly version: number; readonly entry: Entry }) => void;
  onRemove?: (() => void) | undefined;
}) {
  const { edited, names, section, onReload, onSaved, onRemove } = props;
  const draft = useMemo(() => createDraft(edited.stored), [edited.stored]);
  const [state, setState] = useState<State>({ at: 'editing' });
  const isChanged = draft.isChanged();
  useEffect(() => {
    leaving.value = isChanged ? t('save.unsaved') : undefined;
    return () => {
      leaving.value = undefined;
    };
  }, [isChanged]);
  const save = async (basedOnVersion: number) => {
    if (draft.wrong.value.size > 0) return;
    setState({ at: 'saving' });
    const answer = await send({ edited, section, basedOnVersion }, draft.entry.value);
    draft.problems.value = answer.ok ? [] : problemsOf(answer.problem, section);
    if (!answer.ok) {
      const isConflict = answer.problem.code === 'policy_conflict';
      setState({ at: isConflict ? 'conflict' : 'fault', problem: answer.problem });
      return;
    }
    const { version } = answer.value;
    leaving.value = undefined;
    toast(t('save.saved', { version }));
    onSaved({ version, entry: draft.entry.value });
    for await (const force of watchForce(version)) setState({ at: 'saved', version, force });
  };
  const Form = props.form ?? FORMS[edited.collection];
  const Beside = props.beside;
  return (
    <>
      <form
        class="entry"
        data-save-bar
        onSubmit={(event) => {
          event.preventDefault();
          void save(edited.version);
        }}
        onReset={(event) => {
          event.preventDefault();
          onReload();
        }}
      >
        <SaveState
          state={state}
          isShown={draft.problems.value.length > 0}
          onReload={onReload}
          onOverwrite={save}
        />
        <WrongFields draft={draft} />
        <Form draft={draft} names={names} isNew={edited.key === null} />
        <div class="actions">
          <s-button variant="primary" type="submit" loading={state.at === 'saving'}>
            {t('common.save')}
          </s-button>
          <s-button type="reset" disabled={!isChanged}>
            {t('common.discard')}
          </s-button>
          {onRemove === undefined ? null : (
            <s-button tone="critical" icon="delete" onClick={onRemove}>
              {t('common.remove')}
            </s-button>
          )}
        </div>
      </form>
      {Beside === undefined ? null : <Beside draft={draft} names={names} isNew={false} />}
    </>
  );
}

type Target = {
  readonly edited: Edited;
  readonly section: string | undefined;
  readonly basedOnVersion: number;
};

async function send({ edited, section, basedOnVersion }: Target, entry: Entry) {
  if (section === undefined) {
    const edits = [toEdit(edited, entry)];
    return await call<{ version: number }>('/network/edits', { body: { basedOnVersion, edits } });
  }
  const sections = { [section]: entry };
  return await call<{ version: number }>('/policy', { body: { basedOnVersion, sections } });
}

// A section's owner says the first fault only, by its place in the policy.
function problemsOf(problem: Problem, section: string | undefined): readonly EditProblem[] {
  const { problems, pointer, value, allowed, remedy } = problem;
  if (problems !== undefined) return problems;
  const root = `/sections/${section}`;
  if (section === undefined || pointer?.startsWith(root) !== true) return [];
  if (allowed === undefined || remedy === undefined) return [];
  return [{ edit: 0, pointer: pointer.slice(root.length), value, allowed, remedy }];
}

function toEdit({ collection, key }: Edited, value: Entry): NetworkEdit {
  return collection === 'policy' ? { collection, key: null, value } : { collection, key, value };
}

function SaveState(props: {
  state: State;
  /** What is wrong stands beside the fields. */
  isShown: boolean;
  onReload: () => void;
  onOverwrite: (version: number) => Promise<void>;
}) {
  const { state, isShown, onReload, onOverwrite } = props;
  switch (state.at) {
    case 'editing':
    case 'saving':
      return null;
    case 'saved':
      return (
        <div role="status">
          <s-banner tone={state.force.state === 'slow' ? 'warning' : 'success'}>
            {savedText(state)}
          </s-banner>
        </div>
      );
    case 'conflict': {
      const current = state.problem.currentVersion ?? 0;
      return (
        <s-banner tone="warning" heading={t('save.conflict')}>
          <s-paragraph>{t('save.conflictText')}</s-paragraph>
          <s-unordered-list>
            {(state.problem.changes ?? []).map((change) => (
              <s-list-item key={change.version}>
                {t('save.conflictBy', {
                  version: change.version,
                  author: change.author,
                  when: momentAt(change.savedAt, Intl.DateTimeFormat().resolvedOptions().timeZone),
                })}
              </s-list-item>
            ))}
          </s-unordered-list>
          <s-button-group>
            <s-button onClick={onReload}>{t('save.conflictTake')}</s-button>
            <s-button onClick={() => void onOverwrite(current)}>{t('save.conflictKeep')}</s-button>
          </s-button-group>
        </s-banner>
      );
    }
    case 'fault':
      return isShown ? null : <Fault problem={state.problem} />;
  }
}

function savedText({ version, force }: Extract<State, { at: 'saved' }>): string {
  switch (force.state) {
    case 'waiting':
      return `${t('save.saved', { version })} ${t('save.waiting')}`;
    case 'in_force':
      return t('save.inForce', { version, seconds: force.seconds });
    case 'slow':
      return t('save.slow', { version });
  }
}

// Everything that is wrong in one place, because a form is longer than a screen.
function WrongFields({ draft }: { draft: Draft }) {
  const notes = [...draft.wrong.value].map(([pointer, text]) => ({ pointer, text, isOurs: true }));
  const said = draft.problems.value.map((problem: EditProblem) => ({
    pointer: problem.pointer,
    text: problemText(problem),
    isOurs: problem.edit !== null,
  }));
  const all = [...notes, ...said];
  if (all.length === 0) return null;
  return (
    <div role="alert">
      <s-banner tone="critical" heading={tn('save.wrong', all.length)}>
        <s-unordered-list>
          {all.map(({ pointer, text, isOurs }) => (
            <s-list-item key={`${pointer} ${text}`}>
              <span class="pointer">
                {isOurs ? pointer.slice(1).replaceAll('/', ' › ') : t('save.elsewhere')}
                {isOurs ? '' : ` ${pointer}`}
              </span>{' '}
              {text}
            </s-list-item>
          ))}
        </s-unordered-list>
      </s-banner>
    </div>
  );
}
