/**
 * What the order desk's endpoints accept.
 */
import { z } from 'zod';
import { actionSchema } from '../../orders/care/care.ts';

const page = z.coerce.number().int().min(1).max(1_000).default(1);

/** `GET /orders?queue=&search=&page=`; a search looks in all of them. */
export const ordersSchema = z.object({
  queue: z.enum(['unplaced', 'open', 'all']).default('all'),
  search: z.string().trim().max(200).default(''),
  page,
});

/** `GET /orders/at-risk?page=`. */
export const atRiskSchema = z.object({ page });

const orderId = z.string().min(1).max(255);

/** `/orders/:orderId…`. */
export const orderSchema = z.object({ orderId });

/** `POST /orders/:orderId/dry-run`: by these routing rules; their own parser says what is wrong with them. */
export const draftSchema = z.object({ orderId, settings: z.record(z.string(), z.unknown()) });

/** `POST /orders/:orderId/preview`. */
export const previewSchema = z.object({ orderId, action: actionSchema });

/** `POST /orders/:orderId/actions`; the id is the caller's, so that a repeated request acts once. */
export const actSchema = z.object({ orderId, actionId: z.uuid(), action: actionSchema });
