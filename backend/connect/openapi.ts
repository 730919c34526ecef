/**
 * The contract of `/v1` as an OpenAPI 3.1 document, written from the schemas that parse.
 *
 * In: nothing. Out: one JSON document, the same every time; committed as docs/openapi.json and served at
 * `/v1/openapi.json`. What no schema can say (which SKUs exist) is in docs/connect.md.
 */
import { z } from 'zod';
import { reservationAnswerSchema, reservationAskSchema } from '../stock/reservations/ask-schema.ts';
import { CALLER_LIMIT } from './gate.ts';
import {
  MOST_ORDERS,
  orderAnswerSchema,
  ordersAnswerSchema,
  ordersEnvelope,
  postedOrderSchema,
} from './order-schemas.ts';
import {
  BODY_LIMIT_BYTES,
  batchAnswerSchema,
  MOST_ROWS,
  movementSchema,
  movementsAnswerSchema,
  movementsEnvelope,
  movementsQuery,
  sellableAnswerSchema,
  sellableQuery,
  snapshotEnvelope,
  snapshotRowSchema,
} from './stock-schemas.ts';
import {
  MOST_TRACKING_EVENTS,
  trackingAnswerSchema,
  trackingEnvelope,
  trackingEventSchema,
} from './tracking-schemas.ts';

type Json = Record<string, unknown>;

const problemSchema = z.object({
  type: z.string().describe('/problems/<code>; the code is stable.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What is wrong, what is allowed, what to do next.'),
  instance: z.string().describe('The request’s id; name it when you ask for help.'),
});

const PROBLEMS: Readonly<Record<string, string>> = {
  '400': 'The body is not JSON, or ended early; the place is named.',
  '401': 'No key, a wrong one, or one that has ended.',
  '403': 'The connection lacks the scope, or the channel is another’s.',
  '404': 'There is none of this id, or it is another connection’s.',
  '408': 'The body came too slowly.',
  '409':
    'The same Idempotency-Key is being worked on, Retry-After says when to come again; or what was asked for is taken, the code says what.',
  '410': 'The reservation has ended; reserve again.',
  '413': `The body has more than ${BODY_LIMIT_BYTES} bytes, unpacked.`,
  '415': 'The body is not JSON in UTF-8.',
  '422': 'The envelope or the query is wrong; nothing was looked at.',
  '429': `More than ${CALLER_LIMIT.requests} requests in ${CALLER_LIMIT.windowSeconds} s; Retry-After says when to come again.`,
  '503': 'Too much at once, or something is away; Retry-After says when to come again.',
};

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

function problems(...statuses: readonly string[]): Json {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: PROBLEMS[status],
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  );
}

function answer(description: string, schema: string): Json {
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
  return { '200': { description, content } };
}

/** The parameters of a query schema. */
function parameters(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Your name of this request, kept 30 days. The same key and body get the same answer, marked Idempotent-Replayed: true.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' },
};

function batch(operation: {
  id: string;
  summary: string;
  description: string;
  schema: string;
}): Json {
  const content = {
    'application/json': { schema: { $ref: `#/components/schemas/${operation.schema}` } },
  };
  return {
    operationId: operation.id,
    summary: operation.summary,
    description: operation.description,
    security: [{ connectionKey: ['stock:write'] }],
    parameters: [IDEMPOTENCY_KEY],
    requestBody: { required: true, content },
    responses: {
      ...answer('Every row has its verdict, in the order of the request.', 'BatchAnswer'),
      ...problems('400', '401', '403', '408', '409', '413', '415', '422', '429', '503'),
    },
  };
}

function read(operation: {
  id: string;
  summary: string;
  query: z.ZodObject;
  schema: string;
}): Json {
  return {
    operationId: operation.id,
    summary: operation.summary,
    security: [{ connectionKey: ['stock:read'] }],
    parameters: parameters(operation.query),
    responses: {
      ...answer('The answer.', operation.schema),
      ...problems('401', '403', '422', '429', '503'),
    },
  };
}

/** An operation on reservations. `id` in the path names the one it is about. */
function reservation(operation: {
  id: string;
  summary: string;
  description: string;
  body?: string;
  refused: readonly string[];
}): Json {
  const { id: operationId, summary, description, body } = operation;
  const schema = { $ref: `#/components/schemas/${body}` };
  const named = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  return {
    ...{ operationId, summary, description },
    security: [{ connectionKey: ['reservations:write'] }],
    ...(body === undefined
      ? { parameters: [named] }
      : { requestBody: { required: true, content: { 'application/json': { schema } } } }),
    responses: {
      ...answer('The reservation.', 'Reservation'),
      ...problems('401', '403', ...operation.refused, '429', '503'),
    },
  };
}

