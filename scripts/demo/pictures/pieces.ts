/**
 * Trousers, skirts, bags and small things of the drawn catalogue.
 */
import { cloth, defs, type Paint, type Pattern, part, seam, shade } from './paint.ts';

/** Trousers: a waistband over two legs; jeans carry yokes, rivets and a turn-up. */
export function trousers(paint: Paint, pattern: Pattern, isJeans: boolean): string {
  const legs =
    'M206 110Q300 122 394 110Q414 300 402 640L312 646Q306 420 300 316Q294 420 288 646L198 640Q186 300 206 110Z';
  const jeans = isJeans
    ? `${seam(paint, 'M206 168Q226 176 248 148M394 168Q374 176 352 148', 3)}<path d="M250 150Q250 196 214 198M350 150Q350 196 386 198" fill="none" stroke="#c98a3c" stroke-width="2" stroke-dasharray="5 4"/>${part(paint, 'M197 612L289 618L288 648L198 642ZM403 612L311 618L312 648L402 642Z', 0.34)}<circle cx="300" cy="130" r="6" fill="#b58d4e"/>`
    : `${seam(paint, 'M250 150Q246 380 243 640M350 150Q354 380 357 640', 2.5, 0.5)}${seam(paint, 'M222 150L206 214M378 150L394 214', 4)}`;
  return [
    defs(paint, pattern),
    cloth(paint, legs, pattern),
    seam(paint, 'M300 140V316', 3),
    seam(paint, 'M300 316Q296 420 292 640M300 316Q304 420 308 640', 4, 0.3),
    jeans,
    part(paint, 'M205 106Q300 118 395 106L397 142Q300 156 203 142Z', -0.16),
    seam(paint, 'M228 110V148M372 110V148M262 114V152M338 114V152', 5, 0.45),
  ].join('');
}

/** A pleated skirt. */
export function skirt(paint: Paint): string {
  const body = 'M222 132Q300 144 378 132Q416 380 446 612Q300 656 154 612Q184 380 222 132Z';
  const pleats = [-118, -84, -50, -17, 17, 50, 84, 118]
    .map((x) =>
      seam(
        paint,
        `M${300 + x * 0.6} 150Q${300 + x * 0.9} 380 ${300 + x * 1.18} ${636 - Math.abs(x) * 0.16}`,
        5,
        0.36,
      ),
    )
    .join('');
  return `${defs(paint, 'plain')}${cloth(paint, body, 'plain')}${pleats}${part(paint, 'M220 112Q300 124 380 112L382 142Q300 156 218 142Z', -0.2)}`;
}

/** A structured bag with a top handle and a flap. */
export function bag(paint: Paint): string {
  return `${defs(paint, 'plain')}<path d="M216 330Q218 170 300 168Q382 170 384 330" fill="none" stroke="${shade(paint.base, -0.3)}" stroke-width="20" stroke-linecap="round"/><path d="M216 330Q218 170 300 168Q382 170 384 330" fill="none" stroke="${shade(paint.base, 0.1)}" stroke-width="5" stroke-linecap="round" opacity=".6"/>${cloth(paint, 'M140 340Q300 318 460 340L484 628Q300 654 116 628Z', 'plain')}${part(paint, 'M136 336Q300 312 464 336L470 466Q300 516 130 466Z', -0.1)}${seam(paint, 'M142 458Q300 502 458 458M128 616Q300 640 472 616', 2.5)}<rect x="272" y="458" width="56" height="60" rx="8" fill="#c79a4b"/><rect x="286" y="474" width="28" height="14" rx="7" fill="#7d5c28"/>`;
}

/** An open tote. */
export function tote(paint: Paint): string {
  return `${defs(paint, 'plain')}<path d="M226 300Q224 130 262 128M374 300Q376 130 338 128M262 128Q300 118 338 128" fill="none" stroke="${shade(paint.base, -0.32)}" stroke-width="13"/>${part(paint, 'M146 270Q300 248 454 270L450 300Q300 280 150 300Z', -0.42)}${cloth(paint, 'M146 274Q300 300 454 274L484 634Q300 656 116 634Z', 'plain')}<path d="M240 292Q236 150 264 146M360 292Q364 150 336 146M264 146Q300 138 336 146" fill="none" stroke="${shade(paint.base, -0.12)}" stroke-width="13"/>${seam(paint, 'M136 610Q300 634 464 610', 2.5)}${part(paint, 'M262 400h76v40h-76z', 0.18)}${seam(paint, 'M262 400h76v40h-76z', 2)}`;
}

