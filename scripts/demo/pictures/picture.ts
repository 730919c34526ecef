/**
 * The picture of a style: which drawing, in which colors, on which backdrop.
 *
 * Output: one whole SVG document per style, always the same; a drawing that does not exist is a bug and throws.
 */
import { COLORS, type Style } from '../styles.ts';
import { type Paint, page } from './paint.ts';
import {
  backpack,
  bag,
  beanie,
  belt,
  foulard,
  gloves,
  perfume,
  plaid,
  skirt,
  socks,
  tote,
  trousers,
  umbrella,
} from './pieces.ts';
import { SHOES, shoes } from './shoes.ts';
import { type Cut, garment } from './tops.ts';

const CUTS: Readonly<Record<string, Cut>> = {
  'wrap-coat': {
    hem: 142,
    waist: 104,
    length: 640,
    cuff: 492,
    pattern: 'plain',
    collar: 'shawl',
    closure: 'wrap',
    belt: 'tie',
    pockets: 'welt',
    sleeveWidth: 58,
  },
  trench: {
    hem: 138,
    waist: 102,
    length: 630,
    cuff: 486,
    pattern: 'plain',
    collar: 'lapel',
    closure: 'double',
    belt: 'buckle',
    pockets: 'welt',
    sleeveWidth: 56,
  },
  blazer: {
    hem: 114,
    waist: 98,
    length: 516,
    cuff: 480,
    pattern: 'plain',
    collar: 'lapel',
    closure: 'double',
    pockets: 'flap',
  },
  dress: {
    hem: 158,
    waist: 78,
    length: 620,
    cuff: 400,
    pattern: 'plain',
    collar: 'vee',
    closure: 'none',
    belt: 'tie',
    sleeveWidth: 44,
  },
  gown: {
    hem: 178,
    waist: 72,
    length: 654,
    cuff: 0,
    pattern: 'plain',
    collar: 'strap',
    closure: 'none',
  },
  'shirt-dress': {
    hem: 138,
    waist: 92,
    length: 596,
    cuff: 430,
    pattern: 'plain',
    collar: 'shirt',
    closure: 'buttons',
    belt: 'tie',
  },
  shirt: {
    hem: 108,
    length: 540,
    cuff: 480,
    pattern: 'plain',
    collar: 'shirt',
    closure: 'buttons',
    pockets: 'chest',
  },
  blouse: {
    hem: 112,
    waist: 100,
    length: 510,
    cuff: 462,
    pattern: 'plain',
    collar: 'vee',
    closure: 'none',
    sleeveWidth: 64,
  },
  tee: {
    hem: 108,
    length: 520,
    cuff: 318,
    pattern: 'plain',
    collar: 'crew',
    closure: 'none',
    sleeveWidth: 56,
  },
  jumper: {
    hem: 110,
    length: 506,
    cuff: 478,
    pattern: 'plain',
    collar: 'crew',
    closure: 'none',
    hasRibs: true,
  },
  'roll-neck': {
    hem: 106,
    length: 506,
    cuff: 480,
    pattern: 'rib',
    collar: 'roll',
    closure: 'none',
    hasRibs: true,
  },
  parka: {
    hem: 124,
    waist: 112,
    length: 570,
    cuff: 490,
    pattern: 'plain',
    collar: 'hood',
    closure: 'zip',
    pockets: 'flap',
    sleeveWidth: 60,
  },
  puffer: {
    hem: 122,
    length: 500,
    cuff: 476,
    pattern: 'baffle',
    collar: 'stand',
    closure: 'zip',
    hasRibs: true,
    sleeveWidth: 66,
  },
  gilet: {
    hem: 112,
    length: 500,
    cuff: 0,
    pattern: 'quilt',
    collar: 'stand',
    closure: 'zip',
    pockets: 'welt',
  },
  raincoat: {
    hem: 132,
    waist: 116,
    length: 590,
    cuff: 484,
    pattern: 'plain',
    collar: 'hood',
    closure: 'buttons',
    pockets: 'flap',
    sleeveWidth: 60,
  },
  fleece: {
    hem: 114,
    length: 504,
    cuff: 476,
    pattern: 'pile',
    collar: 'stand',
    closure: 'half-zip',
    pockets: 'chest',
    hasRibs: true,
    sleeveWidth: 58,
  },
  guernsey: {
    hem: 112,
    length: 508,
    cuff: 478,
    pattern: 'cable',
    collar: 'crew',
    closure: 'none',
    hasRibs: true,
    sleeveWidth: 56,
  },
  cardigan: {
    hem: 112,
    length: 506,
    cuff: 478,
    pattern: 'fair-isle',
    collar: 'vee',
    closure: 'buttons',
    hasRibs: true,
    sleeveWidth: 56,
  },
  flannel: {
    hem: 110,
    length: 530,
    cuff: 480,
    pattern: 'check',
    collar: 'shirt',
    closure: 'buttons',
    pockets: 'chest',
  },
  breton: { hem: 106, length: 516, cuff: 448, pattern: 'stripe', collar: 'crew', closure: 'none' },
};

const PIECES: Readonly<Record<string, (paint: Paint) => string>> = {
  trousers: (paint) => trousers(paint, 'plain', false),
  jeans: (paint) => trousers(paint, 'plain', true),
  cords: (paint) => trousers(paint, 'cord', false),
  skirt,
  bag,
  tote,
  backpack,
  foulard,
  perfume,
  umbrella,
  belt,
  gloves,
  beanie,
  plaid,
  socks,
};

/** The SVG document of a style in its first color. */
export function pictureOf(style: Style): string {
  const [base, second] = style.colors;
  const paint: Paint = {
    id: style.code.toLowerCase(),
    base: COLORS[base].hex,
    second: COLORS[second ?? 'mustard'].hex,
  };
  return page(style.brand, paint, drawingOf(style.drawing, paint));
}

function drawingOf(drawing: string, paint: Paint): string {
  const cut = CUTS[drawing];
  if (cut !== undefined) return garment(paint, cut);
  if (drawing in SHOES) return shoes(paint, drawing as keyof typeof SHOES);
  const piece = PIECES[drawing];
  if (piece === undefined) throw new Error(`no drawing is named ${drawing}`);
  return piece(paint);
}
