/**
 * The demo's forty styles: two brands of one invented fashion house, in real sizes, weights and colors.
 *
 * *Vesprana* dresses the city, *Tidemoor* the coast and the hills. Names are by language; `drawing` names the picture in
 * `pictures/`; weights and volumes are those of such a garment packed in its box or bag.
 */

/** A size run of the trade. */
export type SizeRun =
  | 'letters'
  | 'women'
  | 'men'
  | 'collar'
  | 'waist'
  | 'shoes'
  | 'boots'
  | 'belt'
  | 'gloves'
  | 'socks'
  | 'one';

/** Sizes by run: letters S to XXL, EU numbers, collars, waists, shoes. */
export const SIZES: Readonly<Record<SizeRun, readonly string[]>> = {
  letters: ['S', 'M', 'L', 'XL', 'XXL'],
  women: ['36', '38', '40', '42', '44', '46'],
  men: ['46', '48', '50', '52', '54', '56'],
  collar: ['38', '39', '40', '41', '42', '43'],
  waist: ['29', '30', '31', '32', '33', '34', '36'],
  shoes: ['36', '37', '38', '39', '40', '41', '42', '43', '44', '45'],
  boots: ['37', '38', '39', '40', '41', '42', '43', '44'],
  belt: ['80', '85', '90', '95', '100'],
  gloves: ['7', '7½', '8', '8½', '9'],
  socks: ['35–38', '39–42', '43–46'],
  one: ['One size'],
};

/** Colors with their names by language and how they are painted. */
export const COLORS = {
  camel: { en: 'Camel', it: 'Cammello', fr: 'Camel', de: 'Camel', es: 'Camel', hex: '#c09a6b' },
  ink: { en: 'Ink', it: 'Inchiostro', fr: 'Encre', de: 'Tinte', es: 'Tinta', hex: '#2b3550' },
  black: { en: 'Black', it: 'Nero', fr: 'Noir', de: 'Schwarz', es: 'Negro', hex: '#2a292c' },
  ivory: { en: 'Ivory', it: 'Avorio', fr: 'Ivoire', de: 'Elfenbein', es: 'Marfil', hex: '#efe7d6' },
  rust: { en: 'Rust', it: 'Ruggine', fr: 'Rouille', de: 'Rost', es: 'Óxido', hex: '#a9502c' },
  olive: { en: 'Olive', it: 'Oliva', fr: 'Olive', de: 'Oliv', es: 'Oliva', hex: '#6a6b42' },
  bordeaux: {
    en: 'Bordeaux',
    it: 'Bordeaux',
    fr: 'Bordeaux',
    de: 'Bordeaux',
    es: 'Burdeos',
    hex: '#6d2434',
  },
  sky: { en: 'Sky', it: 'Cielo', fr: 'Ciel', de: 'Himmel', es: 'Cielo', hex: '#9dbbd4' },
  cognac: { en: 'Cognac', it: 'Cognac', fr: 'Cognac', de: 'Cognac', es: 'Coñac', hex: '#98582c' },
  forest: { en: 'Forest', it: 'Bosco', fr: 'Forêt', de: 'Wald', es: 'Bosque', hex: '#2f4a3c' },
  mustard: {
    en: 'Mustard',
    it: 'Senape',
    fr: 'Moutarde',
    de: 'Senf',
    es: 'Mostaza',
    hex: '#d0a12b',
  },
  slate: {
    en: 'Slate',
    it: 'Ardesia',
    fr: 'Ardoise',
    de: 'Schiefer',
    es: 'Pizarra',
    hex: '#5d6a75',
  },
  sand: { en: 'Sand', it: 'Sabbia', fr: 'Sable', de: 'Sand', es: 'Arena', hex: '#d8c6a5' },
  rose: { en: 'Rose', it: 'Rosa', fr: 'Rose', de: 'Rosé', es: 'Rosa', hex: '#d7a5a2' },
  denim: { en: 'Denim', it: 'Denim', fr: 'Denim', de: 'Denim', es: 'Denim', hex: '#3f5878' },
  gold: { en: 'Gold', it: 'Oro', fr: 'Or', de: 'Gold', es: 'Oro', hex: '#caa04e' },
} as const;
export type ColorName = keyof typeof COLORS;

