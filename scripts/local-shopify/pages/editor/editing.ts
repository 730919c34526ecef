/**
 * The state of one open theme editor: the draft, what is chosen, what can be undone; and how each change reaches the
 * server's draft and then the preview, one after the other.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { findEmbed, type Place } from '../../theme/draft.ts';
import type {
  EditorAppBlock,
  EditorBlock,
  EditorSection,
  EditorView,
} from '../../theme/editor-view.ts';
import type { TemplateBlock, ThemeData } from '../../theme/theme-schema.ts';
import { postJson } from '../page-data.ts';
import type { ToPreview } from './preview-messages.ts';

/** A draft after a step, and the step in words for who does not see the preview. */
export type Step = { data: ThemeData; said: string };
type Chosen = {
  place: Place;
  name: string;
  settings: EditorBlock['settings'];
  values: TemplateBlock['settings'];
};

/** Typing makes many changes; the preview follows when it rests this long. */
const REST_MS = 200;

export const sectionIdOf = ({ template, section }: Place): string =>
  `template--${template}__${section}`;

/** The place behind a section's id on the page; undefined for header and footer. */
export function placeOf(sectionId: string, block: string | null): Place | undefined {
  const [, template, section] = /^template--(.+?)__(.+)$/.exec(sectionId) ?? [];
  if (template === undefined || section === undefined) return undefined;
  return { template, section, ...(block === null ? {} : { block }) };
}

export const samePlace = (one: Place | undefined, other: Place): boolean =>
  one?.template === other.template && one.section === other.section && one.block === other.block;

/** What a block's type is called and which settings it has; a block whose app is gone has none. */
export function blockInfo(
  view: EditorView,
  section: EditorSection | undefined,
  type: string,
): EditorBlock {
  const known =
    view.appBlocks.find((one) => one.type === type) ??
    section?.blocks.find((one) => one.type === type);
  const handle = type.split('/').at(-2) ?? type;
  return known ?? { type, handle, name: `${handle} (its app is gone)`, settings: [] };
}

/** The chosen section or block with its words and values. */
function chosenOf(view: EditorView, data: ThemeData, place: Place | undefined): Chosen | undefined {
  const section = place && data.templates[place.template]?.sections[place.section];
  if (!place || !section) return undefined;
  const info = view.sections.find((one) => one.type === section.type);
  if (place.block === undefined) {
    const { name = section.type, settings = [] } = info ?? {};
    return { place, name, settings, values: section.settings };
  }
  const block = section.blocks[place.block];
  if (!block) return undefined;
  const { name, settings } = blockInfo(view, info, block.type);
  return { place, name, settings, values: block.settings };
}

function startPlace({ data, start }: EditorView): Place | undefined {
  const { template, select } = start;
  const found = Object.entries(data.templates[template]?.sections ?? {}).find(
    ([, section]) => select !== null && section.blocks[select],
  );
  return found && select !== null ? { template, section: found[0], block: select } : undefined;
}

/** The address of the preview's page within the draft. */
const inDraft = (path: string, view: EditorView): string =>
  `${path}?editor_draft=${encodeURIComponent(view.draftId)}`;

/** The steps taken; a new one forgets what was undone. */
function useHistory(first: ThemeData) {
  const [{ steps, at }, set] = useState({ steps: [first], at: 0 });
  return {
    data: steps[at] ?? first,
    earlier: steps[at - 1],
    later: steps[at + 1],
    push: (data: ThemeData) => set({ steps: [...steps.slice(0, at + 1), data], at: at + 1 }),
    goBy: (by: -1 | 1) => set({ steps, at: at + by }),
  };
}

