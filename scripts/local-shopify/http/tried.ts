/** How this program's own calls answer: what the action returns, or 400 with why it did not. */
import type { Response } from 'express';
import { z } from 'zod';

/** The reason in words, whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

export function tried(response: Response, action: () => object): void {
  try {
    response.json({ ok: true, ...action() });
  } catch (error) {
    response.status(400).json({ detail: reasonOf(error) });
  }
}