export type Style = {
  /** Two letters and two digits, the middle of its SKUs. */
  readonly code: string;
  readonly brand: 'Vesprana' | 'Tidemoor';
  readonly model: string;
  /** What it is, by language: en, it, fr, de, es. */
  readonly kind: readonly [string, string, string, string, string];
  readonly material: Material;
  readonly drawing: string;
  readonly category: 'outerwear' | 'clothing' | 'knitwear' | 'shoes' | 'accessories' | 'fragrance';
  readonly sizes: SizeRun;
  readonly colors: readonly [ColorName, ...ColorName[]];
  readonly priceMinor: number;
  readonly weightGrams: number;
  readonly volumeCm3: number;
  readonly longestCm: number;
  readonly tags: readonly string[];
};

/** Categories as the shop's product types say them. */
export const CATEGORY_NAMES: Readonly<Record<Style['category'], string>> = {
  outerwear: 'Outerwear',
  clothing: 'Clothing',
  knitwear: 'Knitwear',
  shoes: 'Shoes',
  accessories: 'Accessories',
  fragrance: 'Fragrance',
};

/** What it is made of, by language: en, it, fr, de, es. */
export const MATERIALS = {
  wool: 'pure new wool|pura lana vergine|pure laine vierge|reiner Schurwolle|pura lana virgen',
  cashmere:
    'Mongolian cashmere|cashmere della Mongolia|cachemire de Mongolie|mongolischem Kaschmir|cachemira de Mongolia',
  cotton: 'organic cotton|cotone biologico|coton biologique|Bio-Baumwolle|algodón orgánico',
  silk: 'mulberry silk|seta di gelso|soie de mûrier|Maulbeerseide|seda de morera',
  linen:
    'Normandy linen|lino di Normandia|lin de Normandie|Leinen aus der Normandie|lino de Normandía',
  leather:
    'vegetable-tanned leather|pelle conciata al vegetale|cuir tanné végétal|pflanzlich gegerbtem Leder|piel de curtido vegetal',
  waxed: 'waxed cotton|cotone cerato|coton ciré|gewachster Baumwolle|algodón encerado',
  down: 'recycled nylon with responsible down|nylon riciclato e piuma responsabile|nylon recyclé et duvet responsable|recyceltem Nylon mit verantwortungsvoller Daune|nailon reciclado y plumón responsable',
  recycled:
    'recycled polyester|poliestere riciclato|polyester recyclé|recyceltem Polyester|poliéster reciclado',
  rubber: 'natural rubber|gomma naturale|caoutchouc naturel|Naturkautschuk|caucho natural',
  denim: 'selvedge denim|denim cimosato|denim selvedge|Selvedge-Denim|denim selvedge',
  scent:
    'bergamot, iris and vetiver|bergamotto, iris e vetiver|bergamote, iris et vétiver|Bergamotte, Iris und Vetiver|bergamota, lirio y vetiver',
} as const;
export type Material = keyof typeof MATERIALS;