/** Saving, and whether there is anything to save. */
function useSaving(view: EditorView, data: ThemeData) {
  // What a deep link switched on is not saved yet.
  const [savedData, setSaved] = useState(view.start.select === null ? view.data : null);
  const isDirty = data !== savedData;
  useLeaveWarning(isDirty);
  const save = async (): Promise<string> => {
    try {
      await postJson(`/admin/themes/drafts/${view.draftId}/save`, {});
      setSaved(data);
      return 'Saved. The shop shows it now.';
    } catch (error) {
      return `Not saved: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  return { isDirty, save };
}

async function fillCart(view: EditorView): Promise<void> {
  const [product] = view.products;
  const found = await (await fetch(`/products/${product?.handle}.js`)).json();
  await postJson('/cart/add.js', { id: found.variants[0].id, quantity: 1 });
}

export type Editing = ReturnType<typeof useEditing>;

export function useEditing(view: EditorView) {
  const history = useHistory(view.data);
  const { data } = history;
  const saving = useSaving(view, data);
  const [template, setTemplate] = useState(view.start.template);
  const [place, setPlace] = useState<Place | undefined>(startPlace(view));
  const [embedType, setEmbedType] = useState(view.start.select);
  const [said, say] = useState('');
  const frame = useRef<HTMLIFrameElement>(null);
  const send = useDraft(view, frame);
  const tell = (message: ToPreview): void =>
    frame.current?.contentWindow?.postMessage(message, location.origin);
  const change = (step: Step, message: ToPreview): void => {
    if (step.data === data) return;
    history.push(step.data);
    say(step.said);
    void send(step.data, message);
  };
  const goTo = (there: ThemeData | undefined, by: -1 | 1): void => {
    if (!there) return;
    history.goBy(by);
    say(by < 0 ? 'Undone.' : 'Done again.');
    void send(there, { theme: 'reload' });
  };
  const { path, title } = view.templates.find((one) => one.name === template) ?? {
    path: '/',
    title: template,
  };
  const embedBlock = view.appBlocks.find((one) => one.type === embedType);
  const embed = embedBlock && findEmbed(data, embedBlock.type)?.embed;
  return {
    view,
    data,
    template,
    templateTitle: title,
    address: inDraft(path, view),
    frame,
    said,
    say,
    isDirty: saving.isDirty,
    canUndo: history.earlier !== undefined,
    canRedo: history.later !== undefined,
    undo: () => goTo(history.earlier, -1),
    redo: () => goTo(history.later, 1),
    chosen: chosenOf(view, data, place),
    chosenEmbed: embedBlock && embed ? { block: embedBlock, embed } : undefined,
    chooseEmbed: (block: EditorAppBlock) => setEmbedType(block.type),
    /** A change whose traces are anywhere on the page. */
    change,
    /** A change within one section: only that section is drawn again. */
    changeAt(at: Place, step: Step): void {
      setPlace(at);
      const select = { blockId: at.block ?? null };
      change(step, { theme: 'section', sectionId: sectionIdOf(at), select });
    },
    select(at: Place): void {
      setTemplate(at.template);
      setPlace(at);
      tell({ theme: 'select', sectionId: sectionIdOf(at), blockId: at.block ?? null });
    },
    openTemplate(name: string): void {
      setTemplate(name);
      setPlace(undefined);
    },
    fillCart: () => void fillCart(view).then(() => tell({ theme: 'reload' })),
    save(): void {
      if (saving.isDirty) void send(data, undefined).then(saving.save).then(say);
    },
  };
}

type Pending = { data: ThemeData; message: ToPreview | undefined };

/** Writes drafts in order; of changes that come while one is on its way, the last is written and the widest told. */
function useDraft(view: EditorView, frame: { current: HTMLIFrameElement | null }) {
  const queue = useRef(Promise.resolve());
  const waiting = useRef<Pending | undefined>(undefined);
  return (data: ThemeData, message: ToPreview | undefined): Promise<void> => {
    const before = waiting.current?.message;
    const isSame =
      before?.theme === 'section' &&
      message?.theme === 'section' &&
      before.sectionId === message.sectionId;
    const widest =
      before === undefined || isSame || message === undefined
        ? (message ?? before)
        : { theme: 'reload' as const };
    waiting.current = { data, message: widest };
    if (before === undefined || message === undefined) {
      queue.current = queue.current
        .then(
          () =>
            new Promise<void>((resolve) =>
              setTimeout(resolve, message === undefined ? 0 : REST_MS),
            ),
        )
        .then(async () => {
          const pending = waiting.current;
          waiting.current = undefined;
          if (!pending) return;
          await fetch(`/admin/themes/drafts/${view.draftId}`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(pending.data),
          });
          if (pending.message) {
            frame.current?.contentWindow?.postMessage(pending.message, location.origin);
          }
        });
    }
    return queue.current;
  };
}

function useLeaveWarning(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isDirty]);
}
