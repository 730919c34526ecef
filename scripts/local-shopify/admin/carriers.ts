/** Carrier services: registered here, asked only where a zone of the delivery profile has them as a participant. */
import { hasCarrierRates } from '../settings.ts';
import { gid, idOf, type LocalShop } from '../shop.ts';
import { type CarrierService, type MethodDefinition, takeId } from '../state.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  toConnection,
  type UserErrorFacts,
  userErrors,
} from './node.ts';

type Input = Readonly<Record<string, unknown>>;
type Errors = UserErrorFacts[];

export function toCarrierService(one: CarrierService): Node {
  return {
    __typename: 'DeliveryCarrierService',
    id: gid('DeliveryCarrierService', one.id),
    name: one.name,
    formattedName: `${one.name} (Rates provided by app)`,
    active: one.active,
    callbackUrl: one.callbackUrl,
    supportsServiceDiscovery: one.supportsServiceDiscovery,
  };
}

export function listCarrierServices(args: Arguments, { shop }: AdminContext): Node {
  const nodes = shop.state.carrierServices.map(toCarrierService);
  return toConnection('DeliveryCarrierServiceConnection', nodes, args);
}

function carrierPayload(typename: string, service: CarrierService | null, ...errors: Errors): Node {
  return {
    __typename: typename,
    carrierService: service ? toCarrierService(service) : null,
    userErrors: userErrors(typename.replace('Payload', 'UserError'), ...errors),
  };
}

export function createCarrierService(args: Arguments, { shop }: AdminContext): Node {
  const input = args['input'] as Input;
  const typename = 'CarrierServiceCreatePayload';
  if (!hasCarrierRates(shop.state.settings)) {
    const message = 'Carrier Calculated Shipping must be enabled for your store.';
    return carrierPayload(typename, null, {
      field: null,
      message,
      code: 'CARRIER_SERVICE_CREATE_FAILED',
    });
  }
  const name = String(input['name']);
  if (shop.state.carrierServices.some((one) => one.name === name)) {
    const message = `${name} is already configured`;
    return carrierPayload(typename, null, {
      field: ['input', 'name'],
      message,
      code: 'CARRIER_SERVICE_CREATE_FAILED',
    });
  }
  const service: CarrierService = {
    id: takeId(shop.state),
    name,
    callbackUrl: String(input['callbackUrl']),
    active: input['active'] === true,
    supportsServiceDiscovery: input['supportsServiceDiscovery'] === true,
  };
  shop.state.carrierServices.push(service);
  if (shop.state.settings.carrierAttach === 'automatic') attachEverywhere(shop, service);
  shop.file.touch();
  return carrierPayload(typename, service);
}

/** Until API 2026-10 Shopify puts a new carrier service into every zone of the general profile by itself. */
function attachEverywhere(shop: LocalShop, service: CarrierService): void {
  for (const zone of shop.state.groups.flatMap((group) => group.zones)) {
    zone.methods.push(
      carrierMethod(shop, { name: '', active: true, carrierServiceId: service.id }),
    );
  }
}

/** The carrier service behind a GID. */
export function findService(shop: LocalShop, id: unknown): CarrierService | undefined {
  const number = idOf('DeliveryCarrierService', String(id));
  return shop.state.carrierServices.find((one) => one.id === number);
}

const NO_SERVICE = { field: ['input', 'id'], message: 'The carrier or app could not be found.' };

export function updateCarrierService(args: Arguments, { shop }: AdminContext): Node {
  const input = args['input'] as Input;
  const service = findService(shop, input['id']);
  const typename = 'CarrierServiceUpdatePayload';
  if (!service)
    return carrierPayload(typename, null, { ...NO_SERVICE, code: 'CARRIER_SERVICE_UPDATE_FAILED' });
  const { name, callbackUrl, active, supportsServiceDiscovery } = input;
  if (typeof name === 'string') service.name = name;
  if (callbackUrl !== undefined && callbackUrl !== null) service.callbackUrl = String(callbackUrl);
  if (typeof active === 'boolean') service.active = active;
  if (typeof supportsServiceDiscovery === 'boolean') {
    service.supportsServiceDiscovery = supportsServiceDiscovery;
  }
  shop.file.touch();
  return carrierPayload(typename, service);
}

export function deleteCarrierService({ id }: Arguments, { shop }: AdminContext): Node {
  const service = findService(shop, id);
  if (service) {
    shop.state.carrierServices = shop.state.carrierServices.filter((one) => one !== service);
    for (const zone of shop.state.groups.flatMap((group) => group.zones)) {
      zone.methods = zone.methods.filter(
        ({ rate }) => rate.kind !== 'carrier' || rate.carrierServiceId !== service.id,
      );
    }
    shop.file.touch();
  }
  const errors = service
    ? []
    : [{ ...NO_SERVICE, field: ['id'], code: 'CARRIER_SERVICE_DELETE_FAILED' }];
  return {
    __typename: 'CarrierServiceDeletePayload',
    deletedId: service ? gid('DeliveryCarrierService', service.id) : null,
    userErrors: userErrors('CarrierServiceDeleteUserError', ...errors),
  };
}

/** How a zone asks a carrier service. */
export function carrierMethod(
  shop: LocalShop,
  facts: { name: string; active: boolean; carrierServiceId: number; participant?: Input },
): MethodDefinition {
  const { participant = {} } = facts;
  const fee = Object(participant['fixedFee']);
  return {
    id: takeId(shop.state),
    name: facts.name,
    active: facts.active,
    rate: {
      kind: 'carrier',
      participantId: takeId(shop.state),
      carrierServiceId: facts.carrierServiceId,
      adaptsToNewServices: participant['adaptToNewServices'] !== false,
      services: (Array.isArray(participant['participantServices'])
        ? participant['participantServices']
        : []
      ).map((one: Input) => ({
        name: String(one['name']),
        active: one['active'] === true,
      })),
      fixedFeeMinor: Math.round(Number(fee.amount ?? 0) * 100),
      percentageOfRateFee: Number(participant['percentageOfRateFee'] ?? 0),
    },
  };
}
