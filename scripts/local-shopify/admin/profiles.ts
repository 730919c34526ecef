/** The general delivery profile: which zones ask which carrier services beside the merchant's own rates. */
import { GraphQLError } from 'graphql';
import { hasCarrierRates } from '../settings.ts';
import { gid, idOf, type LocalShop } from '../shop.ts';
import type { MethodDefinition, ProfileGroup, ProfileZone } from '../state.ts';
import { carrierMethod, findService, toCarrierService } from './carriers.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  toConnection,
  type UserErrorFacts,
  userErrors,
} from './node.ts';
import { toLocation } from './places.ts';

type Errors = UserErrorFacts[];
type Input = Readonly<Record<string, unknown>>;
const asList = (value: unknown): Input[] => (Array.isArray(value) ? value : []);

function toProfile(shop: LocalShop): Node {
  const { deliveryProfile } = shop.seed;
  return {
    __typename: 'DeliveryProfile',
    id: gid('DeliveryProfile', deliveryProfile.id),
    name: deliveryProfile.name,
    default: true,
    profileLocationGroups: ({ locationGroupId }: Arguments) =>
      shop.state.groups
        .filter(
          (group) =>
            typeof locationGroupId !== 'string' ||
            locationGroupId === gid('DeliveryLocationGroup', group.id),
        )
        .map((group) => toGroup(shop, group)),
  };
}

function toGroup(shop: LocalShop, group: ProfileGroup): Node {
  return {
    __typename: 'DeliveryProfileLocationGroup',
    locationGroup: {
      __typename: 'DeliveryLocationGroup',
      id: gid('DeliveryLocationGroup', group.id),
      locations: (args: Arguments) => {
        const found = group.locationIds.map((id) => shop.locations.get(id));
        const nodes = found.flatMap((one) => (one ? [toLocation(shop, one)] : []));
        return toConnection('LocationConnection', nodes, args);
      },
    },
    locationGroupZones: (args: Arguments) =>
      toConnection(
        'DeliveryLocationGroupZoneConnection',
        group.zones.map((zone) => toZone(shop, zone)),
        args,
      ),
  };
}

function toZone(shop: LocalShop, zone: ProfileZone): Node {
  return {
    __typename: 'DeliveryLocationGroupZone',
    zone: {
      __typename: 'DeliveryZone',
      id: gid('DeliveryZone', zone.id),
      name: zone.name,
      countries: zone.countries.map((countryCode) => ({
        __typename: 'DeliveryCountry',
        id: gid(
          'DeliveryCountry',
          `${zone.id}${countryCode.charCodeAt(0)}${countryCode.charCodeAt(1)}`,
        ),
        name: countryCode,
        code: { __typename: 'DeliveryCountryCodeOrRestOfWorld', countryCode, restOfWorld: false },
      })),
    },
    methodDefinitions: (args: Arguments) => {
      const kind = { PARTICIPANT: 'carrier', MERCHANT: 'flat' }[String(args['type'] ?? '')];
      const found = zone.methods.filter(
        (one) => isThere(shop, one) && (kind === undefined || one.rate.kind === kind),
      );
      return toConnection(
        'DeliveryMethodDefinitionConnection',
        found.map((one) => toMethod(shop, one)),
        args,
      );
    },
  };
}

/** A stand-in rate is not there on a plan that has calculated ones. */
function isThere(shop: LocalShop, { rate }: MethodDefinition): boolean {
  if (rate.kind === 'carrier') return true;
  return !(rate.flat.isStandIn && hasCarrierRates(shop.state.settings));
}

function toMethod(shop: LocalShop, method: MethodDefinition): Node {
  const { rate } = method;
  return {
    __typename: 'DeliveryMethodDefinition',
    id: gid('DeliveryMethodDefinition', method.id),
    name: method.name,
    active: method.active,
    description: rate.kind === 'flat' ? rate.flat.description : null,
    rateProvider:
      rate.kind === 'flat'
        ? {
            __typename: 'DeliveryRateDefinition',
            id: gid('DeliveryRateDefinition', method.id),
            price: {
              __typename: 'MoneyV2',
              amount: (rate.flat.priceMinor / 100).toFixed(2),
              currencyCode: shop.seed.shop.currency,
            },
          }
        : {
            __typename: 'DeliveryParticipant',
            id: gid('DeliveryParticipant', rate.participantId),
            adaptToNewServicesFlag: rate.adaptsToNewServices,
            percentageOfRateFee: rate.percentageOfRateFee,
            carrierService: () => {
              const service = shop.state.carrierServices.find(
                (one) => one.id === rate.carrierServiceId,
              );
              return service ? toCarrierService(service) : null;
            },
          },
  };
}