/** A roll-top backpack with a front pocket. */
export function backpack(paint: Paint): string {
  const strap = shade(paint.base, -0.4);
  return `${defs(paint, 'plain')}<path d="M270 130Q270 96 300 96Q330 96 330 130" fill="none" stroke="${strap}" stroke-width="12"/><path d="M176 240Q128 320 150 560M424 240Q472 320 450 560" fill="none" stroke="${strap}" stroke-width="24"/>${cloth(paint, 'M178 236Q300 208 422 236Q446 430 432 636Q300 660 168 636Q154 430 178 236Z', 'plain')}${part(paint, 'M180 132Q300 112 420 132L424 236Q300 262 176 236Z', -0.14)}${seam(paint, 'M182 168Q300 148 418 168M178 204Q300 182 422 204', 3, 0.5)}<path d="M226 130V430M374 130V430" stroke="#7a4a26" stroke-width="17"/><rect x="213" y="396" width="26" height="32" rx="4" fill="none" stroke="#c9a866" stroke-width="5"/><rect x="361" y="396" width="26" height="32" rx="4" fill="none" stroke="#c9a866" stroke-width="5"/>${part(paint, 'M196 450Q300 432 404 450L408 606Q300 626 192 606Z', 0.08)}${seam(paint, 'M196 450Q300 432 404 450L408 606Q300 626 192 606ZM194 486Q300 470 406 486', 2.5)}`;
}

/** A silk square, folded, with a printed border. */
export function foulard(paint: Paint): string {
  const light = shade(paint.base, 0.72);
  return `${defs(paint, 'plain')}<g transform="rotate(-9 300 380)">${cloth(paint, 'M130 190L470 190L470 570L130 570Z', 'plain')}<path d="M154 214H446V546H154Z" fill="none" stroke="${light}" stroke-width="12"/><path d="M176 236H424V524H176Z" fill="none" stroke="${shade(paint.second, 0.1)}" stroke-width="5"/><g fill="none" stroke="${light}" stroke-width="7"><path d="M300 268q74 44 74 112t-74 112q-74-44-74-112t74-112z"/><path d="M206 380h188M300 268v224"/><circle cx="300" cy="380" r="42"/></g><g fill="${light}"><circle cx="214" cy="276" r="13"/><circle cx="386" cy="276" r="13"/><circle cx="214" cy="484" r="13"/><circle cx="386" cy="484" r="13"/></g>${part(paint, 'M470 190L470 570L392 570Q430 380 470 190Z', -0.16)}</g>`;
}

/** A perfume bottle. */
export function perfume(paint: Paint): string {
  return `${defs(paint, 'plain')}<path d="M262 132h76v96h-76z" fill="#3a2e26"/><path d="M262 132h22v96h-22z" fill="#6d5a4a"/><path d="M272 228h56v30h-56z" fill="#d9c08a"/><path d="M184 268Q300 246 416 268Q430 276 430 300V610Q430 640 400 642H200Q170 640 170 610V300Q170 276 184 268Z" fill="#fbf6ec" stroke="#d8c7a6" stroke-width="5"/><path d="M190 402Q300 380 410 402V604Q410 622 392 622H208Q190 622 190 604Z" fill="${paint.base}" opacity=".78"/><path d="M190 402Q300 424 410 402Q300 380 190 402Z" fill="${shade(paint.base, 0.35)}"/><rect x="226" y="452" width="148" height="96" fill="#fffaf0"/><path d="M252 486h96M268 510h64" stroke="#5b4a35" stroke-width="5"/><path d="M196 300Q192 440 200 600" stroke="#fff" stroke-width="12" opacity=".7" fill="none"/>`;
}

/** A furled stick umbrella beside its open canopy. */
export function umbrella(paint: Paint): string {
  return `${defs(paint, 'plain')}<path d="M300 148V586q0 56 44 56t44-46" fill="none" stroke="#8a5a30" stroke-width="15" stroke-linecap="round"/><path d="M300 118V150" stroke="#c9a866" stroke-width="9"/>${cloth(paint, 'M84 372Q104 148 300 142Q496 148 516 372Q480 334 444 372Q408 330 372 372Q336 330 300 372Q264 330 228 372Q192 330 156 372Q120 334 84 372Z', 'plain')}${seam(paint, 'M300 142Q232 210 228 372M300 142Q368 210 372 372M300 142Q160 180 156 372M300 142Q440 180 444 372M300 142V372', 3, 0.42)}`;
}