// code · model · kind by language · material · drawing · category · sizes · colors · euro grams liters longest-cm
const VESPRANA = `
CT01 · Alba · wrap coat|cappotto a vestaglia|manteau portefeuille|Wickelmantel|abrigo cruzado · wool · wrap-coat · outerwear · letters · camel ink · 459 1650 14 60
TR01 · Piazza · trench coat|trench|trench-coat|Trenchcoat|gabardina · cotton · trench · outerwear · letters · sand black · 389 1250 11 60
BZ01 · Scala · double-breasted blazer|blazer doppiopetto|blazer croisé|zweireihiger Blazer|blazer cruzado · wool · blazer · clothing · men · ink slate · 329 900 9 55
DR01 · Giada · midi dress|abito midi|robe midi|Midikleid|vestido midi · silk · dress · clothing · women · forest bordeaux · 289 420 4 40
DR02 · Notte · evening dress|abito da sera|robe du soir|Abendkleid|vestido de noche · silk · gown · clothing · women · black bordeaux · 420 620 6 50
DR03 · Riviera · shirt dress|chemisier|robe chemise|Hemdblusenkleid|vestido camisero · linen · shirt-dress · clothing · women · ivory sky · 219 380 4 40
SH01 · Corso · poplin shirt|camicia in popeline|chemise en popeline|Popelinehemd|camisa de popelina · cotton · shirt · clothing · collar · ivory sky · 119 280 3 38
SH02 · Marina · blouse|blusa|blouse|Bluse|blusa · silk · blouse · clothing · women · rose ivory · 169 210 2 35
TS01 · Brera · T-shirt|T-shirt|T-shirt|T-Shirt|camiseta · cotton · tee · clothing · letters · black ivory · 59 200 2 32
KN01 · Neve · crew-neck jumper|girocollo|pull ras du cou|Rundhalspullover|jersey de cuello redondo · cashmere · jumper · knitwear · letters · sand slate · 249 340 4 36
KN02 · Trama · roll-neck jumper|dolcevita|col roulé|Rollkragenpullover|jersey de cuello alto · wool · roll-neck · knitwear · letters · black rust · 149 360 4 36
TW01 · Passo · pleated trousers|pantaloni con pince|pantalon à pinces|Bundfaltenhose|pantalón de pinzas · wool · trousers · clothing · men · slate camel · 179 520 4 42
SK01 · Onda · pleated skirt|gonna plissé|jupe plissée|Plisseerock|falda plisada · recycled · skirt · clothing · women · rust forest · 159 390 4 40
BG01 · Loggia · top-handle bag|borsa a mano|sac à main|Henkeltasche|bolso de mano · leather · bag · accessories · one · cognac black · 395 1100 16 38
BG02 · Portico · tote|shopper|cabas|Shopper|bolso tote · leather · tote · accessories · one · cognac ivory · 295 850 14 40
BT01 · Duomo · Chelsea boots|stivaletti Chelsea|bottines Chelsea|Chelsea Boots|botines Chelsea · leather · chelsea · shoes · shoes · black cognac · 265 1500 12 36
LF01 · Darsena · penny loafers|mocassini|mocassins|Pennyloafer|mocasines · leather · loafers · shoes · shoes · bordeaux black · 225 1150 10 34
SC01 · Seta · square scarf|foulard|carré|Seidentuch|pañuelo · silk · foulard · accessories · one · rust sky · 129 90 1 25
PF01 · Vespro · eau de parfum 50 ml|eau de parfum 50 ml|eau de parfum 50 ml|Eau de Parfum 50 ml|eau de parfum 50 ml · scent · perfume · fragrance · one · gold · 98 320 1 14
UM01 · Pioggia · stick umbrella|ombrello lungo|parapluie canne|Stockschirm|paraguas largo · recycled · umbrella · accessories · one · ink bordeaux · 85 560 9 92
BL01 · Fibbia · belt|cintura|ceinture|Gürtel|cinturón · leather · belt · accessories · belt · cognac black · 89 240 1 22
GL01 · Inverno · lined gloves|guanti foderati|gants doublés|gefütterte Handschuhe|guantes forrados · leather · gloves · accessories · gloves · black cognac · 109 160 1 28
`;

