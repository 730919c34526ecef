/** A routing decision's sentences in French. */
import type { SentenceTemplates } from '../../../../routing/sentences.ts';

export const SENTENCES_FR: SentenceTemplates = {
  ruleset: 'Les règles « {name} » s’appliquent à cette commande.',
  sends: '{nodeId} envoie {goods} par {service}, pour un coût de {costMinor}.',
  hands_over: '{nodeId} remet {goods}.',
  leaves: 'Prêt {readyMinute}, part {departureMinute}, sur place avant {endMinute}.',
  collects: 'Prêt {readyMinute}, à retirer de {departureMinute} à {endMinute}.',
  start_by: 'Un travail commencé avant {startByMinute} tient encore cela.',
  late: 'Rien ne tient la promesse ; jusqu’à {days} jours de retard étaient admis.',
  plan_points: 'Aucun plan qui envoie autant n’a moins de points que celui-ci : {points}.',
  not_exact:
    'La commande est trop grande pour essayer chaque plan : celui-ci est bon, peut-être pas le meilleur.',
  outscored: '{nodeId} aurait pu l’envoyer, avec {points} points de plus.',
  outscored_part: '{nodeId} aurait pu en envoyer {sends} : {points} points de plus avec le reste.',
  outscored_other_orders:
    '{nodeId} aurait pu l’envoyer, mais d’autres commandes ont plus besoin de son stock.',
  cannot_complete: '{nodeId} aurait pu en envoyer une partie, et personne le reste.',
  not_listed: '{count} autres lieux n’ont rien des articles.',
  expected:
    'Le stock en route vers {nodeId}, utilisable {usableMinute}, amènerait {sku} avant {endMinute}.',
  points_shipping_cost: '{points} points : {minor} pour {service}.',
  points_handling: '{points} points : emballage dans un lieu de type {kind}.',
  points_split: '{points} points : un colis de plus.',
  points_lateness: '{points} points : {days} jours après la date {after}.',
  points_node_load: '{points} points : sa journée est pleine à {percent} %.',
  points_cannot_prepare_now: '{points} points : le travail ne peut commencer avant {startMinute}.',
  points_stock_balance: '{points} points : il prend {percent} % de ce qui s’y trouve.',
  points_co2: '{points} points : {grams} g de CO2.',
  points_priority: '{points} points : numéro {rank} dans l’ordre de priorité.',
  points_move_seen: '{points} points : {seenAt} a déjà vu le travail.',
  fenced_no_stock: '{nodeId} n’a aucun de ces articles de libre.',
  fenced_closed: '{nodeId} ne prend pas de commandes.',
  fenced_location_off: '{nodeId} est désactivé dans Shopify.',
  fenced_no_lane: '{nodeId} ne livre pas là avec ce service.',
  fenced_no_departure: 'Rien ne quitte {nodeId} à temps pour être livré.',
  fenced_too_late: '{nodeId} serait plus tard que promis.',
  fenced_daily_cap: '{nodeId} a {orders} commandes aujourd’hui et en prend {cap}.',
  fenced_capacity: '{nodeId} n’a plus de capacité.',
  fenced_product_rule: 'Une règle de produit empêche {nodeId} d’envoyer {sku}.',
  fenced_country_rule: 'Une règle de pays empêche {nodeId} d’envoyer vers {country}.',
  fenced_restricted: 'Le service ne transporte pas {sku} de {nodeId} jusque-là.',
  fenced_limit: 'Le colis est trop grand ou trop lourd pour le service depuis {nodeId}.',
  fenced_refused: '{nodeId} ne le prend pas ({why}).',
  fenced_own_store_only: '{nodeId} n’est pas le magasin du retrait.',
  fenced_not_in_ruleset: '{nodeId} n’est pas parmi les lieux d’où peut venir cette commande.',
  fenced_parcel_value: 'Un colis de {nodeId} vaudrait trop peu, ou laisserait trop peu.',
  fenced_split_forbidden:
    '{nodeId} ne pourrait envoyer qu’une partie, et la commande ne peut plus être divisée.',
  unplaced_no_stock: '{quantity} × {sku} attendent : aucun lieu n’en a de libres.',
  unplaced_closed:
    '{quantity} × {sku} attendent : les lieux qui en ont ne prennent pas de commandes.',
  unplaced_location_off:
    '{quantity} × {sku} attendent : les lieux qui en ont sont désactivés dans Shopify.',
  unplaced_no_lane: '{quantity} × {sku} attendent : aucun lieu qui en a ne livre à cette adresse.',
  unplaced_no_departure: '{quantity} × {sku} attendent : rien ne part à temps pour être livré.',
  unplaced_too_late: '{quantity} × {sku} attendent : aucun lieu n’y serait dans les jours admis.',
  unplaced_daily_cap:
    '{quantity} × {sku} attendent : les lieux qui en ont sont complets aujourd’hui.',
  unplaced_capacity: '{quantity} × {sku} attendent : aucun lieu n’a la capacité.',
  unplaced_product_rule:
    '{quantity} × {sku} attendent : une règle de produit exclut les lieux qui en ont.',
  unplaced_country_rule:
    '{quantity} × {sku} attendent : une règle de pays exclut les lieux qui en ont.',
  unplaced_restricted: '{quantity} × {sku} attendent : le service ne les transporte pas jusque-là.',
  unplaced_limit: '{quantity} × {sku} attendent : trop grands ou trop lourds pour le service.',
  unplaced_refused:
    '{quantity} × {sku} attendent : les lieux qui en ont ont refusé ou n’ont pas répondu.',
  unplaced_own_store_only: '{quantity} × {sku} attendent : le magasin du retrait n’en a pas.',
  unplaced_not_in_ruleset:
    '{quantity} × {sku} attendent : seuls des lieux exclus pour cette commande en ont.',
  unplaced_parcel_value:
    '{quantity} × {sku} attendent : un colis vaudrait trop peu, ou laisserait trop peu.',
  unplaced_split_forbidden: '{quantity} × {sku} attendent : la commande ne peut plus être divisée.',
  unplaced_unknown_sku:
    '{quantity} × {sku} attendent : personne ne connaît ce SKU. Ajoutez-le ou corrigez la commande.',
  unplaced_no_address:
    '{quantity} × {sku} attendent : la commande n’a pas d’adresse. Ajoutez-en une.',
  unplaced_unknown_node: '{quantity} × {sku} attendent : le magasin du retrait n’est pas connu.',
  unplaced_contradictory_rules:
    '{quantity} × {sku} attendent : les règles ne laissent aucun lieu qui puisse les envoyer. Changez les règles.',
};
