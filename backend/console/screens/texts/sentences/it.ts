/** A routing decision's sentences in Italian. */
import type { SentenceTemplates } from '../../../../routing/sentences.ts';

export const SENTENCES_IT: SentenceTemplates = {
  ruleset: 'Per questo ordine valgono le regole «{name}».',
  sends: '{nodeId} spedisce {goods} con {service}, al costo di {costMinor}.',
  hands_over: '{nodeId} consegna al banco {goods}.',
  leaves: 'Pronto {readyMinute}, parte {departureMinute}, arriva prima di {endMinute}.',
  collects: 'Pronto {readyMinute}, si ritira da {departureMinute} a {endMinute}.',
  start_by: 'Se il lavoro inizia prima di {startByMinute}, è ancora in tempo.',
  late: 'Nulla mantiene la promessa; erano ammessi fino a {days} giorni di ritardo.',
  plan_points: 'Nessun piano che spedisca altrettanto ha meno punti di questo: {points}.',
  not_exact:
    'L’ordine è troppo grande per provare ogni piano: questo è buono, forse non il migliore.',
  outscored: '{nodeId} avrebbe potuto spedirlo, con {points} punti in più.',
  outscored_part: '{nodeId} avrebbe potuto spedirne {sends}: {points} punti in più con il resto.',
  outscored_other_orders:
    '{nodeId} avrebbe potuto spedirlo, ma altri ordini hanno più bisogno della sua giacenza.',
  cannot_complete: '{nodeId} avrebbe potuto spedire una parte, e nessuno il resto.',
  not_listed: 'Altri {count} luoghi non hanno nulla della merce.',
  expected:
    'La merce in arrivo a {nodeId}, utilizzabile {usableMinute}, porterebbe {sku} prima di {endMinute}.',
  points_shipping_cost: '{points} punti: {minor} per {service}.',
  points_handling: '{points} punti: imballaggio in un luogo di tipo {kind}.',
  points_split: '{points} punti: un pacco in più.',
  points_lateness: '{points} punti: {days} giorni dopo la data {after}.',
  points_node_load: '{points} punti: la sua giornata è piena al {percent} %.',
  points_cannot_prepare_now: '{points} punti: il lavoro non può iniziare prima di {startMinute}.',
  points_stock_balance: '{points} punti: prende il {percent} % di ciò che c’è.',
  points_co2: '{points} punti: {grams} g di CO2.',
  points_priority: '{points} punti: numero {rank} nell’ordine di priorità.',
  points_move_seen: '{points} punti: {seenAt} ha già visto il lavoro.',
  fenced_no_stock: '{nodeId} non ha nulla della merce libero.',
  fenced_closed: '{nodeId} non accetta ordini.',
  fenced_location_off: '{nodeId} è disattivato in Shopify.',
  fenced_no_lane: '{nodeId} non consegna lì con questo servizio.',
  fenced_no_departure: 'Nulla parte da {nodeId} in tempo per essere consegnato.',
  fenced_too_late: '{nodeId} arriverebbe più tardi del promesso.',
  fenced_daily_cap: '{nodeId} ha {orders} ordini oggi e ne prende {cap}.',
  fenced_capacity: '{nodeId} non ha più capacità.',
  fenced_product_rule: 'Una regola sui prodotti impedisce a {nodeId} di spedire {sku}.',
  fenced_country_rule: 'Una regola sui paesi impedisce a {nodeId} di spedire in {country}.',
  fenced_restricted: 'Il servizio non trasporta {sku} da {nodeId} fin lì.',
  fenced_limit: 'Il pacco è troppo grande o pesante per il servizio da {nodeId}.',
  fenced_refused: '{nodeId} non lo prende ({why}).',
  fenced_own_store_only: '{nodeId} non è il negozio in cui si ritira.',
  fenced_not_in_ruleset: '{nodeId} non è tra i luoghi da cui può venire questo ordine.',
  fenced_parcel_value: 'Un pacco da {nodeId} varrebbe troppo poco, o lascerebbe troppo poco.',
  fenced_split_forbidden:
    '{nodeId} potrebbe spedire solo una parte, e l’ordine non si può dividere oltre.',
  unplaced_no_stock: '{quantity} × {sku} aspettano: nessun luogo li ha liberi.',
  unplaced_closed: '{quantity} × {sku} aspettano: i luoghi che li hanno non accettano ordini.',
  unplaced_location_off:
    '{quantity} × {sku} aspettano: i luoghi che li hanno sono disattivati in Shopify.',
  unplaced_no_lane:
    '{quantity} × {sku} aspettano: nessun luogo che li ha consegna a questo indirizzo.',
  unplaced_no_departure:
    '{quantity} × {sku} aspettano: nulla parte in tempo per essere consegnato.',
  unplaced_too_late: '{quantity} × {sku} aspettano: nessun luogo arriverebbe nei giorni ammessi.',
  unplaced_daily_cap: '{quantity} × {sku} aspettano: i luoghi che li hanno sono pieni per oggi.',
  unplaced_capacity: '{quantity} × {sku} aspettano: nessun luogo ha la capacità.',
  unplaced_product_rule:
    '{quantity} × {sku} aspettano: una regola sui prodotti esclude i luoghi che li hanno.',
  unplaced_country_rule:
    '{quantity} × {sku} aspettano: una regola sui paesi esclude i luoghi che li hanno.',
  unplaced_restricted: '{quantity} × {sku} aspettano: il servizio non li trasporta fin lì.',
  unplaced_limit: '{quantity} × {sku} aspettano: troppo grandi o pesanti per il servizio.',
  unplaced_refused:
    '{quantity} × {sku} aspettano: i luoghi che li hanno hanno rifiutato o non hanno risposto.',
  unplaced_own_store_only: '{quantity} × {sku} aspettano: il negozio del ritiro non ne ha.',
  unplaced_not_in_ruleset:
    '{quantity} × {sku} aspettano: li hanno solo luoghi da cui questo ordine non può venire.',
  unplaced_parcel_value:
    '{quantity} × {sku} aspettano: un pacco varrebbe troppo poco, o lascerebbe troppo poco.',
  unplaced_split_forbidden: '{quantity} × {sku} aspettano: l’ordine non si può dividere oltre.',
  unplaced_unknown_sku:
    '{quantity} × {sku} aspettano: nessuno conosce questo SKU. Aggiungilo o correggi l’ordine.',
  unplaced_no_address: '{quantity} × {sku} aspettano: l’ordine non ha un indirizzo. Aggiungilo.',
  unplaced_unknown_node: '{quantity} × {sku} aspettano: il negozio del ritiro non è noto.',
  unplaced_contradictory_rules:
    '{quantity} × {sku} aspettano: le regole non lasciano alcun luogo che possa spedirli. Cambia le regole.',
};