const TIDEMOOR = `
PK01 · Harbour · waxed parka|parka cerato|parka ciré|gewachster Parka|parka encerada · waxed · parka · outerwear · letters · olive ink · 349 1800 15 60
DJ01 · Fell · down jacket|piumino|doudoune|Daunenjacke|plumífero · down · puffer · outerwear · letters · rust black · 299 780 13 55
GI01 · Croft · quilted gilet|gilet trapuntato|gilet matelassé|Steppweste|chaleco acolchado · recycled · gilet · outerwear · letters · forest sand · 149 520 8 48
RC01 · Squall · raincoat|impermeabile|imperméable|Regenmantel|impermeable · recycled · raincoat · outerwear · letters · mustard ink · 189 690 8 50
FL01 · Skerry · fleece|pile|polaire|Fleecejacke|forro polar · recycled · fleece · clothing · letters · ivory forest · 129 480 8 44
KN03 · Fisher · guernsey jumper|maglione guernsey|pull guernesey|Guernsey-Pullover|jersey guernsey · wool · guernsey · knitwear · letters · ink sand · 165 720 7 40
KN04 · Shetland · fair-isle cardigan|cardigan fair isle|cardigan jacquard|Fair-Isle-Strickjacke|cárdigan fair isle · wool · cardigan · knitwear · letters · slate rust · 189 640 7 40
SH03 · Tarn · flannel shirt|camicia di flanella|chemise en flanelle|Flanellhemd|camisa de franela · cotton · flannel · clothing · letters · bordeaux forest · 95 390 3 38
TS02 · Breton · striped T-shirt|maglia a righe|marinière|Ringelshirt|camiseta marinera · cotton · breton · clothing · letters · ivory · 65 240 2 34
JN01 · Quay · straight jeans|jeans dritti|jean droit|gerade Jeans|vaqueros rectos · denim · jeans · clothing · waist · denim black · 135 750 5 42
CH01 · Moor · corduroy trousers|pantaloni di velluto|pantalon en velours|Cordhose|pantalón de pana · cotton · cords · clothing · waist · cognac olive · 125 640 5 42
BT02 · Bracken · lace-up boots|scarponcini|bottines à lacets|Schnürstiefel|botas de cordones · leather · lace-boots · shoes · boots · cognac black · 245 1900 14 38
WE01 · Tide · rubber boots|stivali di gomma|bottes de pluie|Gummistiefel|botas de agua · rubber · wellies · shoes · boots · forest mustard · 89 2200 20 46
SN01 · Pebble · trainers|sneaker|baskets|Sneaker|zapatillas · leather · trainers · shoes · shoes · ivory slate · 139 1050 10 34
BP01 · Cairn · roll-top backpack|zaino roll-top|sac à dos roll-top|Rolltop-Rucksack|mochila enrollable · waxed · backpack · accessories · one · olive ink · 169 980 22 55
BN01 · Ness · beanie|berretto|bonnet|Mütze|gorro · wool · beanie · accessories · one · rust ink · 39 95 1 24
SC02 · Glen · blanket scarf|sciarpa plaid|étole plaid|Plaidschal|bufanda manta · wool · plaid · accessories · one · bordeaux forest · 99 310 4 34
SO01 · Peat · wool socks|calze di lana|chaussettes en laine|Wollsocken|calcetines de lana · wool · socks · accessories · socks · olive slate · 24 110 1 24
`;

/** All styles, Vesprana first. */
export function demoStyles(): Style[] {
  return [...stylesOf('Vesprana', VESPRANA), ...stylesOf('Tidemoor', TIDEMOOR)];
}

function stylesOf(brand: Style['brand'], table: string): Style[] {
  return table
    .trim()
    .split('\n')
    .map((row) => styleOf(brand, row.split(' · ')));
}

// The table is the source: a word it misspells shows as a type the tests refuse (no picture, no size run).
function styleOf(brand: Style['brand'], columns: readonly string[]): Style {
  const [code = '', model = '', kinds = '', material, drawing = '', category, sizes] = columns;
  const [en = '', it = '', fr = '', de = '', es = ''] = kinds.split('|');
  const [first = 'black', ...rest] = (columns[7] ?? '').split(' ') as ColorName[];
  const [euro = 0, grams = 0, liters = 0, cm = 0] = (columns[8] ?? '').split(' ').map(Number);
  return {
    code,
    brand,
    model,
    kind: [en, it, fr, de, es],
    material: material as Material,
    drawing,
    category: category as Style['category'],
    sizes: sizes as SizeRun,
    colors: [first, ...rest],
    priceMinor: euro * 100,
    weightGrams: grams,
    volumeCm3: liters * 1_000,
    longestCm: cm,
    // Alcohol flies as dangerous goods, which the express carrier does not take.
    tags: category === 'fragrance' ? ['flammable'] : [],
  };
}
