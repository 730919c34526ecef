/**
 * What a merchant does in the theme editor, as pure steps on a theme's data: each returns the changed copy.
 *
 * A section's `block_order` and its `blocks` name the same ids, always; ids are never used twice. Read by the editor's
 * page in the browser and by tests; nothing here knows either.
 */
import type { Template, TemplateBlock, TemplateSection, ThemeData } from './theme-schema.ts';

/** A place in the tree; without `block` the section itself. */
export type Place = { template: string; section: string; block?: string };
export type SettingValue = string | number | boolean | null;

/** How many blocks Shopify lets a section hold. */
const SECTION_BLOCKS_MAX = 50;

function changeTemplate(
  data: ThemeData,
  name: string,
  change: (template: Template) => Template,
): ThemeData {
  const template = data.templates[name];
  if (!template) return data;
  return { ...data, templates: { ...data.templates, [name]: change(template) } };
}

function changeSection(
  data: ThemeData,
  { template, section }: Place,
  change: (section: TemplateSection) => TemplateSection,
): ThemeData {
  return changeTemplate(data, template, (found) => {
    const one = found.sections[section];
    return one ? { ...found, sections: { ...found.sections, [section]: change(one) } } : found;
  });
}

/** An id of the form `base`, `base_2`, … that is not taken. */
function freeId(taken: object, base: string): string {
  const name = base.replace(/[^a-z0-9]+/gi, '_');
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? name : `${name}_${count}`;
    if (!Object.hasOwn(taken, id)) return id;
  }
}

/** Adds a block at the end of a section; the place of the new block, or none when the section is full. */
export function addBlock(
  data: ThemeData,
  place: Place,
  block: { type: string; handle: string },
): { data: ThemeData; place: Place | undefined } {
  const section = data.templates[place.template]?.sections[place.section];
  if (!section || section.block_order.length >= SECTION_BLOCKS_MAX) {
    return { data, place: undefined };
  }
  const id = freeId(section.blocks, block.handle);
  const changed = changeSection(data, place, (one) => ({
    ...one,
    blocks: { ...one.blocks, [id]: { type: block.type, settings: {} } },
    block_order: [...one.block_order, id],
  }));
  return { data: changed, place: { ...place, block: id } };
}

/** Adds a section at the end of a template, with a block in it when one is given. */
export function addSection(
  data: ThemeData,
  template: string,
  { type, block }: { type: string; block?: { type: string; handle: string } },
): { data: ThemeData; place: Place } {
  const id = freeId(data.templates[template]?.sections ?? {}, type);
  const section: TemplateSection = { type, settings: {}, blocks: {}, block_order: [] };
  const changed = changeTemplate(data, template, (found) => ({
    sections: { ...found.sections, [id]: section },
    order: [...found.order, id],
  }));
  const place = { template, section: id };
  if (!block) return { data: changed, place };
  const added = addBlock(changed, place, block);
  return { data: added.data, place: added.place ?? place };
}

function moved(order: readonly string[], id: string, by: -1 | 1): string[] {
  const from = order.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) return [...order];
  return order.toSpliced(from, 1).toSpliced(to, 0, id);
}

/** Moves a block within its section, or a section within its template, one place up (-1) or down (1). */
export function move(data: ThemeData, place: Place, by: -1 | 1): ThemeData {
  const { block } = place;
  if (block === undefined) {
    return changeTemplate(data, place.template, (found) => ({
      ...found,
      order: moved(found.order, place.section, by),
    }));
  }
  return changeSection(data, place, (one) => ({
    ...one,
    block_order: moved(one.block_order, block, by),
  }));
}

/** Takes a block out of its section, or a section out of its template. */
export function remove(data: ThemeData, place: Place): ThemeData {
  const { block } = place;
  if (block === undefined) {
    return changeTemplate(data, place.template, (found) => ({
      sections: without(found.sections, place.section),
      order: found.order.filter((id) => id !== place.section),
    }));
  }
  return changeSection(data, place, (one) => ({
    ...one,
    blocks: without(one.blocks, block),
    block_order: one.block_order.filter((id) => id !== block),
  }));
}

function without<Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Record<string, Value> {
  const { [name]: _, ...rest } = record;
  return rest;
}

type Item = { settings: Record<string, SettingValue>; disabled?: boolean | undefined };

function changeItem(
  data: ThemeData,
  place: Place,
  change: <One extends Item>(item: One) => One,
): ThemeData {
  const { block } = place;
  return changeSection(data, place, (one) => {
    if (block === undefined) return change(one);
    const found = one.blocks[block];
    return found ? { ...one, blocks: { ...one.blocks, [block]: change(found) } } : one;
  });
}

function shown<One extends Item>(item: One, isShown: boolean): One {
  const { disabled: _, ...rest } = item;
  // As Shopify writes it: `disabled` stands only on what is off.
  return (isShown ? rest : { ...rest, disabled: true }) as One;
}

/** Shows or hides a block or a section without taking it out. */
export function setShown(data: ThemeData, place: Place, isShown: boolean): ThemeData {
  return changeItem(data, place, (item) => shown(item, isShown));
}

/** Sets one setting of a block or a section; null takes it back to its default. */
export function setSetting(
  data: ThemeData,
  place: Place,
  { id, value }: { id: string; value: SettingValue },
): ThemeData {
  return changeItem(data, place, (item) => ({ ...item, settings: withSetting(item, id, value) }));
}

function withSetting(item: Item, id: string, value: SettingValue): Record<string, SettingValue> {
  return value === null ? without(item.settings, id) : { ...item.settings, [id]: value };
}

/** An app embed by its block's type, with the id it has in the theme. */
export function findEmbed(
  data: ThemeData,
  type: string,
): { id: string; embed: TemplateBlock } | undefined {
  const found = Object.entries(data.embeds).find(([, embed]) => embed.type === type);
  return found && { id: found[0], embed: found[1] };
}

/** Turns an app embed on or off; its settings stay. */
export function setEmbed(data: ThemeData, type: string, isOn: boolean): ThemeData {
  const known = findEmbed(data, type);
  const id = known?.id ?? freeId(data.embeds, type.split('/').at(-2) ?? 'embed');
  const embed = known?.embed ?? { type, settings: {} };
  return { ...data, embeds: { ...data.embeds, [id]: shown(embed, isOn) } };
}

/** Sets one setting of an app embed. */
export function setEmbedSetting(
  data: ThemeData,
  type: string,
  { id, value }: { id: string; value: SettingValue },
): ThemeData {
  const known = findEmbed(data, type);
  if (!known) return data;
  const embed = { ...known.embed, settings: withSetting(known.embed, id, value) };
  return { ...data, embeds: { ...data.embeds, [known.id]: embed } };
}
