/**
 * `POST /v1/tracking`: what carriers, or the systems that poll them, say of parcels.
 *
 * In: up to 1,000 events with a connection's key. Out: 200 and a verdict for each, in order; 422 says that the envelope is
 * wrong and nothing was looked at.
 */
import { Router } from 'express';
import { parseInput } from '../console/input.ts';
import { sendRefusal } from '../http/problem.ts';
import { readJsonBody } from './body.ts';
import { asCaller, type GateDependencies } from './gate.ts';
import type { TrackingIntake } from './tracking.ts';
import { trackingEnvelope } from './tracking-schemas.ts';

/** The router; mounted at `/v1/tracking`, bodies its own. */
export function trackingRoutes(
  deps: GateDependencies & { readonly intake: TrackingIntake },
): Router {
  const router = Router();
  router.post(
    '/',
    asCaller(deps, 'tracking:write', async (caller, request, response) => {
      const body = await readJsonBody(request, response);
      if (!body.ok) return sendRefusal(response, body.refusal);
      const envelope = parseInput(trackingEnvelope, body.value.json);
      if (!envelope.ok) return sendRefusal(response, envelope.refusal);
      response.json(await deps.intake.take(caller, envelope.value.events));
    }),
  );
  return router;
}
