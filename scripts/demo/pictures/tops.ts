/**
 * Coats, jackets, shirts, knitwear and dresses: one garment cut to many patterns.
 *
 * A garment is a mirrored body over two sleeves, with a collar, a closure and details; lengths are y coordinates of the
 * 600 × 720 picture, widths half widths from its middle.
 */
import { cloth, defs, type Paint, type Pattern, part, seam, shade } from './paint.ts';

export type Cut = {
  /** Half width at the hem, and its height. */
  readonly hem: number;
  readonly length: number;
  readonly waist?: number;
  /** Height of the cuff; 0: no sleeves. */
  readonly cuff: number;
  readonly pattern: Pattern;
  readonly collar:
    | 'crew'
    | 'roll'
    | 'shirt'
    | 'lapel'
    | 'shawl'
    | 'hood'
    | 'stand'
    | 'vee'
    | 'strap';
  readonly closure: 'none' | 'buttons' | 'double' | 'zip' | 'wrap' | 'half-zip';
  readonly belt?: 'tie' | 'buckle';
  readonly pockets?: 'patch' | 'flap' | 'welt' | 'chest';
  /** Ribbed cuffs and hem. */
  readonly hasRibs?: boolean;
  readonly sleeveWidth?: number;
};

const SHOULDER = 104;

/** The drawing of a garment of this cut. */
export function garment(paint: Paint, cut: Cut): string {
  const body = bodyPath(cut);
  // A short garment hangs in the middle of the picture, not at its top.
  const drop = Math.round(Math.max(0, 640 - cut.length) * 0.55);
  return [
    defs(paint, cut.pattern),
    `<g transform="translate(0 ${drop})">`,
    backOfCollar(paint, cut),
    cut.cuff > 0 ? sleeves(paint, cut) : '',
    cloth(paint, body, cut.pattern),
    folds(paint, cut),
    closure(paint, cut),
    pockets(paint, cut),
    ribs(paint, cut),
    collar(paint, cut),
    belt(paint, cut),
    '</g>',
  ].join('');
}

function mirror(x: number): number {
  return 600 - x;
}

function bodyPath(cut: Cut): string {
  const waist = cut.waist ?? cut.hem;
  const waistY = Math.min(350, cut.length - 60);
  const left = 300 - SHOULDER;
  const chest = 300 - 92;
  const straps = cut.collar === 'strap';
  const neck = straps ? 'M252 172' : 'M256 132';
  const neckEnd = straps ? 'L348 172Q300 236 252 172Z' : 'L344 132Q300 160 256 132Z';
  const shoulder = straps
    ? `L246 120L236 122Q232 190 ${chest + 14} 236`
    : `Q${left + 26} 142 ${left} 160Q${left + 12} 214 ${chest} 252`;
  const shoulderBack = straps
    ? `Q368 190 364 122L354 120`
    : `Q${mirror(left + 12)} 214 ${mirror(left)} 160Q${mirror(left + 26)} 142 344 132`;
  return [
    neck,
    shoulder,
    `Q${300 - waist} ${waistY - 50} ${300 - waist} ${waistY}`,
    `C${300 - waist} ${waistY + 60} ${300 - cut.hem} ${cut.length - 80} ${300 - cut.hem} ${cut.length}`,
    `Q300 ${cut.length + 16} ${300 + cut.hem} ${cut.length}`,
    `C${300 + cut.hem} ${cut.length - 80} ${300 + waist} ${waistY + 60} ${300 + waist} ${waistY}`,
    `Q${300 + waist} ${waistY - 50} ${straps ? mirror(chest + 14) : mirror(chest)} ${straps ? 236 : 252}`,
    shoulderBack,
    neckEnd,
  ].join('');
}

function sleeves(paint: Paint, cut: Cut): string {
  const width = cut.sleeveWidth ?? 50;
  const left = 300 - SHOULDER;
  const outer = left - 58;
  const path = (x: (value: number) => number) =>
    `M${x(left + 18)} 146C${x(left - 30)} 156 ${x(outer + 6)} ${cut.cuff - 170} ${x(outer)} ${cut.cuff}L${x(outer + width)} ${cut.cuff + 9}C${x(outer + width + 8)} ${cut.cuff - 110} ${x(left + 10)} 300 ${x(left + 22)} 248Z`;
  const same = (value: number) => value;
  const inner = (x: (value: number) => number) =>
    `M${x(outer + width)} ${cut.cuff + 9}C${x(outer + width + 8)} ${cut.cuff - 110} ${x(left + 10)} 300 ${x(left + 20)} 250`;
  const cuffLine = (x: (value: number) => number) =>
    `M${x(outer)} ${cut.cuff - 24}L${x(outer + width)} ${cut.cuff - 15}`;
  return [
    cloth(paint, path(same), cut.pattern, 's'),
    cloth(paint, path(mirror), cut.pattern, 's'),
    seam(paint, inner(same), 3, 0.4),
    seam(paint, inner(mirror), 3, 0.4),
    cut.hasRibs === true || cut.pattern === 'baffle'
      ? ''
      : seam(paint, cuffLine(same)) + seam(paint, cuffLine(mirror)),
    cut.hasRibs === true ? cuffRibs(paint, outer, width, cut.cuff) : '',
  ].join('');
}