const ORDERS: Json = {
  '/v1/orders': {
    post: {
      operationId: 'postOrders',
      summary: 'Orders that were sold elsewhere',
      description: `1 to ${MOST_ORDERS} orders. Each is one order by its externalId, however often it is posted; a later updatedAt changes it. A wrong one is refused alone.`,
      security: [{ connectionKey: ['orders:write'] }],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Orders' } } },
      },
      responses: {
        ...answer('Every order has its verdict, in the order of the request.', 'OrdersAnswer'),
        ...problems('400', '401', '403', '408', '413', '415', '422', '429', '503'),
      },
    },
  },
  '/v1/orders/{externalId}': {
    get: {
      operationId: 'readOrder',
      summary: 'What becomes of an order',
      security: [{ connectionKey: ['orders:write'] }],
      parameters: [{ name: 'externalId', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        ...answer('The order.', 'OrderAnswer'),
        ...problems('401', '403', '404', '429', '503'),
      },
    },
  },
};

const TRACKING: Json = {
  '/v1/tracking': {
    post: {
      operationId: 'sendTracking',
      summary: 'What carriers say of parcels',
      description: `1 to ${MOST_TRACKING_EVENTS} events, in whatever order they come. Each counts once by its eventId; one of a parcel that is not known yet is refused, kept and tried again by itself.`,
      security: [{ connectionKey: ['tracking:write'] }],
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: { $ref: '#/components/schemas/TrackingEvents' } },
        },
      },
      responses: {
        ...answer('Every event has its verdict, in the order of the request.', 'TrackingAnswer'),
        ...problems('400', '401', '403', '408', '413', '415', '422', '429', '503'),
      },
    },
  },
};

const PATHS = {
  ...ORDERS,
  ...TRACKING,
  '/v1/reservations': {
    post: reservation({
      id: 'reserve',
      summary: 'Hold units for a buyer',
      description:
        'All lines, the place in the day and the slot, or nothing. The same key with the same body extends, with another replaces.',
      body: 'ReservationAsk',
      refused: ['400', '408', '409', '413', '415', '422'],
    }),
  },
  '/v1/reservations/{id}/extend': {
    post: reservation({
      id: 'extendReservation',
      summary: 'The buyer is still there',
      description: 'Moves the end of a reservation that has not ended.',
      refused: ['404', '410'],
    }),
  },
  '/v1/reservations/{id}': {
    delete: reservation({
      id: 'releaseReservation',
      summary: 'Give everything back',
      description: 'Units, quota, place and slot are free at once.',
      refused: ['404', '410'],
    }),
  },
  '/v1/stock/movements': {
    post: batch({
      id: 'sendMovements',
      summary: 'Stock that moved',
      description: `1 to ${MOST_ROWS} events. Each is booked once by its eventId, in whatever order and however often it arrives; a wrong one is refused alone.`,
      schema: 'Movements',
    }),
    get: read({
      id: 'listMovements',
      summary: 'What was booked, newest first',
      query: movementsQuery,
      schema: 'MovementList',
    }),
  },
  '/v1/stock/snapshots': {
    post: batch({
      id: 'sendSnapshot',
      summary: 'Stock that was counted at a node',
      description:
        'One node, some or all of its SKUs, as of takenAt. A full snapshot says of every SKU it does not name that there are none on hand.',
      schema: 'Snapshot',
    }),
  },
  '/v1/stock/sellable': {
    get: read({
      id: 'listSellable',
      summary: 'What a channel may sell',
      query: sellableQuery,
      schema: 'SellableAnswer',
    }),
  },
};

/** The document. */
export function openApiDocument(): Json {
  const movements = movementsEnvelope.extend({
    events: z.array(movementSchema).min(1).max(MOST_ROWS),
  });
  const snapshot = snapshotEnvelope.extend({
    rows: z.array(snapshotRowSchema).min(1).max(MOST_ROWS),
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kept for other systems',
      version: '1',
      description: 'Stock and orders in, sellable figures out. Examples: docs/connect.md.',
    },
    paths: PATHS,
    components: {
      securitySchemes: {
        connectionKey: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A connection’s key, kept_…; the merchant makes it in Kept under Connections.',
        },
      },
      schemas: {
        Orders: schemaOf(
          ordersEnvelope.extend({ orders: z.array(postedOrderSchema).min(1).max(MOST_ORDERS) }),
          'input',
        ),
        OrdersAnswer: schemaOf(ordersAnswerSchema, 'output'),
        OrderAnswer: schemaOf(orderAnswerSchema, 'output'),
        TrackingEvents: schemaOf(
          trackingEnvelope.extend({
            events: z.array(trackingEventSchema).min(1).max(MOST_TRACKING_EVENTS),
          }),
          'input',
        ),
        TrackingAnswer: schemaOf(trackingAnswerSchema, 'output'),
        ReservationAsk: schemaOf(reservationAskSchema, 'input'),
        Reservation: schemaOf(reservationAnswerSchema, 'output'),
        Movements: schemaOf(movements, 'input'),
        Snapshot: schemaOf(snapshot, 'input'),
        BatchAnswer: schemaOf(batchAnswerSchema, 'output'),
        SellableAnswer: schemaOf(sellableAnswerSchema, 'output'),
        MovementList: schemaOf(movementsAnswerSchema, 'output'),
        Problem: schemaOf(problemSchema, 'output'),
      },
    },
  };
}

/** Its text, as it is committed and served. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), undefined, 2)}\n`;
}
