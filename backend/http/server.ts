/**
 * How does the service listen, and how does it stop without dropping anybody?
 *
 * In: an app and a port. Out: a listening server; `close` stops taking connections, lets answers in
 * progress end, and cuts what is left after a limit.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening server. */
export type HttpServer = { readonly port: number; close(): Promise<void> };

// Longer than a load balancer keeps an idle connection (60 s is common), so that it closes first.
const KEEP_ALIVE_MILLISECONDS = 65_000;
const HEADERS_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 30_000;
const CLOSE_MILLISECONDS = 10_000;
// Bursts at a sale open more connections at once than the system's default queue of 511.
const BACKLOG = 4_096;

/** Listens on `port` (0: any free one) of all interfaces, or of `host`. */
export async function startServer(
  listener: RequestListener,
  port: number,
  host?: string,
): Promise<HttpServer> {
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
      headersTimeout: HEADERS_MILLISECONDS,
      requestTimeout: REQUEST_MILLISECONDS,
    },
    listener,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const advice =
        cause.code === 'EADDRINUSE'
          ? 'Another program listens there; set PORT to a free port.'
          : '';
      reject(new Error(`Cannot listen on port ${port}: ${cause.message}. ${advice}`, { cause }));
    });
    server.listen({ port, backlog: BACKLOG, ...(host === undefined ? {} : { host }) }, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MILLISECONDS).unref();
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
