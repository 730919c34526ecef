/** A routing decision's sentences in Spanish. */
import type { SentenceTemplates } from '../../../../routing/sentences.ts';

export const SENTENCES_ES: SentenceTemplates = {
  ruleset: 'A este pedido se aplican las reglas «{name}».',
  sends: '{nodeId} envía {goods} con {service}, con un coste de {costMinor}.',
  hands_over: '{nodeId} entrega en tienda {goods}.',
  leaves: 'Listo {readyMinute}, sale {departureMinute}, allí antes de {endMinute}.',
  collects: 'Listo {readyMinute}, se recoge de {departureMinute} a {endMinute}.',
  start_by: 'El trabajo empezado antes de {startByMinute} aún lo cumple.',
  late: 'Nada cumple la promesa; se permitían hasta {days} días de retraso.',
  plan_points: 'Ningún plan que envíe lo mismo tiene menos puntos que este: {points}.',
  not_exact:
    'El pedido es demasiado grande para probar todos los planes: este es bueno, quizá no el mejor.',
  outscored: '{nodeId} podría haberlo enviado, con {points} puntos más.',
  outscored_part: '{nodeId} podría haber enviado {sends}: {points} puntos más con el resto.',
  outscored_other_orders:
    '{nodeId} podría haberlo enviado, pero otros pedidos necesitan más sus existencias.',
  cannot_complete: '{nodeId} podría haber enviado una parte, y nadie el resto.',
  not_listed: 'Otros {count} lugares no tienen nada de la mercancía.',
  expected:
    'Las existencias en camino a {nodeId}, utilizables {usableMinute}, llevarían {sku} antes de {endMinute}.',
  points_shipping_cost: '{points} puntos: {minor} por {service}.',
  points_handling: '{points} puntos: embalaje en un lugar de tipo {kind}.',
  points_split: '{points} puntos: un paquete más.',
  points_lateness: '{points} puntos: {days} días después de la fecha {after}.',
  points_node_load: '{points} puntos: su día está lleno al {percent} %.',
  points_cannot_prepare_now: '{points} puntos: el trabajo no puede empezar antes de {startMinute}.',
  points_stock_balance: '{points} puntos: toma el {percent} % de lo que hay.',
  points_co2: '{points} puntos: {grams} g de CO2.',
  points_priority: '{points} puntos: número {rank} en el orden de prioridad.',
  points_move_seen: '{points} puntos: {seenAt} ya ha visto el trabajo.',
  fenced_no_stock: '{nodeId} no tiene libre nada de la mercancía.',
  fenced_closed: '{nodeId} no acepta pedidos.',
  fenced_location_off: '{nodeId} está desactivado en Shopify.',
  fenced_no_lane: '{nodeId} no entrega allí con este servicio.',
  fenced_no_departure: 'Nada sale de {nodeId} a tiempo para ser entregado.',
  fenced_too_late: '{nodeId} llegaría más tarde de lo prometido.',
  fenced_daily_cap: '{nodeId} tiene hoy {orders} pedidos y toma {cap}.',
  fenced_capacity: 'A {nodeId} no le queda capacidad.',
  fenced_product_rule: 'Una regla de producto impide que {nodeId} envíe {sku}.',
  fenced_country_rule: 'Una regla de país impide que {nodeId} envíe a {country}.',
  fenced_restricted: 'El servicio no transporta {sku} desde {nodeId} hasta allí.',
  fenced_limit: 'El paquete es demasiado grande o pesado para el servicio desde {nodeId}.',
  fenced_refused: '{nodeId} no lo toma ({why}).',
  fenced_own_store_only: '{nodeId} no es la tienda donde se recoge.',
  fenced_not_in_ruleset: '{nodeId} no está entre los lugares de los que puede venir este pedido.',
  fenced_parcel_value: 'Un paquete de {nodeId} valdría demasiado poco o dejaría demasiado poco.',
  fenced_split_forbidden:
    '{nodeId} solo podría enviar una parte, y el pedido no se puede dividir más.',
  unplaced_no_stock: '{quantity} × {sku} esperan: ningún lugar los tiene libres.',
  unplaced_closed: '{quantity} × {sku} esperan: los lugares que los tienen no aceptan pedidos.',
  unplaced_location_off:
    '{quantity} × {sku} esperan: los lugares que los tienen están desactivados en Shopify.',
  unplaced_no_lane:
    '{quantity} × {sku} esperan: ningún lugar que los tiene entrega en esta dirección.',
  unplaced_no_departure: '{quantity} × {sku} esperan: nada sale a tiempo para ser entregado.',
  unplaced_too_late: '{quantity} × {sku} esperan: ningún lugar llegaría en los días permitidos.',
  unplaced_daily_cap:
    '{quantity} × {sku} esperan: los lugares que los tienen están llenos por hoy.',
  unplaced_capacity: '{quantity} × {sku} esperan: ningún lugar tiene capacidad.',
  unplaced_product_rule:
    '{quantity} × {sku} esperan: una regla de producto excluye los lugares que los tienen.',
  unplaced_country_rule:
    '{quantity} × {sku} esperan: una regla de país excluye los lugares que los tienen.',
  unplaced_restricted: '{quantity} × {sku} esperan: el servicio no los transporta hasta allí.',
  unplaced_limit: '{quantity} × {sku} esperan: demasiado grandes o pesados para el servicio.',
  unplaced_refused:
    '{quantity} × {sku} esperan: los lugares que los tienen rechazaron o no respondieron.',
  unplaced_own_store_only: '{quantity} × {sku} esperan: la tienda de recogida no tiene.',
  unplaced_not_in_ruleset:
    '{quantity} × {sku} esperan: solo los tienen lugares de los que este pedido no puede venir.',
  unplaced_parcel_value:
    '{quantity} × {sku} esperan: un paquete valdría demasiado poco o dejaría demasiado poco.',
  unplaced_split_forbidden: '{quantity} × {sku} esperan: el pedido no se puede dividir más.',
  unplaced_unknown_sku:
    '{quantity} × {sku} esperan: nadie conoce este SKU. Añádalo o corrija el pedido.',
  unplaced_no_address: '{quantity} × {sku} esperan: el pedido no tiene dirección. Añada una.',
  unplaced_unknown_node: '{quantity} × {sku} esperan: no se conoce la tienda de recogida.',
  unplaced_contradictory_rules:
    '{quantity} × {sku} esperan: las reglas no dejan ningún lugar que pueda enviarlos. Cambie las reglas.',
};
