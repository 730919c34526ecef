/** A button that opens a list of what may be added. */
import { useRef } from 'preact/hooks';
import type { EditorBlock } from '../../theme/editor-view.ts';

type Group = { title: string; items: readonly EditorBlock[] };

export function AddDialog({
  label,
  context = '',
  groups,
  empty,
  choose,
}: {
  label: string;
  context?: string;
  groups: readonly Group[];
  empty: string;
  choose(block: EditorBlock): void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = groups.filter((group) => group.items.length > 0);
  return (
    <>
      <button type="button" class="te-add" onClick={() => dialog.current?.showModal()}>
        <span aria-hidden="true">+ </span>
        {label}
        {context !== '' && <span class="hidden"> to {context}</span>}
      </button>
      <dialog ref={dialog} class="te-dialog" aria-label={`${label} ${context}`.trim()}>
        {shown.length === 0 && <p>{empty}</p>}
        {shown.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <ul>
              {group.items.map((item) => (
                <li key={item.type}>
                  <button
                    type="button"
                    onClick={() => {
                      dialog.current?.close();
                      choose(item);
                    }}
                  >
                    {item.name}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
      </dialog>
    </>
  );
}