/** A coiled belt. */
export function belt(paint: Paint): string {
  const dark = shade(paint.base, -0.3);
  return `${defs(paint, 'plain')}<ellipse cx="300" cy="410" rx="176" ry="150" fill="none" stroke="${dark}" stroke-width="62"/><ellipse cx="300" cy="398" rx="176" ry="150" fill="none" stroke="url(#${paint.id}-g)" stroke-width="58"/><ellipse cx="300" cy="398" rx="158" ry="133" fill="none" stroke="${shade(paint.base, 0.35)}" stroke-width="2.5" stroke-dasharray="9 6"/><ellipse cx="300" cy="398" rx="194" ry="167" fill="none" stroke="${shade(paint.base, 0.35)}" stroke-width="2.5" stroke-dasharray="9 6"/><path d="M420 470L560 548L542 594L398 522Z" fill="url(#${paint.id}-g)"/><g fill="${dark}"><circle cx="484" cy="534" r="5"/><circle cx="508" cy="547" r="5"/><circle cx="532" cy="560" r="5"/></g><rect x="376" y="446" width="66" height="84" rx="10" fill="none" stroke="#c9a04c" stroke-width="12" transform="rotate(28 409 488)"/>`;
}

/** A pair of gloves. */
export function gloves(paint: Paint): string {
  const hand =
    'M196 640L184 430Q150 380 146 330Q146 308 162 308Q176 310 194 352L190 206Q190 186 206 186Q220 186 222 206L228 320L236 170Q238 152 252 152Q268 152 268 172L266 322L282 190Q286 172 300 174Q314 178 312 196L302 334L322 242Q326 226 340 230Q352 236 350 252Q336 380 320 430L316 640Z';
  return `${defs(paint, 'plain')}<g transform="translate(90 14) rotate(7 300 400)">${part(paint, hand, -0.24)}</g><g transform="translate(6 0)">${cloth(paint, hand, 'plain')}${seam(paint, 'M216 340V420M252 336V424M290 346V424', 3, 0.5)}${part(paint, 'M188 560Q256 578 320 560L317 644H196Z', -0.18)}${seam(paint, 'M190 580Q256 596 318 580', 2)}</g>`;
}

/** A ribbed beanie with a turn-up. */
export function beanie(paint: Paint): string {
  return `${defs(paint, 'rib')}<circle cx="300" cy="160" r="46" fill="${shade(paint.base, 0.2)}"/>${cloth(paint, 'M140 500Q128 190 300 182Q472 190 460 500Z', 'rib')}${cloth(paint, 'M118 472Q300 440 482 472L490 600Q300 636 110 600Z', 'rib', 's')}${seam(paint, 'M118 472Q300 440 482 472', 4, 0.6)}<rect x="400" y="528" width="46" height="46" fill="#efe7d6"/><path d="M408 558q8-16 16-6t14-8" stroke="#2f4a3c" stroke-width="4" fill="none"/>`;
}

/** A folded blanket scarf with fringes. */
export function plaid(paint: Paint): string {
  const fringe = Array.from({ length: 15 }, (_, index) => `M${188 + index * 16} 606v44`).join('');
  return `${defs(paint, 'check')}${cloth(paint, 'M136 196Q210 116 300 116Q390 116 464 196Q480 252 446 300Q380 236 300 236Q220 236 154 300Q120 252 136 196Z', 'check', 's')}${cloth(paint, 'M186 250Q244 214 300 222L428 300L420 608H180Z', 'check')}${seam(paint, 'M186 250Q230 280 300 288Q380 296 428 300', 5, 0.35)}<path d="${fringe}" stroke="${shade(paint.base, -0.16)}" stroke-width="5" stroke-linecap="round"/>`;
}

/** A pair of socks. */
export function socks(paint: Paint): string {
  const sock =
    'M210 130H336V420Q336 470 380 500L452 548Q492 580 470 622Q448 652 404 632L262 560Q206 528 210 460Z';
  return `${defs(paint, 'rib')}<g transform="translate(-78 -20)">${part(paint, sock, -0.26)}</g><g transform="translate(-20 8)">${cloth(paint, sock, 'rib')}${part(paint, 'M208 126H338V178H208Z', -0.2)}${part(paint, 'M452 548Q492 580 470 622Q448 652 404 632L388 624Q430 606 452 548ZM212 470Q240 470 262 560Q206 528 212 470Z', 0.3)}</g>`;
}
