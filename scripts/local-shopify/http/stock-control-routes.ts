/**
 * What tests, stories and the control bar do to stock, orders, catalogue and the Admin API's health, over HTTP.
 *
 * Everything below `/local/` is this program's own, none of it is Shopify's; the app hears of it as of anything else.
 */
import { Router } from 'express';
import { z } from 'zod';
import { FAULT_KINDS, FAULTS } from '../admin/faults.ts';
import { orderPayload } from '../checkout/orders.ts';
import type { LocalControl } from '../control.ts';
import { addressSchema } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import { tried } from './tried.ts';

const quantity = z.int().min(1).max(1_000_000);
const level = z.int().min(-1_000_000_000).max(1_000_000_000).optional();

const levelSchema = z.strictObject({
  sku: z.string(),
  locationId: z.int(),
  available: level,
  committed: level,
  incoming: level,
  reserved: level,
  damaged: level,
  quality_control: level,
  safety_stock: level,
});
const orderSchema = z.strictObject({
  source: z.string().min(1).max(100),
  lines: z
    .array(z.strictObject({ sku: z.string(), quantity }))
    .min(1)
    .max(500),
  locationId: z.int().optional(),
  countryCode: addressSchema.shape.countryCode.optional(),
  stock: z.enum(['obey', 'ignore']).optional(),
  isFulfilled: z.boolean().optional(),
  isUnpaid: z.boolean().optional(),
  isTest: z.boolean().optional(),
  risk: z.enum(['NONE', 'ACCEPT', 'INVESTIGATE', 'CANCEL']).optional(),
  address: addressSchema.optional(),
  email: z.email().optional(),
  rate: z
    .strictObject({ code: z.string(), title: z.string(), priceMinor: z.int().min(0).default(0) })
    .optional(),
});
const deleteSchema = z.strictObject({ wholeProduct: z.boolean().default(false) });
const renameSchema = z.strictObject({ to: z.string().min(1).max(255) });
const locationSchema = z.strictObject({
  name: z.string().min(1).max(255),
  address1: z.string().default(''),
  city: z.string().default(''),
  zip: z.string().default(''),
  countryCode: addressSchema.shape.countryCode,
  fulfillsOnlineOrders: z.boolean().default(true),
});
const locationChangeSchema = z.strictObject({
  name: z.string().min(1).max(255).optional(),
  isActive: z.boolean().optional(),
  fulfillsOnlineOrders: z.boolean().optional(),
});
const faultSchema = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  operation: z.string().max(200).optional(),
  rate: z.number().optional(),
  count: z.int().optional(),
  delayMs: z.int().optional(),
  code: z.string().max(100).optional(),
});

export function stockControlRoutes(shop: LocalShop, control: LocalControl): Router {
  const router = Router();
  router.post('/local/levels', (request, response) => {
    tried(response, () => control.setLevel(levelSchema.parse(request.body)));
  });
  router.post('/local/orders', (request, response) => {
    tried(response, () => {
      const { order } = control.placeOrder(orderSchema.parse(request.body));
      return { order: orderPayload(shop, order) };
    });
  });
  catalogRoutes(router, control);
  faultRoutes(router, control);
  return router;
}

function catalogRoutes(router: Router, control: LocalControl): void {
  router.post('/local/variants/:sku/delete', (request, response) => {
    tried(response, () => {
      const { wholeProduct } = deleteSchema.parse(request.body ?? {});
      return control.deleteSku(request.params.sku, wholeProduct);
    });
  });
  router.post('/local/variants/:sku/rename', (request, response) => {
    tried(response, () => {
      const { to } = renameSchema.parse(request.body);
      return control.renameSku(request.params.sku, to);
    });
  });
  router.post('/local/locations', (request, response) => {
    tried(response, () => control.addLocation(locationSchema.parse(request.body)));
  });
  router.post('/local/locations/:id', (request, response) => {
    tried(response, () => {
      const { name, isActive, fulfillsOnlineOrders } = locationChangeSchema.parse(request.body);
      return control.changeLocation(Number(request.params.id), {
        ...(name === undefined ? {} : { name }),
        ...(isActive === undefined ? {} : { isActive }),
        ...(fulfillsOnlineOrders === undefined ? {} : { fulfillsOnlineOrders }),
      });
    });
  });
}

function faultRoutes(router: Router, control: LocalControl): void {
  router.get('/local/faults', (_request, response) => {
    const kinds = FAULT_KINDS.map((kind) => ({ kind, ...FAULTS[kind] }));
    response.json({ kinds, ...control.readFaults() });
  });
  router.post('/local/faults', (request, response) => {
    tried(response, () => control.addFault(faultSchema.parse(request.body)));
  });
  router.post('/local/faults/clear', (_request, response) => {
    tried(response, () => control.clearFaults());
  });
  router.post('/local/faults/:id/clear', (request, response) => {
    tried(response, () => control.clearFaults(Number(request.params.id)));
  });
}
