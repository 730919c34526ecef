/**
 * Desks of the demo: who works at which store, links that pair a phone, and the terminals of the warehouses.
 *
 * In: Kept's admin endpoints. Out: links for a person, keys for the play (live.ts). A link is good for ten minutes and one
 * phone; every start makes new ones.
 */
import { type Addresses, askAsMerchant, send } from './merchant.ts';

/** A person's desk, with the link that pairs a phone with it. */
export type DeskLink = { readonly nodeId: string; readonly person: string; readonly url: string };

/** Everybody's PIN in the demo. */
export const DEMO_PIN = '2580';

/** Two stores of Rome that race, and Milan's flagship. */
const STORES = [
  ['ST-ROMA-CONDOTTI', 'Giulia'],
  ['ST-ROMA-COLADIRIENZO', 'Ugo'],
  ['ST-MILANO-MONTENAPOLEONE', 'Marta'],
] as const;

type Known = {
  readonly devices: readonly { readonly deviceId: string; readonly name: string }[];
  readonly people: readonly {
    readonly personId: string;
    readonly nodeId: string;
    readonly name: string;
  }[];
};

/** Links for the stores' phones; people are added once. */
export async function pairStores(at: Addresses): Promise<DeskLink[]> {
  const known = await askAsMerchant<Known>(at, '/desks');
  const links: DeskLink[] = [];
  for (const [nodeId, person] of STORES) {
    await personAt(at, known, { nodeId, name: person, role: 'manager' });
    const body = { nodeId, deviceName: `Phone of ${person}` };
    const { url } = await askAsMerchant<{ url: string }>(at, '/desks/codes', body);
    links.push({ nodeId, person, url });
  }
  return links;
}

type Person = { readonly nodeId: string; readonly name: string; readonly role: string };

async function personAt(at: Addresses, known: Known, person: Person): Promise<string> {
  const found = known.people.find(
    ({ nodeId, name }) => nodeId === person.nodeId && name === person.name,
  );
  if (found !== undefined) return found.personId;
  const made = { ...person, pin: DEMO_PIN };
  return (await askAsMerchant<{ personId: string }>(at, '/desks/people', made)).personId;
}

const TERMINAL = 'Terminal of the demo';

/** Pairs a terminal at a node and lets its people begin; what an earlier start paired is taken off. */
export async function openTerminal(
  at: Addresses,
  nodeId: string,
): Promise<Readonly<Record<string, string>>> {
  const known = await askAsMerchant<Known>(at, '/desks');
  const deviceName = `${TERMINAL}: ${nodeId}`;
  for (const { deviceId, name } of known.devices.filter(({ name }) => name === deviceName)) {
    await askAsMerchant(at, `/desks/devices/${deviceId}/revoke`, { name });
  }
  const personId = await personAt(at, known, { nodeId, name: 'Shift', role: 'staff' });
  const { url } = await askAsMerchant<{ url: string }>(at, '/desks/codes', { nodeId, deviceName });
  const { searchParams, hash } = new URL(url);
  const pairing = { shop: searchParams.get('shop'), code: hash.replace('#pair=', '') };
  const desk = `${at.kept}/api/desk`;
  const paired = await send<{ token: string }>(`${desk}/pair`, { headers: {}, body: pairing });
  const device = { 'x-kept-device': paired.token };
  const who = { headers: device, body: { personId, pin: DEMO_PIN } };
  const { token } = await send<{ token: string }>(`${desk}/identify`, who);
  return { ...device, 'x-kept-person': token };
}
