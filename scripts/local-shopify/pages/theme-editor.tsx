/** The theme editor: tree of sections and blocks, preview, settings. Everything works from the keyboard. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { setEmbedSetting, setSetting } from '../theme/draft.ts';
import type { EditorView } from '../theme/editor-view.ts';
import { type Editing, placeOf, useEditing } from './editor/editing.ts';
import { AppEmbeds } from './editor/embeds.tsx';
import { SettingsForm } from './editor/fields.tsx';
import { isThemeMessage } from './editor/preview-messages.ts';
import { Tree } from './editor/tree.tsx';
import { readPageData } from './page-data.ts';

type PageData = { view: EditorView; shopName: string };

const PANELS = [
  { panel: 'sections', text: 'Sections' },
  { panel: 'apps', text: 'App embeds' },
  { panel: 'theme', text: 'Theme settings' },
] as const;
type Panel = (typeof PANELS)[number]['panel'];

function Editor({ view, shopName }: PageData) {
  const editing = useEditing(view);
  const [panel, setPanel] = useState<Panel>(view.start.panel);
  useEffect(() => {
    document.body.dataset['ready'] = '1';
    const listen = (event: MessageEvent): void => {
      if (event.origin !== location.origin || !isThemeMessage(event.data)) return;
      const message = event.data;
      if (message.theme !== 'clicked') return;
      const place = placeOf(message.sectionId, message.blockId);
      if (!place) return;
      setPanel('sections');
      editing.select(place);
    };
    addEventListener('message', listen);
    return () => removeEventListener('message', listen);
  }, []);
  return (
    <div class="te">
      <TopBar editing={editing} shopName={shopName} />
      <nav class="te-panels" aria-label="Parts of the theme">
        {PANELS.map((one) => (
          <button
            key={one.panel}
            type="button"
            aria-pressed={panel === one.panel}
            onClick={() => setPanel(one.panel)}
          >
            {one.text}
          </button>
        ))}
      </nav>
      <section class="te-tree" aria-label={PANELS.find((one) => one.panel === panel)?.text}>
        {panel === 'sections' && <Tree editing={editing} />}
        {panel === 'apps' && <AppEmbeds editing={editing} />}
        {panel === 'theme' && <ThemeSettings editing={editing} />}
      </section>
      <main class="te-preview" id="main" aria-label="Preview">
        <iframe
          ref={editing.frame}
          title={`Preview of ${editing.templateTitle}`}
          src={editing.address}
          id="preview"
        />
      </main>
      <section class="te-settings" aria-label="Settings">
        <Settings editing={editing} panel={panel} />
      </section>
      <p class="te-status" role="status">
        {editing.said}
      </p>
    </div>
  );
}

function TopBar({ editing, shopName }: { editing: Editing; shopName: string }) {
  const { view } = editing;
  return (
    <section class="te-top" aria-label="Editor">
      <a href="/admin/apps/app">← {shopName}</a>
      <h1>Theme editor</h1>
      <label>
        Template
        <select
          value={editing.template}
          onChange={(event) => editing.openTemplate(event.currentTarget.value)}
        >
          {view.templates.map((one) => (
            <option key={one.name} value={one.name}>
              {one.title}
            </option>
          ))}
        </select>
      </label>
      {editing.template === 'cart' && (
        <button type="button" onClick={editing.fillCart}>
          Put a product into the cart
        </button>
      )}
      <span class="te-space" />
      <button type="button" aria-disabled={!editing.canUndo} onClick={editing.undo}>
        Undo
      </button>
      <button type="button" aria-disabled={!editing.canRedo} onClick={editing.redo}>
        Redo
      </button>
      <span class="te-saved">{editing.isDirty ? 'Unsaved changes' : 'Saved'}</span>
      <button type="button" class="primary" onClick={editing.save} aria-disabled={!editing.isDirty}>
        Save
      </button>
    </section>
  );
}

function Settings({ editing, panel }: { editing: Editing; panel: Panel }) {
  const { view } = editing;
  if (panel === 'apps') {
    const chosen = editing.chosenEmbed;
    if (!chosen) return <p class="hint">Choose an app embed to set it.</p>;
    return (
      <SettingsForm
        title={chosen.block.name}
        settings={chosen.block.settings}
        values={chosen.embed.settings}
        view={view}
        change={(change) =>
          editing.change(
            { data: setEmbedSetting(editing.data, chosen.block.type, change), said: 'Changed.' },
            { theme: 'reload' },
          )
        }
      />
    );
  }
  const chosen = editing.chosen;
  if (panel === 'theme' || !chosen) {
    return <p class="hint">Choose a section or a block to set it.</p>;
  }
  return (
    <SettingsForm
      title={chosen.name}
      settings={chosen.settings}
      values={chosen.values}
      view={view}
      change={(change) =>
        editing.changeAt(chosen.place, {
          data: setSetting(editing.data, chosen.place, change),
          said: 'Changed.',
        })
      }
    />
  );
}

function ThemeSettings({ editing }: { editing: Editing }) {
  const { data, view } = editing;
  return (
    <>
      {view.themeSettings.map((group) => (
        <SettingsForm
          key={group.name}
          title={group.name}
          settings={group.settings}
          values={data.settings}
          view={view}
          change={({ id, value }) =>
            editing.change(
              { data: { ...data, settings: { ...data.settings, [id]: value } }, said: 'Changed.' },
              { theme: 'reload' },
            )
          }
        />
      ))}
    </>
  );
}

const root = document.getElementById('theme-editor');
if (root) render(<Editor {...readPageData<PageData>('editor-data')} />, root);
