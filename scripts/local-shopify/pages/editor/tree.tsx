/** Sections and blocks of a template: choose, move, hide, take out, add. Alt+Up and Alt+Down move, Delete takes out. */
import { useEffect, useRef } from 'preact/hooks';
import { addBlock, addSection, move, type Place, remove, setShown } from '../../theme/draft.ts';
import type { EditorSection } from '../../theme/editor-view.ts';
import { AddDialog } from './add-dialog.tsx';
import { blockInfo, type Editing, samePlace, sectionIdOf } from './editing.ts';

export function Tree({ editing }: { editing: Editing }) {
  const { data, view, template } = editing;
  const found = data.templates[template];
  if (!found) return null;
  const appBlocks = view.appBlocks.filter(
    (one) => one.target === 'section' && one.templates.includes(template),
  );
  return (
    <>
      <h2>{editing.templateTitle}</h2>
      <ol class="te-list">
        {found.order.map((key, index) => {
          const section = found.sections[key];
          const info = view.sections.find((one) => one.type === section?.type);
          if (!section) return null;
          const place = { template, section: key };
          return (
            <li key={key}>
              <Row
                editing={editing}
                item={{
                  place,
                  name: info?.name ?? section.type,
                  index,
                  count: found.order.length,
                  isShown: section.disabled !== true,
                }}
              />
              <Blocks editing={editing} place={place} info={info} />
            </li>
          );
        })}
      </ol>
      <AddDialog
        label="Add section"
        groups={[{ title: 'Apps', items: appBlocks }]}
        empty="No app has a block for this template."
        choose={(block) => {
          const added = addSection(data, template, { type: 'apps', block });
          editing.change(
            { data: added.data, said: `${block.name} added in a section of its own.` },
            { theme: 'reload' },
          );
        }}
      />
    </>
  );
}

type Part = { editing: Editing; place: Place; info: EditorSection | undefined };

function Blocks({ editing, place, info }: Part) {
  const { data, view, template } = editing;
  const section = data.templates[template]?.sections[place.section];
  if (!section || !info || (info.blocks.length === 0 && !info.takesApps)) return null;
  const appBlocks = view.appBlocks.filter(
    (one) => one.target === 'section' && one.templates.includes(template),
  );
  return (
    <>
      <ol class="te-list">
        {section.block_order.map((id, index) => {
          const block = section.blocks[id];
          if (!block) return null;
          return (
            <li key={id}>
              <Row
                editing={editing}
                item={{
                  place: { ...place, block: id },
                  name: blockInfo(view, info, block.type).name,
                  index,
                  count: section.block_order.length,
                  isShown: block.disabled !== true,
                  isApp: block.type.startsWith('shopify://'),
                }}
              />
            </li>
          );
        })}
      </ol>
      <AddDialog
        label="Add block"
        context={info.name}
        groups={[
          { title: 'Apps', items: info.takesApps ? appBlocks : [] },
          { title: 'Theme blocks', items: info.blocks },
        ]}
        empty="This section takes no blocks."
        choose={(chosen) => {
          const added = addBlock(data, place, chosen);
          const step = {
            data: added.data,
            said: `${chosen.name} added at the end of ${info.name}.`,
          };
          if (added.place) editing.changeAt(added.place, step);
          else editing.say(`${info.name} is full.`);
        }}
      />
    </>
  );
}

type Item = {
  place: Place;
  name: string;
  index: number;
  count: number;
  isShown: boolean;
  isApp?: boolean;
};

/** What can be done with a row; each step is told in words and shown in the preview. */
function stepsOf(editing: Editing, { place, name, index, count, isShown }: Item) {
  const isSection = place.block === undefined;
  const sectionId = sectionIdOf(place);
  return {
    canMove: (by: -1 | 1): boolean => index + by >= 0 && index + by < count,
    move(by: -1 | 1): void {
      const data = move(editing.data, place, by);
      const said = `${name} is now ${index + by + 1} of ${count}.`;
      if (!isSection) {
        editing.changeAt(place, { data, said });
        return;
      }
      const order = data.templates[place.template]?.order ?? [];
      const sectionIds = order.map((section) => sectionIdOf({ ...place, section }));
      editing.change({ data, said }, { theme: 'order', sectionIds, moved: sectionId });
    },
    toggle(): void {
      const data = setShown(editing.data, place, !isShown);
      const said = `${name} is ${isShown ? 'hidden' : 'shown'}.`;
      if (isSection) editing.change({ data, said }, { theme: 'reload' });
      else editing.changeAt(place, { data, said });
    },
    remove(): void {
      const step = { data: remove(editing.data, place), said: `${name} removed.` };
      const message = isSection
        ? ({ theme: 'reload' } as const)
        : ({ theme: 'section', sectionId, select: null } as const);
      editing.change(step, message);
    },
  };
}

function Row({ editing, item }: { editing: Editing; item: Item }) {
  const { place, name, isShown, isApp = false } = item;
  const steps = stepsOf(editing, item);
  const row = useRef<HTMLDivElement>(null);
  const focusPart = useRef<string | undefined>(undefined);
  // A row that moves is taken out of the page and put back; its button would lose the focus.
  useEffect(() => {
    if (focusPart.current === undefined) return;
    row.current?.querySelector<HTMLElement>(`[data-do=${focusPart.current}]`)?.focus();
    focusPart.current = undefined;
  });
  const moveBy = (by: -1 | 1, part: string): void => {
    if (!steps.canMove(by)) return;
    focusPart.current = part;
    steps.move(by);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey && event.key === 'ArrowUp') moveBy(-1, 'choose');
    else if (event.altKey && event.key === 'ArrowDown') moveBy(1, 'choose');
    else if (event.key === 'Delete') steps.remove();
    else return;
    event.preventDefault();
  };
  const isChosen = samePlace(editing.chosen?.place, place);
  return (
    <div class={`te-row${isChosen ? ' chosen' : ''}${isShown ? '' : ' off'}`} ref={row}>
      <button
        type="button"
        data-do="choose"
        class="te-name"
        aria-pressed={isChosen}
        onClick={() => editing.select(place)}
        onKeyDown={onKeyDown}
      >
        {name} {isApp && <span class="te-badge">App</span>}
        {!isShown && <span class="te-badge">Hidden</span>}
      </button>
      <RowButton
        part="up"
        isOff={!steps.canMove(-1)}
        label={`Move ${name} up`}
        text="↑"
        act={() => moveBy(-1, 'up')}
      />
      <RowButton
        part="down"
        isOff={!steps.canMove(1)}
        label={`Move ${name} down`}
        text="↓"
        act={() => moveBy(1, 'down')}
      />
      <RowButton
        part="show"
        label={`${isShown ? 'Hide' : 'Show'} ${name}`}
        text={isShown ? 'Hide' : 'Show'}
        act={steps.toggle}
      />
      <RowButton part="remove" label={`Remove ${name}`} text="✕" act={steps.remove} />
    </div>
  );
}

type RowButtonProps = { part: string; label: string; text: string; isOff?: boolean; act(): void };

/** Off, it stays where it is and keeps the focus; it only says so. */
function RowButton({ part, label, text, isOff = false, act }: RowButtonProps) {
  return (
    <button type="button" data-do={part} aria-label={label} aria-disabled={isOff} onClick={act}>
      {text}
    </button>
  );
}
