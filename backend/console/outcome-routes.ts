/**
 * What the console shows of promises after the order: `/api/admin/outcome`.
 *
 * In: a merchant's user with a session token. Out: kept rates, observed transit for a network's lanes, stores' scores, and
 * the messages with what became of them; `isOn` is false when the operator has set no mail server. Reads only.
 */
import { Router } from 'express';
import { z } from 'zod';
import { sendRefusal } from '../http/problem.ts';
import type { MessageService } from '../messages/service.ts';
import type { OutcomeReports } from '../orders/outcome/settled/service.ts';
import { OUTCOME_GROUPS } from '../orders/outcome/settled/store.ts';
import { type AdminHandler, type AuthenticateAdmin, asAdmin } from './admin.ts';
import { parseInput } from './input.ts';

/** What the endpoints stand on. */
export type OutcomeRouteDependencies = {
  readonly authenticateAdmin: AuthenticateAdmin;
  readonly reports: Pick<OutcomeReports, 'readOutcomes' | 'readTransit' | 'readScores'>;
  readonly messages: Pick<MessageService, 'isOn' | 'list'>;
};

const instant = z.iso.datetime({
  offset: true,
  error: 'an instant with offset, as 2026-11-30T00:00:00+01:00',
});
const span = z
  .object({ from: instant, to: instant })
  .refine((row) => !isReadable(row) || Temporal.Instant.compare(row.from, row.to) < 0, {
    path: ['to'],
    error: 'an instant after from',
  });
// The order of two instants is asked even when one of them was refused already.
function isReadable({ from, to }: { readonly from: string; readonly to: string }): boolean {
  return instant.safeParse(from).success && instant.safeParse(to).success;
}

const report = span.and(
  z.object({
    by: z.enum(OUTCOME_GROUPS, { error: `one of ${OUTCOME_GROUPS.join(', ')}` }).default('lane'),
  }),
);
const messages = z.object({
  orderId: z.string().min(1).max(250).optional(),
  troubled: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});

/** The router; mounted at `/api/admin/outcome`. */
export function outcomeRoutes(deps: OutcomeRouteDependencies): Router {
  const router = Router();
  const { reports } = deps;
  const get = <Asked>(
    path: string,
    schema: z.ZodType<Asked>,
    answer: (shopId: Parameters<AdminHandler>[0]['shopId'], asked: Asked) => Promise<object>,
  ) => {
    const handle: AdminHandler = async ({ shopId }, request, response) => {
      const asked = parseInput(schema, request.query);
      if (asked.ok) response.json(await answer(shopId, asked.value));
      else sendRefusal(response, asked.refusal);
    };
    router.get(path, asAdmin(deps.authenticateAdmin, handle));
  };
  get('/report', report, reports.readOutcomes);
  get('/transit', span, async (shopId, asked) => ({
    lanes: await reports.readTransit(shopId, asked),
  }));
  get('/scores', span, async (shopId, asked) => ({
    stores: await reports.readScores(shopId, asked),
  }));
  get('/messages', messages, async (shopId, { orderId, troubled }) => ({
    isOn: deps.messages.isOn,
    messages: await deps.messages.list(shopId, {
      ...(orderId === undefined ? {} : { orderId }),
      troubledOnly: troubled,
    }),
  }));
  return router;
}
