/**
 * Paint for the drawn products: shades of a color, fabric patterns, and the page each drawing stands on.
 *
 * A drawing is the inside of a 600 × 720 SVG; `page` puts it on its brand's backdrop with a soft shadow below.
 * Ids inside are prefixed by the product, so that several pictures may live in one document.
 */

/** Colors of one product and the prefix of the ids in its picture. */
export type Paint = {
  readonly id: string;
  readonly base: string;
  readonly second: string;
};

/** Mixes a `#rrggbb` color with black (share below 0) or white (above 0). */
export function shade(hex: string, share: number): string {
  const target = share < 0 ? 0 : 255;
  const channels = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16);
    return Math.round(value + (target - value) * Math.abs(share));
  });
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** How a fabric looks from afar. */
export type Pattern =
  | 'plain'
  | 'rib'
  | 'cable'
  | 'stripe'
  | 'check'
  | 'quilt'
  | 'baffle'
  | 'cord'
  | 'pleat'
  | 'pile'
  | 'fair-isle';

type Tile = { readonly width: number; readonly height: number; readonly marks: string };

function tileOf(pattern: Pattern, { base, second }: Paint): Tile | undefined {
  const dark = shade(base, -0.22);
  const light = shade(base, 0.16);
  switch (pattern) {
    case 'plain':
      return undefined;
    case 'rib':
      return {
        width: 9,
        height: 9,
        marks: `<path d="M2 0V9" stroke="${dark}" stroke-width="2" opacity=".5"/>`,
      };
    case 'cord':
      return {
        width: 7,
        height: 7,
        marks: `<path d="M2 0V7" stroke="${dark}" stroke-width="2.4" opacity=".6"/><path d="M5 0V7" stroke="${light}" stroke-width="1.4" opacity=".5"/>`,
      };
    case 'cable':
      return {
        width: 14,
        height: 12,
        marks: `<path d="M0 0L7 7L14 0M0 6L7 13L14 6" fill="none" stroke="${dark}" stroke-width="1.6" opacity=".38"/>`,
      };
    case 'stripe':
      return {
        width: 40,
        height: 34,
        marks: `<path d="M0 8H40" stroke="#31405f" stroke-width="9"/>`,
      };
    case 'check':
      return {
        width: 74,
        height: 74,
        marks: `<path d="M0 20H74M20 0V74" stroke="${dark}" stroke-width="26" opacity=".45"/><path d="M0 56H74M56 0V74" stroke="${shade(second, 0.25)}" stroke-width="4" opacity=".75"/><path d="M0 44H74M44 0V74" stroke="${light}" stroke-width="3" opacity=".7"/>`,
      };
    case 'quilt':
      return {
        width: 46,
        height: 46,
        marks: `<path d="M0 0L46 46M46 0L0 46" stroke="${dark}" stroke-width="2" opacity=".6"/><path d="M2 0L46 44M44 0L0 44" stroke="${light}" stroke-width="1.4" opacity=".5"/>`,
      };
    case 'baffle':
      return {
        width: 600,
        height: 52,
        marks: `<path d="M0 44Q150 56 300 46T600 44V52H0Z" fill="${dark}" opacity=".55"/><path d="M0 6Q150 16 300 8T600 6" stroke="${light}" stroke-width="7" fill="none" opacity=".5"/>`,
      };
    case 'pleat':
      return {
        width: 30,
        height: 30,
        marks: `<path d="M0 0H11V30H0Z" fill="${dark}" opacity=".36"/><path d="M20 0V30" stroke="${light}" stroke-width="5" opacity=".45"/>`,
      };
    case 'pile':
      return {
        width: 22,
        height: 20,
        marks: `<path d="M3 6q4-6 8 0M13 15q4-6 8 0M14 4q3-4 6 0" fill="none" stroke="${dark}" stroke-width="1.8" opacity=".35"/>`,
      };
    case 'fair-isle':
      return {
        width: 36,
        height: 64,
        marks: `<g fill="${shade(second, 0.1)}"><path d="M18 6l8 8-8 8-8-8zM0 6l8 8-8 8zM36 6l-8 8 8 8z"/></g><g fill="${shade(base, 0.62)}"><path d="M0 32h6v5H0zM12 32h6v5h-6zM24 32h6v5h-6zM6 37h6v5H6zM18 37h6v5h-6zM30 37h6v5h-6z"/></g><path d="M0 28H36M0 46H36" stroke="${shade(base, 0.4)}" stroke-width="2"/><g fill="${dark}"><path d="M6 52h4v4H6zM18 52h4v4h-4zM30 52h4v4h-4z"/></g>`,
      };
  }
}

