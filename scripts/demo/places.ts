/**
 * Where the demo retailer works: three warehouses, a third-party warehouse and forty-three stores.
 *
 * Streets, towns and postal codes are real and the coordinates are those of the street, to about 200 m; the retailer
 * is invented, and so is every shop at these numbers. `habit` names the opening hours in `store-hours.ts`.
 */

import type { Habit } from './store-hours.ts';
import type { Country } from './zones.ts';

/** A place as the network sees it. */
export type Place = {
  readonly id: string;
  readonly name: string;
  readonly country: Country;
  readonly address1: string;
  readonly postalCode: string;
  readonly city: string;
  readonly lat: number;
  readonly lng: number;
};

export type StorePlace = Place & {
  readonly habit: Habit;
  /** The house's large stores: express pickups, more stock, more hands. */
  readonly isFlagship: boolean;
};

export const HUBS: readonly (Place & { readonly kind: 'warehouse' | '3pl' })[] = [
  {
    id: 'WH-PIACENZA',
    name: 'Piacenza warehouse',
    kind: 'warehouse',
    country: 'IT',
    address1: 'Via Riccardo Bodio 10',
    postalCode: '29122',
    city: 'Piacenza',
    lat: 45.0437,
    lng: 9.7452,
  },
  {
    id: 'WH-ORLEANS',
    name: 'Orléans warehouse',
    kind: 'warehouse',
    country: 'FR',
    address1: 'Rue de la Tuilerie 500',
    postalCode: '45770',
    city: 'Saran',
    lat: 47.9532,
    lng: 1.8851,
  },
  {
    id: 'WH-DAVENTRY',
    name: 'Daventry warehouse',
    kind: 'warehouse',
    country: 'GB',
    address1: 'Royal Oak Way North 4',
    postalCode: 'NN11 8PQ',
    city: 'Daventry',
    lat: 52.2713,
    lng: -1.1742,
  },
  {
    id: '3PL-LEIPZIG',
    name: 'Leipzig logistics partner',
    kind: '3pl',
    country: 'DE',
    address1: 'Münchener Ring 2',
    postalCode: '04435',
    city: 'Schkeuditz',
    lat: 51.4172,
    lng: 12.2306,
  },
];