function cuffRibs(paint: Paint, outer: number, width: number, cuff: number): string {
  return [(value: number) => value, mirror]
    .map((x) =>
      part(
        paint,
        `M${x(outer - 1)} ${cuff - 34}L${x(outer)} ${cuff + 2}Q${x(outer + width / 2)} ${cuff + 12} ${x(outer + width)} ${cuff + 11}L${x(outer + width + 1)} ${cuff - 26}Z`,
        -0.16,
      ),
    )
    .join('');
}

function folds(paint: Paint, cut: Cut): string {
  const waist = cut.waist ?? cut.hem;
  return [
    seam(paint, `M214 262Q${308 - waist} 320 ${312 - waist} 380`, 5, 0.13),
    seam(paint, `M386 262Q${292 + waist} 320 ${288 + waist} 380`, 6, 0.2),
    cut.length > 520
      ? seam(
          paint,
          `M${300 - cut.hem * 0.45} ${cut.length}Q${300 - waist * 0.5} 470 ${300 - waist * 0.4} 400`,
          4,
          0.2,
        ) +
        seam(
          paint,
          `M${300 + cut.hem * 0.5} ${cut.length}Q${300 + waist * 0.5} 470 ${300 + waist * 0.45} 400`,
          4,
          0.2,
        )
      : '',
  ].join('');
}

function backOfCollar(paint: Paint, cut: Cut): string {
  if (cut.collar === 'strap') return '';
  if (cut.collar === 'hood') {
    return part(paint, 'M232 152Q216 66 300 58Q384 66 368 152Q300 186 232 152Z', -0.3);
  }
  return `<path d="M252 132Q300 108 348 132Q300 168 252 132Z" fill="${shade(paint.base, -0.4)}"/>`;
}

function collar(paint: Paint, cut: Cut): string {
  switch (cut.collar) {
    case 'crew':
      return `<path d="M250 132Q300 176 350 132" fill="none" stroke="${shade(paint.base, -0.18)}" stroke-width="13"/>`;
    case 'roll':
      return `${part(paint, 'M252 138Q250 98 258 88Q300 76 342 88Q350 98 348 138Q300 164 252 138Z', -0.06)}${seam(paint, 'M256 112Q300 130 344 112', 3)}`;
    case 'stand':
      return `${part(paint, 'M250 138Q248 108 258 98L298 112V160Q270 154 250 138ZM350 138Q352 108 342 98L302 112V160Q330 154 350 138Z', -0.08)}`;
    case 'shirt':
      return `${part(paint, 'M254 128L300 156L272 192L240 150Z', 0.12)}${part(paint, 'M346 128L300 156L328 192L360 150Z', 0.06)}${seam(paint, 'M254 128L300 156L272 192L240 150M346 128L300 156L328 192L360 150', 2)}`;
    case 'vee':
      return `<path d="M252 130L300 214L348 130" fill="none" stroke="${shade(paint.base, -0.2)}" stroke-width="12" stroke-linejoin="round"/><path d="M258 132Q300 118 342 132L300 204Z" fill="${shade(paint.base, -0.5)}" opacity=".7"/>`;
    case 'hood':
      return `${part(paint, 'M250 134Q224 128 226 92Q238 66 268 62Q248 96 262 140L300 170Q272 168 250 134Z', 0.05)}${part(paint, 'M350 134Q376 128 374 92Q362 66 332 62Q352 96 338 140L300 170Q328 168 350 134Z', -0.06)}`;
    case 'lapel':
    case 'shawl':
      return lapels(paint, cut.collar === 'shawl');
    case 'strap':
      return seam(paint, 'M252 172Q300 236 348 172', 3);
  }
}

