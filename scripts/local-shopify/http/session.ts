/** Which cart, language, country and customer a browser has: four cookies, as a storefront keeps them. */
import type { Request, Response } from 'express';
import { openCart } from '../checkout/carts.ts';
import { SHOP_LANGUAGES, type ShopLanguage } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import type { Cart } from '../state.ts';

const CART_COOKIE = 'cart';
const LANGUAGE_COOKIE = 'language';
const CUSTOMER_COOKIE = 'customer';
const COUNTRY_COOKIE = 'localization';

function cookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=');
    if (key === name && value !== undefined) return decodeURIComponent(value);
  }
  return undefined;
}

/** The browser's cart; a new one is made when there is none. */
export function cartOf(shop: LocalShop, request: Request, response: Response): Cart {
  const known = cookie(request, CART_COOKIE);
  const cart = openCart(shop, known);
  if (cart.token !== known) setCart(response, cart);
  return cart;
}

export function setCart(response: Response, cart: Cart): void {
  response.cookie(CART_COOKIE, cart.token, { sameSite: 'lax' });
}

/** Forgets the cart of an order that has been placed. */
export function dropCart(response: Response): void {
  response.clearCookie(CART_COOKIE);
}

export function isShopLanguage(text: unknown): text is ShopLanguage {
  return SHOP_LANGUAGES.some((one) => one === text);
}

/** The language of the page: chosen once, else the shop's primary one. */
export function languageOf(shop: LocalShop, request: Request): ShopLanguage {
  const chosen = cookie(request, LANGUAGE_COOKIE);
  const published = shop.seed.shop.languages;
  return published.find((one) => one === chosen) ?? published[0] ?? 'en';
}

export function setLanguage(response: Response, language: ShopLanguage): void {
  response.cookie(LANGUAGE_COOKIE, language, { sameSite: 'lax' });
}

/** The country the shopper chose, else the shop's own. */
export function countryOf(shop: LocalShop, request: Request): string {
  const chosen = cookie(request, COUNTRY_COOKIE);
  return shop.seed.shop.sellsTo.find((one) => one === chosen) ?? shop.seed.shop.countryCode;
}

export function setCountry(response: Response, countryCode: string): void {
  response.cookie(COUNTRY_COOKIE, countryCode, { sameSite: 'lax' });
}

/** The customer who is logged in; null for a guest. */
export function customerIdOf(request: Request): number | null {
  const id = Number(cookie(request, CUSTOMER_COOKIE) ?? '');
  return Number.isInteger(id) && id > 0 ? id : null;
}

export function setCustomer(response: Response, id: number | null): void {
  if (id === null) response.clearCookie(CUSTOMER_COOKIE);
  else response.cookie(CUSTOMER_COOKIE, String(id), { sameSite: 'lax' });
}