// id | name | street and number | postal code | city | lat | lng | habit; a leading * is a flagship.
const STORES: Readonly<Record<Country, readonly string[]>> = {
  IT: [
    '*ST-MILANO-MONTENAPOLEONE|Milano Montenapoleone|Via Monte Napoleone 8|20121|Milano|45.4681|9.1950|it-city',
    'ST-MILANO-VERCELLI|Milano Vercelli|Corso Vercelli 22|20145|Milano|45.4667|9.1593|it-city',
    '*ST-ROMA-CONDOTTI|Roma Condotti|Via dei Condotti 61|00187|Roma|41.9053|12.4800|it-city',
    'ST-ROMA-COLADIRIENZO|Roma Cola di Rienzo|Via Cola di Rienzo 240|00192|Roma|41.9073|12.4637|it-city',
    'ST-FIRENZE-TORNABUONI|Firenze Tornabuoni|Via de’ Tornabuoni 20|50123|Firenze|43.7707|11.2513|it-city',
    'ST-TORINO-ROMA|Torino Via Roma|Via Roma 120|10123|Torino|45.0655|7.6808|it-city',
    'ST-BOLOGNA-FARINI|Bologna Farini|Via Luigi Carlo Farini 14|40124|Bologna|44.4918|11.3440|it-lunch',
    'ST-VENEZIA-XXIIMARZO|Venezia XXII Marzo|Calle Larga XXII Marzo 2300|30124|Venezia|45.4328|12.3342|it-city',
    'ST-VERONA-MAZZINI|Verona Mazzini|Via Giuseppe Mazzini 40|37121|Verona|45.4408|10.9948|it-lunch',
    'ST-NAPOLI-CHIAIA|Napoli Chiaia|Via Chiaia 180|80121|Napoli|40.8362|14.2445|it-city',
    'ST-PALERMO-LIBERTA|Palermo Libertà|Via della Libertà 30|90139|Palermo|38.1260|13.3542|it-lunch',
  ],
  FR: [
    '*ST-PARIS-SAINTHONORE|Paris Saint-Honoré|350 Rue Saint-Honoré|75001|Paris|48.8669|2.3294|fr-paris',
    'ST-PARIS-MARAIS|Paris Marais|30 Rue des Francs-Bourgeois|75003|Paris|48.8578|2.3612|fr-paris',
    'ST-PARIS-PASSY|Paris Passy|60 Rue de Passy|75016|Paris|48.8576|2.2797|fr-town',
    '*ST-LYON-HERRIOT|Lyon Herriot|60 Rue du Président Édouard Herriot|69002|Lyon|45.7615|4.8346|fr-town',
    'ST-MARSEILLE-STFERREOL|Marseille Saint-Ferréol|50 Rue Saint-Ferréol|13001|Marseille|43.2931|5.3786|fr-town',
    'ST-BORDEAUX-INTENDANCE|Bordeaux Intendance|40 Cours de l’Intendance|33000|Bordeaux|44.8420|-0.5775|fr-town',
    'ST-TOULOUSE-ALSACE|Toulouse Alsace-Lorraine|35 Rue d’Alsace-Lorraine|31000|Toulouse|43.6036|1.4453|fr-town',
    'ST-LILLE-CHAUSSEE|Lille Grande Chaussée|20 Rue de la Grande Chaussée|59800|Lille|50.6386|3.0637|fr-town',
    'ST-NICE-MEDECIN|Nice Jean-Médecin|30 Avenue Jean Médecin|06000|Nice|43.7003|7.2683|fr-town',
    'ST-STRASBOURG-ARCADES|Strasbourg Grandes Arcades|25 Rue des Grandes Arcades|67000|Strasbourg|48.5836|7.7462|fr-town',
  ],
  DE: [
    '*ST-MUENCHEN-MAXIMILIAN|München Maximilianstraße|Maximilianstraße 20|80539|München|48.1388|11.5812|de-city',
    'ST-MUENCHEN-SENDLINGER|München Sendlinger Straße|Sendlinger Straße 30|80331|München|48.1352|11.5685|de-city',
    '*ST-BERLIN-KUDAMM|Berlin Kurfürstendamm|Kurfürstendamm 190|10707|Berlin|52.5010|13.3170|de-city',
    'ST-BERLIN-FRIEDRICH|Berlin Friedrichstraße|Friedrichstraße 80|10117|Berlin|52.5152|13.3893|de-city',
    'ST-HAMBURG-NEUERWALL|Hamburg Neuer Wall|Neuer Wall 40|20354|Hamburg|53.5518|9.9898|de-city',
    'ST-FRANKFURT-GOETHE|Frankfurt Goethestraße|Goethestraße 12|60313|Frankfurt am Main|50.1149|8.6737|de-city',
    'ST-KOELN-SCHILDERGASSE|Köln Schildergasse|Schildergasse 60|50667|Köln|50.9361|6.9532|de-city',
    'ST-DUESSELDORF-KOE|Düsseldorf Königsallee|Königsallee 60|40212|Düsseldorf|51.2226|6.7790|de-city',
    'ST-STUTTGART-KOENIG|Stuttgart Königstraße|Königstraße 28|70173|Stuttgart|48.7783|9.1796|de-city',
  ],
  ES: [
    '*ST-MADRID-SERRANO|Madrid Serrano|Calle de Serrano 50|28001|Madrid|40.4263|-3.6876|es-madrid',
    'ST-MADRID-FUENCARRAL|Madrid Fuencarral|Calle de Fuencarral 60|28004|Madrid|40.4246|-3.7012|es-madrid',
    '*ST-BARCELONA-GRACIA|Barcelona Passeig de Gràcia|Passeig de Gràcia 70|08008|Barcelona|41.3929|2.1633|es-city',
    'ST-BARCELONA-DIAGONAL|Barcelona Diagonal|Avinguda Diagonal 550|08021|Barcelona|41.3937|2.1497|es-city',
    'ST-VALENCIA-COLON|Valencia Colón|Calle de Colón 30|46004|Valencia|39.4692|-0.3722|es-city',
    'ST-SEVILLA-SIERPES|Sevilla Sierpes|Calle Sierpes 50|41004|Sevilla|37.3906|-5.9944|es-siesta',
    'ST-BILBAO-GRANVIA|Bilbao Gran Vía|Gran Vía de Don Diego López de Haro 30|48009|Bilbao|43.2632|-2.9342|es-siesta',
    'ST-LASPALMAS-TRIANA|Las Palmas Triana|Calle Mayor de Triana 50|35002|Las Palmas de Gran Canaria|28.1062|-15.4163|es-city',
  ],
  GB: [
    '*ST-LONDON-REGENT|London Regent Street|150 Regent Street|W1B 5SJ|London|51.5117|-0.1388|gb-london',
    'ST-LONDON-KINGSROAD|London King’s Road|120 King’s Road|SW3 4TR|London|51.4893|-0.1643|gb-london',
    'ST-LONDON-SPITALFIELDS|London Spitalfields|65 Brushfield Street|E1 6AA|London|51.5193|-0.0769|gb-london',
    'ST-MANCHESTER-KING|Manchester King Street|50 King Street|M2 4LY|Manchester|53.4812|-2.2459|gb-town',
    'ST-EDINBURGH-GEORGE|Edinburgh George Street|70 George Street|EH2 3BU|Edinburgh|55.9533|-3.1993|gb-town',
  ],
};

/** The stores, in the order of the table. */
export function demoStores(): StorePlace[] {
  return Object.entries(STORES).flatMap(([country, rows]) =>
    rows.map((row) => storeOf(country as Country, row)),
  );
}

function storeOf(country: Country, row: string): StorePlace {
  const [id = '', name = '', address1 = '', postalCode = '', city = '', lat, lng, habit = ''] =
    row.split('|');
  return {
    id: id.replace('*', ''),
    name,
    country,
    address1,
    postalCode,
    city,
    lat: Number(lat),
    lng: Number(lng),
    habit: habit as Habit,
    isFlagship: id.startsWith('*'),
  };
}
