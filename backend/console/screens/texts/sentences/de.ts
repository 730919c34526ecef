/** A routing decision's sentences in German. */
import type { SentenceTemplates } from '../../../../routing/sentences.ts';

export const SENTENCES_DE: SentenceTemplates = {
  ruleset: 'Für diese Bestellung gelten die Regeln „{name}“.',
  sends: '{nodeId} sendet {goods} mit {service}, Kosten {costMinor}.',
  hands_over: '{nodeId} übergibt {goods}.',
  leaves: 'Bereit {readyMinute}, geht ab {departureMinute}, dort vor {endMinute}.',
  collects: 'Bereit {readyMinute}, abzuholen von {departureMinute} bis {endMinute}.',
  start_by: 'Beginn dort vor {startByMinute} hält das noch.',
  late: 'Nichts hält die Zusage; bis zu {days} Tage später waren erlaubt.',
  plan_points: 'Kein Plan, der ebenso viel sendet, hat weniger Punkte als dieser: {points}.',
  not_exact:
    'Die Bestellung ist zu groß, um jeden Plan zu prüfen: Dieser ist gut, vielleicht nicht der beste.',
  outscored: '{nodeId} hätte senden können, mit {points} Punkten mehr.',
  outscored_part: '{nodeId} hätte {sends} davon senden können: mit dem Rest {points} Punkte mehr.',
  outscored_other_orders:
    '{nodeId} hätte senden können, aber andere Bestellungen brauchen den Bestand mehr.',
  cannot_complete: '{nodeId} hätte einen Teil senden können, und niemand den Rest dazu.',
  not_listed: '{count} weitere Orte haben nichts von der Ware.',
  expected:
    'Ware auf dem Weg zu {nodeId}, nutzbar {usableMinute}, brächte {sku} vor {endMinute} hin.',
  points_shipping_cost: '{points} Punkte: {minor} für {service}.',
  points_handling: '{points} Punkte: Packen an einem Ort der Art {kind}.',
  points_split: '{points} Punkte: ein Paket mehr.',
  points_lateness: '{points} Punkte: {days} Tage nach dem Datum {after}.',
  points_node_load: '{points} Punkte: Sein Tag ist zu {percent} % voll.',
  points_cannot_prepare_now: '{points} Punkte: Die Arbeit kann nicht vor {startMinute} beginnen.',
  points_stock_balance: '{points} Punkte: Es nimmt {percent} % von dem, was da ist.',
  points_co2: '{points} Punkte: {grams} g CO2.',
  points_priority: '{points} Punkte: Nummer {rank} in der Rangfolge.',
  points_move_seen: '{points} Punkte: {seenAt} hat die Arbeit schon gesehen.',
  fenced_no_stock: '{nodeId} hat nichts von der Ware frei.',
  fenced_closed: '{nodeId} nimmt keine Bestellungen.',
  fenced_location_off: '{nodeId} ist in Shopify abgeschaltet.',
  fenced_no_lane: '{nodeId} liefert mit diesem Dienst nicht dorthin.',
  fenced_no_departure: 'Nichts geht rechtzeitig von {nodeId} ab.',
  fenced_too_late: '{nodeId} wäre später als zugesagt.',
  fenced_daily_cap: '{nodeId} hat heute {orders} Bestellungen und nimmt {cap}.',
  fenced_capacity: '{nodeId} hat keine Kapazität mehr.',
  fenced_product_rule: 'Eine Produktregel verhindert, dass {nodeId} {sku} sendet.',
  fenced_country_rule: 'Eine Länderregel verhindert, dass {nodeId} nach {country} sendet.',
  fenced_restricted: 'Der Dienst befördert {sku} von {nodeId} nicht dorthin.',
  fenced_limit: 'Das Paket ist zu groß oder zu schwer für den Dienst ab {nodeId}.',
  fenced_refused: '{nodeId} nimmt es nicht ({why}).',
  fenced_own_store_only: '{nodeId} ist nicht die Filiale der Abholung.',
  fenced_not_in_ruleset:
    '{nodeId} gehört nicht zu den Orten, von denen diese Bestellung kommen darf.',
  fenced_parcel_value: 'Ein Paket von {nodeId} wäre zu wenig wert oder ließe zu wenig übrig.',
  fenced_split_forbidden:
    '{nodeId} könnte nur einen Teil senden, und die Bestellung darf nicht weiter geteilt werden.',
  unplaced_no_stock: '{quantity} × {sku} warten: Kein Ort hat sie frei.',
  unplaced_closed: '{quantity} × {sku} warten: Die Orte mit Bestand nehmen keine Bestellungen.',
  unplaced_location_off:
    '{quantity} × {sku} warten: Die Orte mit Bestand sind in Shopify abgeschaltet.',
  unplaced_no_lane: '{quantity} × {sku} warten: Kein Ort mit Bestand liefert an diese Adresse.',
  unplaced_no_departure: '{quantity} × {sku} warten: Nichts geht rechtzeitig ab.',
  unplaced_too_late: '{quantity} × {sku} warten: Kein Ort wäre in den erlaubten Tagen da.',
  unplaced_daily_cap: '{quantity} × {sku} warten: Die Orte mit Bestand sind für heute voll.',
  unplaced_capacity: '{quantity} × {sku} warten: Kein Ort hat die Kapazität.',
  unplaced_product_rule:
    '{quantity} × {sku} warten: Eine Produktregel schließt die Orte mit Bestand aus.',
  unplaced_country_rule:
    '{quantity} × {sku} warten: Eine Länderregel schließt die Orte mit Bestand aus.',
  unplaced_restricted: '{quantity} × {sku} warten: Der Dienst befördert sie nicht dorthin.',
  unplaced_limit: '{quantity} × {sku} warten: zu groß oder zu schwer für den Dienst.',
  unplaced_refused:
    '{quantity} × {sku} warten: Die Orte mit Bestand haben abgelehnt oder nicht geantwortet.',
  unplaced_own_store_only: '{quantity} × {sku} warten: Die Abholfiliale hat keine.',
  unplaced_not_in_ruleset:
    '{quantity} × {sku} warten: Nur Orte, von denen diese Bestellung nicht kommen darf, haben sie.',
  unplaced_parcel_value:
    '{quantity} × {sku} warten: Ein Paket wäre zu wenig wert oder ließe zu wenig übrig.',
  unplaced_split_forbidden:
    '{quantity} × {sku} warten: Die Bestellung darf nicht weiter geteilt werden.',
  unplaced_unknown_sku:
    '{quantity} × {sku} warten: Niemand kennt diese SKU. Sie anlegen oder die Bestellung berichtigen.',
  unplaced_no_address:
    '{quantity} × {sku} warten: Die Bestellung hat keine Adresse. Eine hinzufügen.',
  unplaced_unknown_node: '{quantity} × {sku} warten: Die Abholfiliale ist nicht bekannt.',
  unplaced_contradictory_rules:
    '{quantity} × {sku} warten: Die Regeln lassen keinen Ort übrig, der senden darf. Die Regeln ändern.',
};
