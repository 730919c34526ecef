/**
 * Shoes of the drawn catalogue: a pair, the nearer in front, from one outline each.
 */
import { cloth, defs, type Paint, part, seam, shade } from './paint.ts';

type Shoe = {
  readonly outline: string;
  readonly sole: string;
  readonly details: (paint: Paint) => string;
};

const CHELSEA: Shoe = {
  outline:
    'M168 208Q230 196 286 210Q290 330 300 380Q352 420 430 436Q484 450 484 500V526H160Q150 360 168 208Z',
  sole: 'M156 524H488V552Q488 560 478 560H252V552H236V572H162Q156 572 156 560Z',
  details: (paint) =>
    `${part(paint, 'M204 216H256Q258 330 248 412Q214 404 202 380Q198 300 204 216Z', -0.4)}${seam(paint, 'M214 220Q212 310 214 388M226 220V398M238 220Q242 310 238 408', 2, 0.6)}${seam(paint, 'M300 380Q270 430 160 430', 3, 0.4)}<path d="M216 180q-10 26 2 40" stroke="${shade(paint.base, -0.3)}" stroke-width="12" fill="none"/>`,
};

const LOAFER: Shoe = {
  outline:
    'M120 392Q170 372 232 396Q270 368 330 392Q420 420 476 462Q500 486 498 520H128Q104 450 120 392Z',
  sole: 'M124 518H502V540Q502 548 492 548H236V540H220V566H132Q124 566 124 552Z',
  details: (paint) =>
    `${part(paint, 'M126 398Q172 382 226 402Q206 446 140 440Z', -0.5)}${seam(paint, 'M262 388Q300 440 404 450Q452 456 476 464', 4, 0.5)}${part(paint, 'M238 394Q276 380 318 390Q312 436 262 446Q236 424 238 394Z', -0.18)}${part(paint, 'M262 406Q284 398 306 404L302 418Q282 414 264 420Z', -0.55)}`,
};

const LACED: Shoe = {
  outline:
    'M176 196Q230 182 290 200Q296 300 322 372Q392 398 444 430Q486 456 486 510H152Q156 340 176 196Z',
  sole: 'M146 506H492V540Q492 552 478 552H462L452 564L440 552H424L414 564L402 552H386L376 564L364 552H348L338 564L326 552H252V572H156Q146 572 146 558Z',
  details: (paint) =>
    `${part(paint, 'M252 202Q280 194 292 202Q298 300 324 374Q296 398 262 376Q246 290 252 202Z', -0.36)}${[
      226, 258, 290, 322, 352,
    ]
      .map(
        (y, index) =>
          `<path d="M${246 + index * 3} ${y}L${298 + index * 5} ${y - 10}" stroke="#e6c079" stroke-width="7" stroke-linecap="round"/>`,
      )
      .join(
        '',
      )}${seam(paint, 'M180 200Q170 330 162 440M322 372Q300 440 240 440L156 436', 3, 0.45)}${part(paint, 'M170 192Q230 174 294 194L294 216Q230 198 170 214Z', -0.3)}`,
};

const WELLY: Shoe = {
  outline:
    'M176 96Q240 84 304 96Q306 290 310 380Q344 428 434 444Q490 456 490 520H164Q168 300 176 96Z',
  sole: 'M158 516H496V556H470L462 566L452 556H430L422 566L412 556H262V572H164Q158 572 158 560Z',
  details: (paint) =>
    `${part(paint, 'M172 92Q240 78 308 92V128Q240 116 172 128Z', -0.22)}<path d="M206 156Q196 300 204 440" stroke="#fff" stroke-width="12" opacity=".28" fill="none"/>${seam(paint, 'M310 380Q270 420 166 414M400 440Q420 480 488 486', 4, 0.4)}${part(paint, 'M270 140h30v20h-30z', -0.4)}`,
};

const TRAINER: Shoe = {
  outline:
    'M130 346Q162 330 190 346Q230 380 266 366Q290 330 320 342Q360 396 432 424Q500 444 498 512H124Q112 420 130 346Z',
  sole: 'M116 506H504V548Q504 568 484 568H136Q116 568 116 548Z',
  details: (paint) =>
    `${part(paint, 'M186 348Q230 382 268 366Q290 332 318 344L300 372Q250 420 180 396Z', -0.2)}${[
      0, 1, 2, 3,
    ]
      .map(
        (index) =>
          `<path d="M${302 + index * 28} ${366 + index * 16}L${262 + index * 30} ${408 + index * 12}" stroke="#fff" stroke-width="8" stroke-linecap="round"/>`,
      )
      .join(
        '',
      )}${part(paint, 'M126 420Q180 430 204 510H124Q118 460 126 420Z', -0.34)}${seam(paint, 'M400 414Q392 470 420 508M260 420Q280 470 270 508', 3, 0.4)}<path d="M116 534H504" stroke="#b9b2a5" stroke-width="3"/>`,
};

export const SHOES = {
  chelsea: { shoe: CHELSEA, soleColor: '#2b2420' },
  loafers: { shoe: LOAFER, soleColor: '#2b2420' },
  'lace-boots': { shoe: LACED, soleColor: '#3a2c22' },
  wellies: { shoe: WELLY, soleColor: '#3d3a34' },
  trainers: { shoe: TRAINER, soleColor: '#f7f4ee' },
} as const;

/** A pair of shoes. */
export function shoes(paint: Paint, kind: keyof typeof SHOES): string {
  const { shoe, soleColor } = SHOES[kind];
  const one = (far: boolean) =>
    `${cloth(paint, shoe.outline, 'plain', far ? 's' : 'g')}${shoe.details(paint)}<path d="${shoe.sole}" fill="${soleColor}"/>`;
  return `${defs(paint, 'plain')}<g transform="translate(70 62) scale(.86)" opacity=".9">${one(true)}</g><g transform="translate(-26 92)">${one(false)}</g>`;
}
