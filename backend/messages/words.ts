/**
 * The sentences of messages in five languages.
 *
 * Plain text with `{name}` places; compose.ts fills and escapes them. Every language has every sentence: the type says so.
 * Dates come ready-made in the language; no sentence declines them.
 */

export const LANGUAGES = ['it', 'fr', 'en', 'de', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The sentences there are. */
export type Words = {
  readonly confirmedTitle: string;
  readonly readyTitle: string;
  readonly movedTitle: string;
  readonly confirmedLead: string;
  readonly readyLead: string;
  readonly movedLead: string;
  readonly arrives: string;
  readonly arrivesBy: string;
  readonly arrivesBetween: string;
  readonly collect: string;
  readonly collectUntil: string;
  readonly before: string;
  readonly code: string;
  readonly codeHint: string;
  readonly place: string;
  readonly items: string;
  readonly order: string;
  readonly track: string;
  readonly why: string;
  readonly digestTitle: string;
  readonly digestLead: string;
  readonly digestMissed: string;
  readonly digestBefore: string;
  readonly routing: string;
  readonly claim: string;
  readonly pick_start: string;
  readonly departure: string;
  readonly delivery: string;
  readonly left_though_canceled: string;
  readonly uncollected: string;
};

/** By language. */
export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    confirmedTitle: 'Your order {order} is confirmed',
    readyTitle: 'Your order {order} is ready to collect',
    movedTitle: 'New date for your order {order}',
    confirmedLead: 'Thank you. This is the date you can count on:',
    readyLead: 'Your order is waiting for you.',
    movedLead: 'We could not keep the first date. We are sorry. This is the new one:',
    arrives: 'Arrives {day}',
    arrivesBy: 'Arrives {day} by {time}',
    arrivesBetween: 'Arrives {day}, {from} to {to}',
    collect: 'Ready {day} from {time}',
    collectUntil: 'Ready {day} from {time}, open until {until}',
    before: 'Before: {day}',
    code: 'Your pickup code',
    codeHint: 'Show this code when you collect your order. Give it to nobody else.',
    place: 'Collect it here',
    items: 'Your items',
    order: 'Order {order}',
    track: 'Follow the parcel',
    why: 'You get this message because you ordered from {merchant}.',
    digestTitle: '{count} promises in danger',
    digestLead: 'These orders need somebody to look at them:',
    digestMissed: 'missed {at}',
    digestBefore: 'due {at}',
    routing: 'has no place yet',
    claim: 'no store has taken it',
    pick_start: 'picking has not begun',
    departure: 'has not left, or is not ready',
    delivery: 'will not be there in time',
    left_though_canceled: 'left although it was canceled',
    uncollected: 'was not collected',
  },
  it: {
    confirmedTitle: 'Il tuo ordine {order} è confermato',
    readyTitle: 'Il tuo ordine {order} è pronto per il ritiro',
    movedTitle: 'Nuova data per il tuo ordine {order}',
    confirmedLead: 'Grazie. Questa è la data su cui puoi contare:',
    readyLead: 'Il tuo ordine ti aspetta.',
    movedLead: 'Non siamo riusciti a mantenere la prima data. Ci dispiace. Questa è la nuova:',
    arrives: 'Arriva {day}',
    arrivesBy: 'Arriva {day} entro le {time}',
    arrivesBetween: 'Arriva {day}, dalle {from} alle {to}',
    collect: 'Pronto {day} dalle {time}',
    collectUntil: 'Pronto {day} dalle {time}, aperto fino alle {until}',
    before: 'Prima: {day}',
    code: 'Il tuo codice di ritiro',
    codeHint: 'Mostra questo codice quando ritiri l’ordine. Non darlo a nessun altro.',
    place: 'Dove ritirare',
    items: 'I tuoi articoli',
    order: 'Ordine {order}',
    track: 'Segui il pacco',
    why: 'Ricevi questo messaggio perché hai ordinato da {merchant}.',
    digestTitle: '{count} promesse a rischio',
    digestLead: 'Questi ordini hanno bisogno di attenzione:',
    digestMissed: 'mancata {at}',
    digestBefore: 'scade {at}',
    routing: 'non ha ancora una sede',
    claim: 'nessun negozio l’ha preso',
    pick_start: 'il prelievo non è iniziato',
    departure: 'non è partito, o non è pronto',
    delivery: 'non arriverà in tempo',
    left_though_canceled: 'è partito benché annullato',
    uncollected: 'non è stato ritirato',
  },
  fr: {
    confirmedTitle: 'Votre commande {order} est confirmée',
    readyTitle: 'Votre commande {order} est prête à être retirée',
    movedTitle: 'Nouvelle date pour votre commande {order}',
    confirmedLead: 'Merci. Voici la date sur laquelle vous pouvez compter :',
    readyLead: 'Votre commande vous attend.',
    movedLead:
      'Nous n’avons pas pu tenir la première date. Nous en sommes désolés. Voici la nouvelle :',
    arrives: 'Arrive {day}',
    arrivesBy: 'Arrive {day} avant {time}',
    arrivesBetween: 'Arrive {day}, de {from} à {to}',
    collect: 'Prête {day} à partir de {time}',
    collectUntil: 'Prête {day} à partir de {time}, ouvert jusqu’à {until}',
    before: 'Avant : {day}',
    code: 'Votre code de retrait',
    codeHint: 'Montrez ce code au retrait de votre commande. Ne le donnez à personne d’autre.',
    place: 'Où la retirer',
    items: 'Vos articles',
    order: 'Commande {order}',
    track: 'Suivre le colis',
    why: 'Vous recevez ce message parce que vous avez commandé chez {merchant}.',
    digestTitle: '{count} promesses en danger',
    digestLead: 'Ces commandes demandent un regard :',
    digestMissed: 'manqué {at}',
    digestBefore: 'échéance {at}',
    routing: 'n’a pas encore de lieu',
    claim: 'aucun magasin ne l’a prise',
    pick_start: 'la préparation n’a pas commencé',
    departure: 'n’est pas partie, ou pas prête',
    delivery: 'n’arrivera pas à temps',
    left_though_canceled: 'est partie bien qu’annulée',
    uncollected: 'n’a pas été retirée',
  },
  de: {
    confirmedTitle: 'Ihre Bestellung {order} ist bestätigt',
    readyTitle: 'Ihre Bestellung {order} liegt zur Abholung bereit',
    movedTitle: 'Neues Datum für Ihre Bestellung {order}',
    confirmedLead: 'Vielen Dank. Auf dieses Datum können Sie zählen:',
    readyLead: 'Ihre Bestellung wartet auf Sie.',
    movedLead: 'Das erste Datum konnten wir nicht halten. Das tut uns leid. Dies ist das neue:',
    arrives: 'Kommt {day} an',
    arrivesBy: 'Kommt {day} bis {time} an',
    arrivesBetween: 'Kommt {day} von {from} bis {to} an',
    collect: 'Bereit {day} ab {time}',
    collectUntil: 'Bereit {day} ab {time}, geöffnet bis {until}',
    before: 'Vorher: {day}',
    code: 'Ihr Abholcode',
    codeHint: 'Zeigen Sie diesen Code bei der Abholung. Geben Sie ihn niemandem sonst.',
    place: 'Hier abholen',
    items: 'Ihre Artikel',
    order: 'Bestellung {order}',
    track: 'Sendung verfolgen',
    why: 'Sie erhalten diese Nachricht, weil Sie bei {merchant} bestellt haben.',
    digestTitle: '{count} Zusagen in Gefahr',
    digestLead: 'Diese Bestellungen brauchen einen Blick:',
    digestMissed: 'verpasst {at}',
    digestBefore: 'fällig {at}',
    routing: 'hat noch keinen Ort',
    claim: 'kein Geschäft hat sie übernommen',
    pick_start: 'das Packen hat nicht begonnen',
    departure: 'ist nicht unterwegs, oder nicht bereit',
    delivery: 'kommt nicht rechtzeitig an',
    left_though_canceled: 'ging ab, obwohl storniert',
    uncollected: 'wurde nicht abgeholt',
  },
  es: {
    confirmedTitle: 'Tu pedido {order} está confirmado',
    readyTitle: 'Tu pedido {order} está listo para recoger',
    movedTitle: 'Nueva fecha para tu pedido {order}',
    confirmedLead: 'Gracias. Esta es la fecha con la que puedes contar:',
    readyLead: 'Tu pedido te espera.',
    movedLead: 'No hemos podido mantener la primera fecha. Lo sentimos. Esta es la nueva:',
    arrives: 'Llega {day}',
    arrivesBy: 'Llega {day} antes de las {time}',
    arrivesBetween: 'Llega {day}, de {from} a {to}',
    collect: 'Listo {day} desde las {time}',
    collectUntil: 'Listo {day} desde las {time}, abierto hasta las {until}',
    before: 'Antes: {day}',
    code: 'Tu código de recogida',
    codeHint: 'Muestra este código al recoger tu pedido. No se lo des a nadie más.',
    place: 'Dónde recogerlo',
    items: 'Tus artículos',
    order: 'Pedido {order}',
    track: 'Seguir el paquete',
    why: 'Recibes este mensaje porque has hecho un pedido en {merchant}.',
    digestTitle: '{count} promesas en peligro',
    digestLead: 'Estos pedidos necesitan que alguien los mire:',
    digestMissed: 'perdida {at}',
    digestBefore: 'vence {at}',
    routing: 'aún no tiene lugar',
    claim: 'ninguna tienda lo ha tomado',
    pick_start: 'la preparación no ha empezado',
    departure: 'no ha salido, o no está listo',
    delivery: 'no llegará a tiempo',
    left_though_canceled: 'salió aunque estaba cancelado',
    uncollected: 'no se ha recogido',
  },
};

/** The language of a locale (`fr-CA` is French); undefined when it is none of ours. */
export function languageOf(locale: string | null | undefined): Language | undefined {
  const two = locale?.slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === two);
}