export function listProfiles(args: Arguments, { shop }: AdminContext): Node {
  return toConnection('DeliveryProfileConnection', [toProfile(shop)], args);
}

export function findProfile({ id }: Arguments, { shop }: AdminContext): Node | null {
  return id === gid('DeliveryProfile', shop.seed.deliveryProfile.id) ? toProfile(shop) : null;
}

/** Parts of the input this stand-in carries out; any other is an error, never a silent success. */
const KNOWN_PROFILE_PARTS = new Set([
  'locationGroupsToUpdate',
  'methodDefinitionsToDelete',
  'name',
]);
const KNOWN_GROUP_PARTS = new Set(['id', 'zonesToUpdate']);
const KNOWN_ZONE_PARTS = new Set(['id', 'methodDefinitionsToCreate', 'methodDefinitionsToUpdate']);
const KNOWN_METHOD_PARTS = new Set(['id', 'name', 'active', 'participant']);

function assertKnown(input: Input, known: ReadonlySet<string>, type: string): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null || known.has(name)) continue;
    throw new GraphQLError(`not simulated: ${type}.${name}`, {
      extensions: { code: 'NOT_SIMULATED' },
    });
  }
}

export function updateProfile(args: Arguments, { shop }: AdminContext): Node {
  const input = args['profile'] as Input;
  assertKnown(input, KNOWN_PROFILE_PARTS, 'DeliveryProfileInput');
  const isOurs = args['id'] === gid('DeliveryProfile', shop.seed.deliveryProfile.id);
  const errors: Errors = isOurs ? [] : [{ field: ['id'], message: 'Profile not found' }];
  if (isOurs) {
    const removed = new Set((input['methodDefinitionsToDelete'] as string[] | undefined) ?? []);
    for (const zone of shop.state.groups.flatMap((group) => group.zones)) {
      zone.methods = zone.methods.filter(
        (one) => !removed.has(gid('DeliveryMethodDefinition', one.id)),
      );
    }
    for (const group of asList(input['locationGroupsToUpdate']))
      errors.push(...updateGroup(shop, group));
    shop.file.touch();
  }
  return {
    __typename: 'DeliveryProfileUpdatePayload',
    profile: errors.length === 0 ? toProfile(shop) : null,
    userErrors: userErrors('UserError', ...errors),
  };
}

function updateGroup(shop: LocalShop, input: Input): Errors {
  assertKnown(input, KNOWN_GROUP_PARTS, 'DeliveryProfileLocationGroupInput');
  const id = idOf('DeliveryLocationGroup', String(input['id']));
  const group = shop.state.groups.find((one) => one.id === id);
  if (!group)
    return [{ field: ['profile', 'locationGroupsToUpdate'], message: 'Location group not found' }];
  return asList(input['zonesToUpdate']).flatMap((zoneInput) => {
    assertKnown(zoneInput, KNOWN_ZONE_PARTS, 'DeliveryLocationGroupZoneInput');
    const zoneId = idOf('DeliveryZone', String(zoneInput['id']));
    const zone = group.zones.find((one) => one.id === zoneId);
    if (!zone) return [{ field: ['profile', 'locationGroupsToUpdate'], message: 'Zone not found' }];
    return updateZone(shop, zone, zoneInput);
  });
}

function updateZone(shop: LocalShop, zone: ProfileZone, input: Input): Errors {
  const errors: Errors = [];
  for (const one of asList(input['methodDefinitionsToCreate'])) {
    assertKnown(one, KNOWN_METHOD_PARTS, 'DeliveryMethodDefinitionInput');
    const participant = Object(one['participant']);
    const service = findService(shop, participant['carrierServiceId']);
    if (!service) {
      errors.push({
        field: ['profile', 'locationGroupsToUpdate'],
        message: 'Carrier service not found',
      });
      continue;
    }
    zone.methods.push(
      carrierMethod(shop, {
        name: typeof one['name'] === 'string' ? one['name'] : '',
        active: one['active'] !== false,
        carrierServiceId: service.id,
        participant,
      }),
    );
  }
  for (const one of asList(input['methodDefinitionsToUpdate'])) {
    const id = idOf('DeliveryMethodDefinition', String(one['id']));
    const method = zone.methods.find((known) => known.id === id);
    if (method && typeof one['active'] === 'boolean') method.active = one['active'];
  }
  return errors;
}