function lapels(paint: Paint, isShawl: boolean): string {
  const inside = `<path d="M258 130Q300 118 342 130L304 322Z" fill="${shade(paint.base, 0.72)}"/><path d="M268 130Q300 120 332 130L301 300Z" fill="#f5f1ea"/>`;
  if (isShawl) {
    return `${inside}${part(paint, 'M256 126Q224 176 252 236L306 330L300 300L268 200Q258 160 268 128Z', 0.1)}${part(paint, 'M344 126Q376 176 348 236L300 330L302 300L332 200Q342 160 332 128Z', -0.04)}`;
  }
  return `${inside}${part(paint, 'M256 126L232 176L258 190L240 204L304 330L296 262L268 128Z', 0.1)}${part(paint, 'M344 126L368 176L342 190L360 204L298 330L304 262L332 128Z', -0.04)}${seam(paint, 'M256 126L232 176L258 190L240 204L304 330M344 126L368 176L342 190L360 204L298 330', 2)}`;
}

function button(x: number, y: number, radius = 6): string {
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="#3a2e26"/><circle cx="${x - 1.5}" cy="${y - 1.5}" r="${radius * 0.4}" fill="#8d7a68"/>`;
}

function closure(paint: Paint, cut: Cut): string {
  const from = cut.collar === 'lapel' || cut.collar === 'shawl' ? 330 : 166;
  switch (cut.closure) {
    case 'none':
      return '';
    case 'half-zip':
      return `<path d="M300 150V262" stroke="${shade(paint.base, -0.5)}" stroke-width="5"/><path d="M296 262h8v16h-8z" fill="#c9c3b8"/>`;
    case 'zip':
      return `<path d="M300 150V${cut.length + 8}" stroke="${shade(paint.base, -0.5)}" stroke-width="6"/><path d="M300 150V${cut.length + 8}" stroke="#c9c3b8" stroke-width="1.6" stroke-dasharray="4 4"/>`;
    case 'wrap':
      return seam(paint, `M304 328Q330 420 318 ${cut.length + 6}`, 3.5);
    case 'buttons': {
      const rows = [0, 1, 2, 3, 4, 5].map((row) => from + 20 + row * 52);
      return `${seam(paint, `M300 ${from}V${cut.length + 8}`, 2.5)}${rows
        .filter((y) => y < cut.length - 16)
        .map((y) => button(300, y, 5))
        .join('')}`;
    }
    case 'double':
      return `${seam(paint, `M318 ${from}V${cut.length + 6}`, 3)}${[352, 412, 472]
        .filter((y) => y < cut.length - 30)
        .map((y) => button(268, y, 8) + button(332, y, 8))
        .join('')}`;
  }
}

function pockets(paint: Paint, cut: Cut): string {
  if (cut.pockets === undefined) return '';
  const y = cut.length > 520 ? 452 : cut.length - 108;
  switch (cut.pockets) {
    case 'patch':
      return seam(paint, `M220 ${y}h52v66q-26 10 -52 0zM328 ${y}h52v66q-26 10 -52 0z`, 2.5, 0.6);
    case 'flap':
      return `${part(paint, `M216 ${y}h58v22h-58zM326 ${y}h58v22h-58z`, -0.16)}${seam(paint, `M216 ${y}h58v22h-58zM326 ${y}h58v22h-58z`, 2)}`;
    case 'welt':
      return seam(paint, `M226 ${y + 40}L250 ${y - 12}M374 ${y + 40}L350 ${y - 12}`, 6, 0.5);
    case 'chest':
      return seam(paint, 'M330 236h44v46l-22 10l-22 -10z', 2.5, 0.6);
  }
}

function ribs(paint: Paint, cut: Cut): string {
  if (cut.hasRibs !== true) return '';
  const left = 300 - cut.hem;
  return `${part(paint, `M${left - 1} ${cut.length - 34}Q300 ${cut.length - 18} ${301 + cut.hem} ${cut.length - 34}V${cut.length}Q300 ${cut.length + 18} ${left - 1} ${cut.length}Z`, -0.16)}${seam(paint, `M${left} ${cut.length - 34}Q300 ${cut.length - 18} ${300 + cut.hem} ${cut.length - 34}`, 2, 0.4)}`;
}

function belt(paint: Paint, cut: Cut): string {
  const waist = (cut.waist ?? cut.hem) + 4;
  if (cut.belt === undefined) return '';
  const band = part(
    paint,
    `M${300 - waist} 344Q300 362 ${300 + waist} 344V376Q300 394 ${300 - waist} 376Z`,
    -0.2,
  );
  if (cut.belt === 'buckle') {
    return `${band}<rect x="280" y="350" width="42" height="38" rx="5" fill="none" stroke="#b58d4e" stroke-width="6"/>`;
  }
  return `${band}${part(paint, 'M296 356Q330 400 322 486L346 482Q350 400 316 352Z', -0.24)}${part(paint, 'M300 356Q272 404 284 470L262 470Q254 404 286 354Z', -0.14)}${part(paint, 'M282 346h36v36h-36z', -0.28)}`;
}