/** Definitions a drawing needs: its body gradient `url(#<id>-g)`, its sleeve gradient and its pattern `url(#<id>-p)`. */
export function defs(paint: Paint, pattern: Pattern): string {
  const { id, base } = paint;
  const tile = tileOf(pattern, paint);
  const tileDef =
    tile === undefined
      ? ''
      : `<pattern id="${id}-p" width="${tile.width}" height="${tile.height}" patternUnits="userSpaceOnUse">${tile.marks}</pattern>`;
  return `<defs><linearGradient id="${id}-g" x1="0" y1="0" x2="1" y2=".35"><stop offset="0" stop-color="${shade(base, 0.14)}"/><stop offset=".45" stop-color="${base}"/><stop offset="1" stop-color="${shade(base, -0.2)}"/></linearGradient><linearGradient id="${id}-s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${shade(base, 0.04)}"/><stop offset="1" stop-color="${shade(base, -0.2)}"/></linearGradient>${tileDef}</defs>`;
}

/** A shape filled with the body gradient and, over it, the pattern. */
export function cloth(paint: Paint, path: string, pattern: Pattern, fill = 'g'): string {
  const body = `<path d="${path}" fill="url(#${paint.id}-${fill})"/>`;
  return pattern === 'plain' ? body : `${body}<path d="${path}" fill="url(#${paint.id}-p)"/>`;
}

/** A seam or fold in a darker shade. */
export function seam(paint: Paint, path: string, width = 2.5, opacity = 0.55): string {
  return `<path d="${path}" fill="none" stroke="${shade(paint.base, -0.42)}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" opacity="${opacity}"/>`;
}

/** A filled shape in a shade of the base color. */
export function part(paint: Paint, path: string, share: number): string {
  return `<path d="${path}" fill="${shade(paint.base, share)}"/>`;
}

/** The whole document: backdrop of the brand, shadow, drawing. */
export function page(brand: string, paint: Paint, drawing: string): string {
  const backdrop = brand === 'Vesprana' ? vespranaBackdrop(paint) : tidemoorBackdrop(paint);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 720" role="img">${backdrop}<ellipse cx="300" cy="664" rx="178" ry="17" fill="#1c1a18" opacity=".13"/>${drawing}</svg>`;
}

// A plaster wall with an arch, late light from the left.
function vespranaBackdrop({ id }: Paint): string {
  return `<defs><linearGradient id="${id}-b" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#f4ede4"/><stop offset="1" stop-color="#e6d9ca"/></linearGradient></defs><path d="M0 0H600V720H0Z" fill="url(#${id}-b)"/><path d="M96 720V292a204 204 0 0 1 408 0V720Z" fill="#efe3d5"/><path d="M96 720V292a204 204 0 0 1 204-204c-110 20-172 104-172 214V720Z" fill="#dccbb8" opacity=".7"/><path d="M0 660H600V720H0Z" fill="#dccdbb"/>`;
}

// Sea, hills and a pale sky.
function tidemoorBackdrop({ id }: Paint): string {
  return `<defs><linearGradient id="${id}-b" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#e9eff1"/><stop offset=".7" stop-color="#dbe4e4"/></linearGradient></defs><path d="M0 0H600V720H0Z" fill="url(#${id}-b)"/><circle cx="462" cy="150" r="62" fill="#f6f3ea"/><path d="M0 470Q130 392 262 442T600 396V720H0Z" fill="#c8d5d1"/><path d="M0 556Q190 486 340 540T600 512V720H0Z" fill="#b6c7c2"/><path d="M0 652Q300 630 600 652V720H0Z" fill="#a9bbb6"/>`;
}
