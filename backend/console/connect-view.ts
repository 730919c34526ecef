/**
 * What the endpoints of connections and imports say to the screens: JSON shapes, importing nothing.
 *
 * Instants are ISO 8601. docs/connect.md describes the endpoints.
 */

export const CONNECTION_KINDS = ['erp', 'wms', 'pos', 'marketplace', 'own_app'] as const;
export const SCOPES = [
  'stock:write',
  'stock:read',
  'reservations:write',
  'orders:write',
  'tracking:write',
] as const;

/** A connection of another system. */
export type ConnectionView = {
  readonly connectionId: string;
  readonly name: string;
  readonly kind: string;
  readonly scopes: readonly string[];
  readonly nodeIds: readonly string[];
  readonly channel: string | null;
  readonly revokedAt: string | null;
  readonly openRefused: number;
  readonly keys: readonly {
    readonly lookup: string;
    readonly createdAt: string;
    readonly endsAt: string | null;
    readonly lastUsedAt: string | null;
  }[];
};

/** What flowed in an hour. */
export type ActivityHourView = {
  readonly connectionId: string;
  readonly hour: string;
  readonly requests: number;
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly failures: number;
  readonly lastError: { readonly code: string; readonly detail: string } | null;
};

/** An event that was refused and waits for somebody. */
export type RefusedView = {
  readonly connectionId: string;
  readonly eventKey: string;
  readonly event: unknown;
  readonly reason: { readonly code: string; readonly detail: string };
  readonly times: number;
  readonly lastAt: string;
};

/** What a column of a stock file may mean, in the order in which a person is asked. */
export const IMPORT_FIELDS = [
  'sku',
  'nodeId',
  'quantity',
  'type',
  'reason',
  'occurredAt',
  'reference',
  'expectedAt',
  'expectedOn',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** What the merchant decides before a file is booked. */
export type ImportOptionsView = {
  readonly separator: string;
  readonly linesBefore: number;
  readonly mapping: Readonly<Partial<Record<ImportField, number>>>;
  readonly kind: 'count' | 'delta';
  readonly nodeId?: string;
  readonly isFull: boolean;
};

/** An import and how far it is. */
export type ImportView = {
  readonly importId: string;
  readonly fileName: string;
  readonly state: 'uploading' | 'ready' | 'booking' | 'done' | 'canceled';
  readonly rowsTotal: number | null;
  readonly cursorRow: number;
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly createdAt: string;
};

/** A file as it would be booked. */
export type ImportPreviewView = {
  readonly import: ImportView;
  readonly layout: {
    readonly separator: string;
    readonly headings: readonly string[];
    readonly mapping: Readonly<Partial<Record<ImportField, number>>>;
    readonly linesBefore: number;
  };
  readonly missing: readonly string[];
  readonly firstRows: readonly {
    readonly line: number;
    readonly cells: readonly string[];
    readonly problem: string | null;
  }[];
  readonly rows: { readonly total: number; readonly right: number; readonly wrong: number };
};
