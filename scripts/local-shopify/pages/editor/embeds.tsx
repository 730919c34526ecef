/** App embeds: what an app may put into head or body of every page. Off until the merchant turns it on. */
import { findEmbed, setEmbed } from '../../theme/draft.ts';
import type { Editing } from './editing.ts';

export function AppEmbeds({ editing }: { editing: Editing }) {
  const { data, view } = editing;
  const embeds = view.appBlocks.filter((one) => one.target !== 'section');
  if (embeds.length === 0) return <p class="hint">No installed app has an embed.</p>;
  return (
    <ul class="te-list te-embeds">
      {embeds.map((block) => {
        const found = findEmbed(data, block.type);
        const isOn = found !== undefined && found.embed.disabled !== true;
        const id = `embed-${block.handle}`;
        return (
          <li key={block.type} class="te-row">
            <input
              type="checkbox"
              id={id}
              checked={isOn}
              onChange={(event) => {
                const { checked } = event.currentTarget;
                editing.chooseEmbed(block);
                const said = `${block.name} is ${checked ? 'on' : 'off'}.`;
                editing.change(
                  { data: setEmbed(data, block.type, checked), said },
                  { theme: 'reload' },
                );
              }}
            />
            <label for={id} class="te-name">
              {block.name}
              <small>{view.appName}</small>
            </label>
            {block.settings.length > 0 && (
              <button
                type="button"
                aria-label={`Settings of ${block.name}`}
                aria-disabled={found === undefined}
                onClick={() => editing.chooseEmbed(block)}
              >
                Set
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
