// Made by scripts/codegen.ts from the .graphql files beside this folder. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type AttributeInput = {
  readonly key: string;
  readonly value: string;
};

export type BulkOperationErrorCode =
  | 'ACCESS_DENIED'
  | 'INTERNAL_SERVER_ERROR'
  | 'TIMEOUT';

export type BulkOperationStatus =
  | 'CANCELED'
  | 'CANCELING'
  | 'COMPLETED'
  | 'CREATED'
  | 'EXPIRED'
  | 'FAILED'
  | 'RUNNING';

export type BulkOperationUserErrorCode =
  | 'INVALID'
  | 'LIMIT_REACHED'
  | 'OPERATION_IN_PROGRESS';

export type CountryCode =
  | 'AC'
  | 'AD'
  | 'AE'
  | 'AF'
  | 'AG'
  | 'AI'
  | 'AL'
  | 'AM'
  | 'AN'
  | 'AO'
  | 'AR'
  | 'AT'
  | 'AU'
  | 'AW'
  | 'AX'
  | 'AZ'
  | 'BA'
  | 'BB'
  | 'BD'
  | 'BE'
  | 'BF'
  | 'BG'
  | 'BH'
  | 'BI'
  | 'BJ'
  | 'BL'
  | 'BM'
  | 'BN'
  | 'BO'
  | 'BQ'
  | 'BR'
  | 'BS'
  | 'BT'
  | 'BV'
  | 'BW'
  | 'BY'
  | 'BZ'
  | 'CA'
  | 'CC'
  | 'CD'
  | 'CF'
  | 'CG'
  | 'CH'
  | 'CI'
  | 'CK'
  | 'CL'
  | 'CM'
  | 'CN'
  | 'CO'
  | 'CR'
  | 'CU'
  | 'CV'
  | 'CW'
  | 'CX'
  | 'CY'
  | 'CZ'
  | 'DE'
  | 'DJ'
  | 'DK'
  | 'DM'
  | 'DO'
  | 'DZ'
  | 'EC'
  | 'EE'
  | 'EG'
  | 'EH'
  | 'ER'
  | 'ES'
  | 'ET'
  | 'FI'
  | 'FJ'
  | 'FK'
  | 'FO'
  | 'FR'
  | 'GA'
  | 'GB'
  | 'GD'
  | 'GE'
  | 'GF'
  | 'GG'
  | 'GH'
  | 'GI'
  | 'GL'
  | 'GM'
  | 'GN'
  | 'GP'
  | 'GQ'
  | 'GR'
  | 'GS'
  | 'GT'
  | 'GW'
  | 'GY'
  | 'HK'
  | 'HM'
  | 'HN'
  | 'HR'
  | 'HT'
  | 'HU'
  | 'ID'
  | 'IE'
  | 'IL'
  | 'IM'
  | 'IN'
  | 'IO'
  | 'IQ'
  | 'IR'
  | 'IS'
  | 'IT'
  | 'JE'
  | 'JM'
  | 'JO'
  | 'JP'
  | 'KE'
  | 'KG'
  | 'KH'
  | 'KI'
  | 'KM'
  | 'KN'
  | 'KP'
  | 'KR'
  | 'KW'
  | 'KY'
  | 'KZ'
  | 'LA'
  | 'LB'
  | 'LC'
  | 'LI'
  | 'LK'
  | 'LR'
  | 'LS'
  | 'LT'
  | 'LU'
  | 'LV'
  | 'LY'
  | 'MA'
  | 'MC'
  | 'MD'
  | 'ME'
  | 'MF'
  | 'MG'
  | 'MK'
  | 'ML'
  | 'MM'
  | 'MN'
  | 'MO'
  | 'MQ'
  | 'MR'
  | 'MS'
  | 'MT'
  | 'MU'
  | 'MV'
  | 'MW'
  | 'MX'
  | 'MY'
  | 'MZ'
  | 'NA'
  | 'NC'
  | 'NE'
  | 'NF'
  | 'NG'
  | 'NI'
  | 'NL'
  | 'NO'
  | 'NP'
  | 'NR'
  | 'NU'
  | 'NZ'
  | 'OM'
  | 'PA'
  | 'PE'
  | 'PF'
  | 'PG'
  | 'PH'
  | 'PK'
  | 'PL'
  | 'PM'
  | 'PN'
  | 'PS'
  | 'PT'
  | 'PY'
  | 'QA'
  | 'RE'
  | 'RO'
  | 'RS'
  | 'RU'
  | 'RW'
  | 'SA'
  | 'SB'
  | 'SC'
  | 'SD'
  | 'SE'
  | 'SG'
  | 'SH'
  | 'SI'
  | 'SJ'
  | 'SK'
  | 'SL'
  | 'SM'
  | 'SN'
  | 'SO'
  | 'SR'
  | 'SS'
  | 'ST'
  | 'SV'
  | 'SX'
  | 'SY'
  | 'SZ'
  | 'TA'
  | 'TC'
  | 'TD'
  | 'TF'
  | 'TG'
  | 'TH'
  | 'TJ'
  | 'TK'
  | 'TL'
  | 'TM'
  | 'TN'
  | 'TO'
  | 'TR'
  | 'TT'
  | 'TV'
  | 'TW'
  | 'TZ'
  | 'UA'
  | 'UG'
  | 'UM'
  | 'US'
  | 'UY'
  | 'UZ'
  | 'VA'
  | 'VC'
  | 'VE'
  | 'VG'
  | 'VN'
  | 'VU'
  | 'WF'
  | 'WS'
  | 'XK'
  | 'YE'
  | 'YT'
  | 'ZA'
  | 'ZM'
  | 'ZW'
  | 'ZZ';

export type CurrencyCode =
  | 'AED'
  | 'AFN'
  | 'ALL'
  | 'AMD'
  | 'ANG'
  | 'AOA'
  | 'ARS'
  | 'AUD'
  | 'AWG'
  | 'AZN'
  | 'BAM'
  | 'BBD'
  | 'BDT'
  | 'BGN'
  | 'BHD'
  | 'BIF'
  | 'BMD'
  | 'BND'
  | 'BOB'
  | 'BRL'
  | 'BSD'
  | 'BTN'
  | 'BWP'
  | 'BYN'
  | 'BYR'
  | 'BZD'
  | 'CAD'
  | 'CDF'
  | 'CHF'
  | 'CLP'
  | 'CNY'
  | 'COP'
  | 'CRC'
  | 'CVE'
  | 'CZK'
  | 'DJF'
  | 'DKK'
  | 'DOP'
  | 'DZD'
  | 'EGP'
  | 'ERN'
  | 'ETB'
  | 'EUR'
  | 'FJD'
  | 'FKP'
  | 'GBP'
  | 'GEL'
  | 'GHS'
  | 'GIP'
  | 'GMD'
  | 'GNF'
  | 'GTQ'
  | 'GYD'
  | 'HKD'
  | 'HNL'
  | 'HRK'
  | 'HTG'
  | 'HUF'
  | 'IDR'
  | 'ILS'
  | 'INR'
  | 'IQD'
  | 'IRR'
  | 'ISK'
  | 'JEP'
  | 'JMD'
  | 'JOD'
  | 'JPY'
  | 'KES'
  | 'KGS'
  | 'KHR'
  | 'KID'
  | 'KMF'
  | 'KRW'
  | 'KWD'
  | 'KYD'
  | 'KZT'
  | 'LAK'
  | 'LBP'
  | 'LKR'
  | 'LRD'
  | 'LSL'
  | 'LTL'
  | 'LVL'
  | 'LYD'
  | 'MAD'
  | 'MDL'
  | 'MGA'
  | 'MKD'
  | 'MMK'
  | 'MNT'
  | 'MOP'
  | 'MRU'
  | 'MUR'
  | 'MVR'
  | 'MWK'
  | 'MXN'
  | 'MYR'
  | 'MZN'
  | 'NAD'
  | 'NGN'
  | 'NIO'
  | 'NOK'
  | 'NPR'
  | 'NZD'
  | 'OMR'
  | 'PAB'
  | 'PEN'
  | 'PGK'
  | 'PHP'
  | 'PKR'
  | 'PLN'
  | 'PYG'
  | 'QAR'
  | 'RON'
  | 'RSD'
  | 'RUB'
  | 'RWF'
  | 'SAR'
  | 'SBD'
  | 'SCR'
  | 'SDG'
  | 'SEK'
  | 'SGD'
  | 'SHP'
  | 'SLL'
  | 'SOS'
  | 'SRD'
  | 'SSP'
  | 'STD'
  | 'STN'
  | 'SYP'
  | 'SZL'
  | 'THB'
  | 'TJS'
  | 'TMT'
  | 'TND'
  | 'TOP'
  | 'TRY'
  | 'TTD'
  | 'TWD'
  | 'TZS'
  | 'UAH'
  | 'UGX'
  | 'USD'
  | 'USDC'
  | 'UYU'
  | 'UZS'
  | 'VED'
  | 'VEF'
  | 'VES'
  | 'VND'
  | 'VUV'
  | 'WST'
  | 'XAF'
  | 'XCD'
  | 'XOF'
  | 'XPF'
  | 'XXX'
  | 'YER'
  | 'ZAR'
  | 'ZMW';

export type DeliveryCarrierServiceCreateInput = {
  readonly active: boolean;
  readonly callbackUrl: string;
  readonly name: string;
  readonly supportsServiceDiscovery: boolean;
};

export type DeliveryCarrierServiceUpdateInput = {
  readonly active?: boolean | null | undefined;
  readonly callbackUrl?: string | null | undefined;
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly supportsServiceDiscovery?: boolean | null | undefined;
};

export type DeliveryConditionField =
  | 'TOTAL_PRICE'
  | 'TOTAL_WEIGHT';

export type DeliveryConditionOperator =
  | 'GREATER_THAN_OR_EQUAL_TO'
  | 'LESS_THAN_OR_EQUAL_TO';

export type DeliveryCountryInput = {
  readonly code?: CountryCode | null | undefined;
  readonly includeAllProvinces?: boolean | null | undefined;
  readonly provinces?: ReadonlyArray<DeliveryProvinceInput> | null | undefined;
  readonly restOfWorld?: boolean | null | undefined;
};

export type DeliveryCustomizationErrorCode =
  | 'CUSTOM_APP_FUNCTION_NOT_ELIGIBLE'
  | 'DELIVERY_CUSTOMIZATION_FUNCTION_NOT_ELIGIBLE'
  | 'DELIVERY_CUSTOMIZATION_NOT_FOUND'
  | 'FUNCTION_DOES_NOT_IMPLEMENT'
  | 'FUNCTION_ID_CANNOT_BE_CHANGED'
  | 'FUNCTION_NOT_FOUND'
  | 'FUNCTION_PENDING_DELETION'
  | 'INVALID'
  | 'INVALID_METAFIELDS'
  | 'MAXIMUM_ACTIVE_DELIVERY_CUSTOMIZATIONS'
  | 'MISSING_FUNCTION_IDENTIFIER'
  | 'MULTIPLE_FUNCTION_IDENTIFIERS'
  | 'REQUIRED_INPUT_FIELD'
  | 'UNAUTHORIZED_APP_SCOPE';

export type DeliveryCustomizationInput = {
  readonly enabled?: boolean | null | undefined;
  readonly functionHandle?: string | null | undefined;
  /** @deprecated Use `functionHandle` instead. */
  readonly functionId?: string | null | undefined;
  readonly metafields?: ReadonlyArray<MetafieldInput> | null | undefined;
  readonly title?: string | null | undefined;
};

export type DeliveryLocalPickupTime =
  | 'CUSTOM'
  | 'FIVE_OR_MORE_DAYS'
  | 'FOUR_HOURS'
  | 'ONE_HOUR'
  | 'TWENTY_FOUR_HOURS'
  | 'TWO_HOURS'
  | 'TWO_TO_FOUR_DAYS';

export type DeliveryLocationGroupZoneInput = {
  readonly countries?: ReadonlyArray<DeliveryCountryInput> | null | undefined;
  readonly id?: string | null | undefined;
  readonly methodDefinitionsToCreate?: ReadonlyArray<DeliveryMethodDefinitionInput> | null | undefined;
  readonly methodDefinitionsToUpdate?: ReadonlyArray<DeliveryMethodDefinitionInput> | null | undefined;
  readonly name?: string | null | undefined;
};

export type DeliveryLocationLocalPickupEnableInput = {
  readonly instructions?: string | null | undefined;
  readonly locationId: string;
  readonly pickupTime: DeliveryLocalPickupTime;
};

export type DeliveryLocationLocalPickupSettingsErrorCode =
  | 'ACTIVE_LOCATION_NOT_FOUND'
  | 'CUSTOM_PICKUP_TIME_NOT_ALLOWED'
  | 'GENERIC_ERROR';

export type DeliveryMethodDefinitionInput = {
  readonly active?: boolean | null | undefined;
  readonly conditionsToUpdate?: ReadonlyArray<DeliveryUpdateConditionInput> | null | undefined;
  readonly description?: string | null | undefined;
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly participant?: DeliveryParticipantInput | null | undefined;
  readonly priceConditionsToCreate?: ReadonlyArray<DeliveryPriceConditionInput> | null | undefined;
  readonly rateDefinition?: DeliveryRateDefinitionInput | null | undefined;
  readonly weightConditionsToCreate?: ReadonlyArray<DeliveryWeightConditionInput> | null | undefined;
};

export type DeliveryMethodType =
  | 'LOCAL'
  | 'NONE'
  | 'PICKUP_POINT'
  | 'PICK_UP'
  | 'RETAIL'
  | 'SHIPPING';

export type DeliveryParticipantInput = {
  readonly adaptToNewServices?: boolean | null | undefined;
  readonly carrierServiceId?: string | null | undefined;
  readonly fixedFee?: MoneyInput | null | undefined;
  readonly id?: string | null | undefined;
  readonly participantServices?: ReadonlyArray<DeliveryParticipantServiceInput> | null | undefined;
  readonly percentageOfRateFee?: number | null | undefined;
};

export type DeliveryParticipantServiceInput = {
  readonly active: boolean;
  readonly name: string;
};

export type DeliveryPriceConditionInput = {
  readonly criteria?: MoneyInput | null | undefined;
  readonly operator?: DeliveryConditionOperator | null | undefined;
};

export type DeliveryProfileInput = {
  readonly conditionsToDelete?: ReadonlyArray<string> | null | undefined;
  readonly coversAllItems?: boolean | null | undefined;
  readonly locationGroupsToCreate?: ReadonlyArray<DeliveryProfileLocationGroupInput> | null | undefined;
  readonly locationGroupsToDelete?: ReadonlyArray<string> | null | undefined;
  readonly locationGroupsToUpdate?: ReadonlyArray<DeliveryProfileLocationGroupInput> | null | undefined;
  readonly methodDefinitionsToDelete?: ReadonlyArray<string> | null | undefined;
  readonly name?: string | null | undefined;
  readonly profileLocationGroups?: ReadonlyArray<DeliveryProfileLocationGroupInput> | null | undefined;
  readonly sellingPlanGroupsToAssociate?: ReadonlyArray<string> | null | undefined;
  readonly sellingPlanGroupsToDissociate?: ReadonlyArray<string> | null | undefined;
  readonly variantsToAssociate?: ReadonlyArray<string> | null | undefined;
  readonly variantsToDissociate?: ReadonlyArray<string> | null | undefined;
  readonly zonesToDelete?: ReadonlyArray<string> | null | undefined;
};

export type DeliveryProfileLocationGroupInput = {
  readonly id?: string | null | undefined;
  readonly locations?: ReadonlyArray<string> | null | undefined;
  readonly locationsToAdd?: ReadonlyArray<string> | null | undefined;
  readonly locationsToRemove?: ReadonlyArray<string> | null | undefined;
  readonly zonesToCreate?: ReadonlyArray<DeliveryLocationGroupZoneInput> | null | undefined;
  readonly zonesToUpdate?: ReadonlyArray<DeliveryLocationGroupZoneInput> | null | undefined;
};

export type DeliveryProvinceInput = {
  readonly code: string;
};

export type DeliveryRateDefinitionInput = {
  readonly id?: string | null | undefined;
  readonly price: MoneyInput;
};

export type DeliveryUpdateConditionInput = {
  readonly criteria?: number | null | undefined;
  readonly criteriaUnit?: string | null | undefined;
  readonly field?: DeliveryConditionField | null | undefined;
  readonly id: string;
  readonly operator?: DeliveryConditionOperator | null | undefined;
};

export type DeliveryWeightConditionInput = {
  readonly criteria?: WeightInput | null | undefined;
  readonly operator?: DeliveryConditionOperator | null | undefined;
};

export type FulfillmentDisplayStatus =
  | 'ATTEMPTED_DELIVERY'
  | 'CANCELED'
  | 'CARRIER_PICKED_UP'
  | 'CONFIRMED'
  | 'DELAYED'
  | 'DELIVERED'
  | 'FAILURE'
  | 'FULFILLED'
  | 'IN_TRANSIT'
  | 'LABEL_PRINTED'
  | 'LABEL_PURCHASED'
  | 'LABEL_VOIDED'
  | 'MARKED_AS_FULFILLED'
  | 'NOT_DELIVERED'
  | 'OUT_FOR_DELIVERY'
  | 'PICKED_UP'
  | 'READY_FOR_PICKUP'
  | 'SUBMITTED';

export type FulfillmentEventInput = {
  readonly address1?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly estimatedDeliveryAt?: string | null | undefined;
  readonly fulfillmentId: string;
  readonly happenedAt?: string | null | undefined;
  readonly latitude?: number | null | undefined;
  readonly longitude?: number | null | undefined;
  readonly message?: string | null | undefined;
  readonly province?: string | null | undefined;
  readonly status: FulfillmentEventStatus;
  readonly zip?: string | null | undefined;
};

export type FulfillmentEventStatus =
  | 'ATTEMPTED_DELIVERY'
  | 'CARRIER_PICKED_UP'
  | 'CONFIRMED'
  | 'DELAYED'
  | 'DELIVERED'
  | 'FAILURE'
  | 'IN_TRANSIT'
  | 'LABEL_PRINTED'
  | 'LABEL_PURCHASED'
  | 'OUT_FOR_DELIVERY'
  | 'READY_FOR_PICKUP';

export type FulfillmentHoldReason =
  | 'AWAITING_PAYMENT'
  | 'AWAITING_RETURN_ITEMS'
  | 'HIGH_RISK_OF_FRAUD'
  | 'INCORRECT_ADDRESS'
  | 'INVENTORY_OUT_OF_STOCK'
  | 'ONLINE_STORE_POST_PURCHASE_CROSS_SELL'
  | 'OTHER'
  | 'UNKNOWN_DELIVERY_DATE';

export type FulfillmentInput = {
  readonly lineItemsByFulfillmentOrder: ReadonlyArray<FulfillmentOrderLineItemsInput>;
  readonly notifyCustomer?: boolean | null | undefined;
  readonly originAddress?: FulfillmentOriginAddressInput | null | undefined;
  readonly trackingInfo?: FulfillmentTrackingInput | null | undefined;
};

export type FulfillmentOrderAction =
  | 'CANCEL_FULFILLMENT_ORDER'
  | 'CREATE_FULFILLMENT'
  | 'EXTERNAL'
  | 'HOLD'
  | 'MARK_AS_OPEN'
  | 'MERGE'
  | 'MOVE'
  | 'RELEASE_HOLD'
  | 'REPORT_PROGRESS'
  | 'REQUEST_CANCELLATION'
  | 'REQUEST_FULFILLMENT'
  | 'SPLIT';

export type FulfillmentOrderHoldInput = {
  readonly externalId?: string | null | undefined;
  readonly fulfillmentOrderLineItems?: ReadonlyArray<FulfillmentOrderLineItemInput> | null | undefined;
  readonly handle?: string | null | undefined;
  readonly notifyMerchant?: boolean | null | undefined;
  readonly reason: FulfillmentHoldReason;
  readonly reasonNotes?: string | null | undefined;
};

export type FulfillmentOrderHoldUserErrorCode =
  | 'DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS'
  | 'DUPLICATE_FULFILLMENT_HOLD_HANDLE'
  | 'FULFILLMENT_ORDER_HOLD_LIMIT_REACHED'
  | 'FULFILLMENT_ORDER_NOT_FOUND'
  | 'FULFILLMENT_ORDER_NOT_SPLITTABLE'
  | 'GREATER_THAN_ZERO'
  | 'INVALID_LINE_ITEM_QUANTITY'
  | 'TAKEN';

export type FulfillmentOrderLineItemInput = {
  readonly id: string;
  readonly quantity: number;
};

export type FulfillmentOrderLineItemsInput = {
  readonly fulfillmentOrderId: string;
  readonly fulfillmentOrderLineItems?: ReadonlyArray<FulfillmentOrderLineItemInput> | null | undefined;
};

export type FulfillmentOrderLineItemsPreparedForPickupInput = {
  readonly lineItemsByFulfillmentOrder: ReadonlyArray<PreparedFulfillmentOrderLineItemsInput>;
};

export type FulfillmentOrderLineItemsPreparedForPickupUserErrorCode =
  | 'FULFILLMENT_ORDER_INVALID'
  | 'NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER'
  | 'UNABLE_TO_PREPARE_QUANTITY';

export type FulfillmentOrderMoveFulfillmentOrderMoveUserErrorCode =
  | 'CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS';

export type FulfillmentOrderReleaseHoldUserErrorCode =
  | 'FULFILLMENT_ORDER_NOT_FOUND'
  | 'INVALID_ACCESS';

export type FulfillmentOrderReportProgressInput = {
  readonly reasonNotes?: string | null | undefined;
};

export type FulfillmentOrderReportProgressUserErrorCode =
  | 'FULFILLMENT_ORDER_CONTAINS_PICKED_ITEMS'
  | 'FULFILLMENT_ORDER_INVALID_DELIVERY_METHOD'
  | 'FULFILLMENT_ORDER_INVALID_FULFILLMENT_SERVICE_OWNERSHIP'
  | 'FULFILLMENT_ORDER_NOT_FOUND'
  | 'FULFILLMENT_ORDER_STATUS_INVALID'
  | 'FULFILLMENT_ORDER_UNSUPPORTED_ACTION'
  | 'MARKETPLACE_APP_NOT_ELIGIBLE';

export type FulfillmentOrderRequestStatus =
  | 'ACCEPTED'
  | 'CANCELLATION_ACCEPTED'
  | 'CANCELLATION_REJECTED'
  | 'CANCELLATION_REQUESTED'
  | 'CLOSED'
  | 'REJECTED'
  | 'SUBMITTED'
  | 'UNSUBMITTED';

export type FulfillmentOrderSplitInput = {
  readonly fulfillmentOrderId: string;
  readonly fulfillmentOrderLineItems: ReadonlyArray<FulfillmentOrderLineItemInput>;
};

export type FulfillmentOrderSplitUserErrorCode =
  | 'FULFILLMENT_ORDER_NOT_FOUND'
  | 'GREATER_THAN'
  | 'INVALID_LINE_ITEM_QUANTITY'
  | 'NO_LINE_ITEMS_PROVIDED_TO_SPLIT';

export type FulfillmentOrderStatus =
  | 'CANCELLED'
  | 'CLOSED'
  | 'INCOMPLETE'
  | 'IN_PROGRESS'
  | 'ON_HOLD'
  | 'OPEN'
  | 'SCHEDULED';

export type FulfillmentOrdersSetFulfillmentDeadlineUserErrorCode =
  | 'FULFILLMENT_ORDERS_NOT_FOUND';

export type FulfillmentOriginAddressInput = {
  readonly address1?: string | null | undefined;
  readonly address2?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly countryCode: string;
  readonly provinceCode?: string | null | undefined;
  readonly zip?: string | null | undefined;
};

export type FulfillmentStatus =
  | 'CANCELLED'
  | 'ERROR'
  | 'FAILURE'
  | 'OPEN'
  | 'PENDING'
  | 'SUCCESS';

export type FulfillmentTrackingInput = {
  readonly company?: string | null | undefined;
  readonly number?: string | null | undefined;
  readonly numbers?: ReadonlyArray<string> | null | undefined;
  readonly url?: string | null | undefined;
  readonly urls?: ReadonlyArray<string> | null | undefined;
};

export type HasMetafieldsMetafieldIdentifierInput = {
  readonly key: string;
  readonly namespace?: string | null | undefined;
};

export type InventoryMoveQuantitiesInput = {
  readonly changes: ReadonlyArray<InventoryMoveQuantityChange>;
  readonly reason: string;
  readonly referenceDocumentUri: string;
};

export type InventoryMoveQuantitiesUserErrorCode =
  | 'CHANGE_FROM_QUANTITY_STALE'
  | 'DIFFERENT_LOCATIONS'
  | 'IDEMPOTENCY_CONCURRENT_REQUEST'
  | 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH'
  | 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED'
  | 'INTERNAL_LEDGER_DOCUMENT'
  | 'INVALID_AVAILABLE_DOCUMENT'
  | 'INVALID_INVENTORY_ITEM'
  | 'INVALID_LEDGER_DOCUMENT'
  | 'INVALID_LOCATION'
  | 'INVALID_QUANTITY_DOCUMENT'
  | 'INVALID_QUANTITY_NAME'
  | 'INVALID_QUANTITY_NEGATIVE'
  | 'INVALID_QUANTITY_TOO_HIGH'
  | 'INVALID_REASON'
  | 'INVALID_REFERENCE_DOCUMENT'
  | 'ITEM_NOT_STOCKED_AT_LOCATION'
  | 'MAXIMUM_LEDGER_DOCUMENT_URIS'
  | 'MOVE_QUANTITIES_FAILED'
  | 'NON_MUTABLE_INVENTORY_ITEM'
  | 'SAME_QUANTITY_NAME'
  | 'SERVICE_UNAVAILABLE';

export type InventoryMoveQuantityChange = {
  readonly from: InventoryMoveQuantityTerminalInput;
  readonly inventoryItemId: string;
  readonly quantity: number;
  readonly to: InventoryMoveQuantityTerminalInput;
};

export type InventoryMoveQuantityTerminalInput = {
  readonly changeFromQuantity?: number | null | undefined;
  readonly ledgerDocumentUri?: string | null | undefined;
  readonly locationId: string;
  readonly name: string;
};

export type InventoryQuantityInput = {
  readonly changeFromQuantity?: number | null | undefined;
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly quantity: number;
};

export type InventorySetQuantitiesInput = {
  readonly name: string;
  readonly quantities: ReadonlyArray<InventoryQuantityInput>;
  readonly reason: string;
  readonly referenceDocumentUri?: string | null | undefined;
};

export type InventorySetQuantitiesUserErrorCode =
  | 'CHANGE_FROM_QUANTITY_STALE'
  | 'COMPARE_QUANTITY_REQUIRED'
  | 'COMPARE_QUANTITY_STALE'
  | 'IDEMPOTENCY_CONCURRENT_REQUEST'
  | 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH'
  | 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED'
  | 'INVALID_INVENTORY_ITEM'
  | 'INVALID_LOCATION'
  | 'INVALID_NAME'
  | 'INVALID_QUANTITY_NEGATIVE'
  | 'INVALID_QUANTITY_TOO_HIGH'
  | 'INVALID_QUANTITY_TOO_LOW'
  | 'INVALID_REASON'
  | 'INVALID_REFERENCE_DOCUMENT'
  | 'ITEM_NOT_STOCKED_AT_LOCATION'
  | 'NON_MUTABLE_INVENTORY_ITEM'
  | 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR';

export type LocalizationExtensionInput = {
  readonly key: LocalizationExtensionKey;
  readonly value: string;
};

export type LocalizationExtensionKey =
  | 'SHIPPING_CREDENTIAL_BR'
  | 'SHIPPING_CREDENTIAL_CL'
  | 'SHIPPING_CREDENTIAL_CN'
  | 'SHIPPING_CREDENTIAL_CO'
  | 'SHIPPING_CREDENTIAL_CR'
  | 'SHIPPING_CREDENTIAL_EC'
  | 'SHIPPING_CREDENTIAL_ES'
  | 'SHIPPING_CREDENTIAL_GT'
  | 'SHIPPING_CREDENTIAL_ID'
  | 'SHIPPING_CREDENTIAL_KR'
  | 'SHIPPING_CREDENTIAL_MX'
  | 'SHIPPING_CREDENTIAL_MY'
  | 'SHIPPING_CREDENTIAL_PE'
  | 'SHIPPING_CREDENTIAL_PT'
  | 'SHIPPING_CREDENTIAL_PY'
  | 'SHIPPING_CREDENTIAL_TR'
  | 'SHIPPING_CREDENTIAL_TW'
  | 'SHIPPING_CREDENTIAL_TYPE_CO'
  | 'TAX_CREDENTIAL_BR'
  | 'TAX_CREDENTIAL_CL'
  | 'TAX_CREDENTIAL_CO'
  | 'TAX_CREDENTIAL_CR'
  | 'TAX_CREDENTIAL_EC'
  | 'TAX_CREDENTIAL_ES'
  | 'TAX_CREDENTIAL_GT'
  | 'TAX_CREDENTIAL_ID'
  | 'TAX_CREDENTIAL_IT'
  | 'TAX_CREDENTIAL_MX'
  | 'TAX_CREDENTIAL_MY'
  | 'TAX_CREDENTIAL_PE'
  | 'TAX_CREDENTIAL_PT'
  | 'TAX_CREDENTIAL_PY'
  | 'TAX_CREDENTIAL_TR'
  | 'TAX_CREDENTIAL_TYPE_CO'
  | 'TAX_CREDENTIAL_TYPE_MX'
  | 'TAX_CREDENTIAL_USE_MX'
  | 'TAX_EMAIL_IT';

export type LocalizedFieldInput = {
  readonly key: LocalizedFieldKey;
  readonly value: string;
};

export type LocalizedFieldKey =
  | 'SHIPPING_CREDENTIAL_BR'
  | 'SHIPPING_CREDENTIAL_CL'
  | 'SHIPPING_CREDENTIAL_CN'
  | 'SHIPPING_CREDENTIAL_CO'
  | 'SHIPPING_CREDENTIAL_CR'
  | 'SHIPPING_CREDENTIAL_EC'
  | 'SHIPPING_CREDENTIAL_ES'
  | 'SHIPPING_CREDENTIAL_GT'
  | 'SHIPPING_CREDENTIAL_ID'
  | 'SHIPPING_CREDENTIAL_KR'
  | 'SHIPPING_CREDENTIAL_MX'
  | 'SHIPPING_CREDENTIAL_MY'
  | 'SHIPPING_CREDENTIAL_PE'
  | 'SHIPPING_CREDENTIAL_PT'
  | 'SHIPPING_CREDENTIAL_PY'
  | 'SHIPPING_CREDENTIAL_TR'
  | 'SHIPPING_CREDENTIAL_TW'
  | 'SHIPPING_CREDENTIAL_TYPE_CO'
  | 'TAX_CREDENTIAL_BR'
  | 'TAX_CREDENTIAL_CL'
  | 'TAX_CREDENTIAL_CO'
  | 'TAX_CREDENTIAL_CR'
  | 'TAX_CREDENTIAL_EC'
  | 'TAX_CREDENTIAL_ES'
  | 'TAX_CREDENTIAL_GT'
  | 'TAX_CREDENTIAL_ID'
  | 'TAX_CREDENTIAL_IT'
  | 'TAX_CREDENTIAL_MX'
  | 'TAX_CREDENTIAL_MY'
  | 'TAX_CREDENTIAL_PE'
  | 'TAX_CREDENTIAL_PT'
  | 'TAX_CREDENTIAL_PY'
  | 'TAX_CREDENTIAL_TR'
  | 'TAX_CREDENTIAL_TYPE_CO'
  | 'TAX_CREDENTIAL_TYPE_MX'
  | 'TAX_CREDENTIAL_USE_MX'
  | 'TAX_EMAIL_IT';

export type MailingAddressInput = {
  readonly address1?: string | null | undefined;
  readonly address2?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly company?: string | null | undefined;
  /** @deprecated Use `countryCode` instead. */
  readonly country?: string | null | undefined;
  readonly countryCode?: CountryCode | null | undefined;
  readonly firstName?: string | null | undefined;
  /** @deprecated Not needed for 90% of mutations, and provided separately where it is needed. */
  readonly id?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly phone?: string | null | undefined;
  /** @deprecated Use `provinceCode` instead. */
  readonly province?: string | null | undefined;
  readonly provinceCode?: string | null | undefined;
  readonly zip?: string | null | undefined;
};

export type MetafieldAccessInput = {
  readonly admin?: MetafieldAdminAccessInput | null | undefined;
  readonly customerAccount?: MetafieldCustomerAccountAccessInput | null | undefined;
  readonly storefront?: MetafieldStorefrontAccessInput | null | undefined;
};

export type MetafieldAccessUpdateInput = {
  readonly admin?: MetafieldAdminAccessInput | null | undefined;
  readonly customerAccount?: MetafieldCustomerAccountAccessInput | null | undefined;
  readonly storefront?: MetafieldStorefrontAccessInput | null | undefined;
};

export type MetafieldAdminAccessInput =
  | 'MERCHANT_READ'
  | 'MERCHANT_READ_WRITE';

export type MetafieldCapabilityAdminFilterableInput = {
  readonly enabled: boolean;
};

export type MetafieldCapabilityAnalyticsQueryableInput = {
  readonly enabled: boolean;
};

export type MetafieldCapabilityCartToOrderCopyableInput = {
  readonly enabled: boolean;
};

export type MetafieldCapabilityCreateInput = {
  readonly adminFilterable?: MetafieldCapabilityAdminFilterableInput | null | undefined;
  readonly analyticsQueryable?: MetafieldCapabilityAnalyticsQueryableInput | null | undefined;
  readonly cartToOrderCopyable?: MetafieldCapabilityCartToOrderCopyableInput | null | undefined;
  readonly smartCollectionCondition?: MetafieldCapabilitySmartCollectionConditionInput | null | undefined;
  readonly uniqueValues?: MetafieldCapabilityUniqueValuesInput | null | undefined;
};

export type MetafieldCapabilitySmartCollectionConditionInput = {
  readonly enabled: boolean;
};

export type MetafieldCapabilityUniqueValuesInput = {
  readonly enabled: boolean;
};

export type MetafieldCapabilityUpdateInput = {
  readonly adminFilterable?: MetafieldCapabilityAdminFilterableInput | null | undefined;
  readonly analyticsQueryable?: MetafieldCapabilityAnalyticsQueryableInput | null | undefined;
  readonly cartToOrderCopyable?: MetafieldCapabilityCartToOrderCopyableInput | null | undefined;
  readonly smartCollectionCondition?: MetafieldCapabilitySmartCollectionConditionInput | null | undefined;
  readonly uniqueValues?: MetafieldCapabilityUniqueValuesInput | null | undefined;
};

export type MetafieldCustomerAccountAccess =
  | 'NONE'
  | 'READ'
  | 'READ_WRITE';

export type MetafieldCustomerAccountAccessInput =
  | 'NONE'
  | 'READ'
  | 'READ_WRITE';

export type MetafieldDefinitionConstraintValueUpdateInput = {
  readonly create?: string | null | undefined;
  readonly delete?: string | null | undefined;
};

export type MetafieldDefinitionConstraintsInput = {
  readonly key: string;
  readonly values: ReadonlyArray<string>;
};

export type MetafieldDefinitionConstraintsUpdatesInput = {
  readonly key?: string | null | undefined;
  readonly values?: ReadonlyArray<MetafieldDefinitionConstraintValueUpdateInput> | null | undefined;
};

export type MetafieldDefinitionCreateUserErrorCode =
  | 'ADMIN_ACCESS_INPUT_NOT_ALLOWED'
  | 'BLANK'
  | 'CAPABILITY_REQUIRED_BUT_DISABLED'
  | 'DUPLICATE_OPTION'
  | 'INCLUSION'
  | 'INVALID'
  | 'INVALID_CAPABILITY'
  | 'INVALID_CHARACTER'
  | 'INVALID_CONSTRAINTS'
  | 'INVALID_INPUT_COMBINATION'
  | 'INVALID_OPTION'
  | 'LIMIT_EXCEEDED'
  | 'OWNER_TYPE_LIMIT_EXCEEDED_FOR_AUTOMATED_COLLECTIONS'
  | 'OWNER_TYPE_LIMIT_EXCEEDED_FOR_USE_AS_ADMIN_FILTERS'
  | 'PINNED_LIMIT_REACHED'
  | 'PRESENT'
  | 'RESERVED_NAMESPACE_KEY'
  | 'RESOURCE_TYPE_LIMIT_EXCEEDED'
  | 'RESOURCE_TYPE_LIMIT_EXCEEDED_BY_APP'
  | 'TAKEN'
  | 'TOO_LONG'
  | 'TOO_SHORT'
  | 'TYPE_NOT_ALLOWED_FOR_CONDITIONS'
  | 'UNSTRUCTURED_ALREADY_EXISTS'
  | 'UNSUPPORTED_PINNING';

export type MetafieldDefinitionInput = {
  readonly access?: MetafieldAccessInput | null | undefined;
  readonly capabilities?: MetafieldCapabilityCreateInput | null | undefined;
  readonly constraints?: MetafieldDefinitionConstraintsInput | null | undefined;
  readonly description?: string | null | undefined;
  readonly key: string;
  readonly name: string;
  readonly namespace?: string | null | undefined;
  readonly ownerType: MetafieldOwnerType;
  readonly pin?: boolean | null | undefined;
  readonly type: string;
  /** @deprecated Use `smartCollectionCondition` instead. */
  readonly useAsCollectionCondition?: boolean | null | undefined;
  readonly validations?: ReadonlyArray<MetafieldDefinitionValidationInput> | null | undefined;
};

export type MetafieldDefinitionUpdateInput = {
  readonly access?: MetafieldAccessUpdateInput | null | undefined;
  readonly capabilities?: MetafieldCapabilityUpdateInput | null | undefined;
  readonly constraintsUpdates?: MetafieldDefinitionConstraintsUpdatesInput | null | undefined;
  readonly description?: string | null | undefined;
  readonly key: string;
  readonly name?: string | null | undefined;
  readonly namespace?: string | null | undefined;
  readonly ownerType: MetafieldOwnerType;
  readonly pin?: boolean | null | undefined;
  /** @deprecated Use `smartCollectionCondition` instead. */
  readonly useAsCollectionCondition?: boolean | null | undefined;
  readonly validations?: ReadonlyArray<MetafieldDefinitionValidationInput> | null | undefined;
};

export type MetafieldDefinitionUpdateUserErrorCode =
  | 'ADMIN_ACCESS_INPUT_NOT_ALLOWED'
  | 'APP_CONFIG_MANAGED'
  | 'BLANK'
  | 'CAPABILITY_CANNOT_BE_DISABLED'
  | 'CAPABILITY_REQUIRED_BUT_DISABLED'
  | 'DISALLOWED_OWNER_TYPE'
  | 'DUPLICATE_OPTION'
  | 'INTERNAL_ERROR'
  | 'INVALID'
  | 'INVALID_CAPABILITY'
  | 'INVALID_CONSTRAINTS'
  | 'INVALID_INPUT'
  | 'INVALID_INPUT_COMBINATION'
  | 'INVALID_OPTION'
  | 'METAFIELD_DEFINITION_IN_USE'
  | 'METAOBJECT_DEFINITION_CHANGED'
  | 'NOT_FOUND'
  | 'OWNER_TYPE_LIMIT_EXCEEDED_FOR_AUTOMATED_COLLECTIONS'
  | 'OWNER_TYPE_LIMIT_EXCEEDED_FOR_USE_AS_ADMIN_FILTERS'
  | 'PINNED_LIMIT_REACHED'
  | 'PRESENT'
  | 'TOO_LONG'
  | 'TYPE_NOT_ALLOWED_FOR_CONDITIONS'
  | 'UNSUPPORTED_PINNING';

export type MetafieldDefinitionValidationInput = {
  readonly name: string;
  readonly value: string;
};

export type MetafieldInput = {
  readonly id?: string | null | undefined;
  readonly key?: string | null | undefined;
  readonly namespace?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly value?: string | null | undefined;
};

export type MetafieldOwnerType =
  | 'API_PERMISSION'
  | 'ARTICLE'
  | 'BLOG'
  | 'CARTTRANSFORM'
  | 'COLLECTION'
  | 'COMPANY'
  | 'COMPANY_LOCATION'
  | 'CUSTOMER'
  | 'DELIVERY_CUSTOMIZATION'
  | 'DISCOUNT'
  | 'DRAFTORDER'
  | 'FULFILLMENT_CONSTRAINT_RULE'
  | 'GIFT_CARD_TRANSACTION'
  | 'LOCATION'
  | 'MARKET'
  | 'MEDIA_IMAGE'
  | 'ORDER'
  | 'ORDER_ROUTING_LOCATION_RULE'
  | 'PAGE'
  | 'PAYMENT_CUSTOMIZATION'
  | 'PRODUCT'
  | 'PRODUCTVARIANT'
  | 'SELLING_PLAN'
  | 'SHOP'
  | 'TRANSFER'
  | 'VALIDATION';

export type MetafieldStorefrontAccess =
  | 'NONE'
  | 'PUBLIC_READ';

export type MetafieldStorefrontAccessInput =
  | 'NONE'
  | 'PUBLIC_READ';

export type MetafieldsSetInput = {
  readonly compareDigest?: string | null | undefined;
  readonly key: string;
  readonly namespace?: string | null | undefined;
  readonly ownerId: string;
  readonly type?: string | null | undefined;
  readonly value: string;
};

export type MetafieldsSetUserErrorCode =
  | 'APP_NOT_AUTHORIZED'
  | 'BLANK'
  | 'CAPABILITY_VIOLATION'
  | 'INCLUSION'
  | 'INTERNAL_ERROR'
  | 'INVALID'
  | 'INVALID_COMPARE_DIGEST'
  | 'INVALID_TYPE'
  | 'INVALID_VALUE'
  | 'LESS_THAN_OR_EQUAL_TO'
  | 'PRESENT'
  | 'STALE_OBJECT'
  | 'TAKEN'
  | 'TOO_LONG'
  | 'TOO_SHORT';

export type MoneyInput = {
  readonly amount: string;
  readonly currencyCode: CurrencyCode;
};

export type OrderDisplayFinancialStatus =
  | 'AUTHORIZED'
  | 'EXPIRED'
  | 'PAID'
  | 'PARTIALLY_PAID'
  | 'PARTIALLY_REFUNDED'
  | 'PENDING'
  | 'REFUNDED'
  | 'VOIDED';

export type OrderInput = {
  readonly customAttributes?: ReadonlyArray<AttributeInput> | null | undefined;
  readonly email?: string | null | undefined;
  readonly id: string;
  /** @deprecated This field will be removed in a future version. Use `localizedFields` instead. */
  readonly localizationExtensions?: ReadonlyArray<LocalizationExtensionInput> | null | undefined;
  readonly localizedFields?: ReadonlyArray<LocalizedFieldInput> | null | undefined;
  readonly metafields?: ReadonlyArray<MetafieldInput> | null | undefined;
  readonly note?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly poNumber?: string | null | undefined;
  readonly shippingAddress?: MailingAddressInput | null | undefined;
  readonly tags?: ReadonlyArray<string> | null | undefined;
};

export type OrderRiskRecommendationResult =
  | 'ACCEPT'
  | 'CANCEL'
  | 'INVESTIGATE'
  | 'NONE';

export type PreparedFulfillmentOrderLineItemsInput = {
  readonly fulfillmentOrderId: string;
};

export type WebhookSubscriptionFormat =
  | 'JSON'
  | 'XML';

export type WebhookSubscriptionInput = {
  /** @deprecated Use `uri` instead. */
  readonly callbackUrl?: string | null | undefined;
  readonly filter?: string | null | undefined;
  readonly format?: WebhookSubscriptionFormat | null | undefined;
  readonly includeFields?: ReadonlyArray<string> | null | undefined;
  readonly metafieldNamespaces?: ReadonlyArray<string> | null | undefined;
  readonly metafields?: ReadonlyArray<HasMetafieldsMetafieldIdentifierInput> | null | undefined;
  readonly name?: string | null | undefined;
  readonly uri?: string | null | undefined;
};

export type WebhookSubscriptionTopic =
  | 'APP_PURCHASES_ONE_TIME_UPDATE'
  | 'APP_SCOPES_UPDATE'
  | 'APP_SUBSCRIPTIONS_APPROACHING_CAPPED_AMOUNT'
  | 'APP_SUBSCRIPTIONS_UPDATE'
  | 'APP_UNINSTALLED'
  | 'AUDIT_EVENTS_ADMIN_API_ACTIVITY'
  | 'BULK_OPERATIONS_FINISH'
  | 'CARTS_CREATE'
  | 'CARTS_UPDATE'
  | 'CHANNELS_DELETE'
  | 'CHECKOUTS_CREATE'
  | 'CHECKOUTS_DELETE'
  | 'CHECKOUTS_UPDATE'
  | 'COLLECTIONS_CREATE'
  | 'COLLECTIONS_DELETE'
  | 'COLLECTIONS_UPDATE'
  | 'COLLECTION_LISTINGS_ADD'
  | 'COLLECTION_LISTINGS_REMOVE'
  | 'COLLECTION_LISTINGS_UPDATE'
  | 'COLLECTION_PUBLICATIONS_CREATE'
  | 'COLLECTION_PUBLICATIONS_DELETE'
  | 'COLLECTION_PUBLICATIONS_UPDATE'
  | 'COMPANIES_CREATE'
  | 'COMPANIES_DELETE'
  | 'COMPANIES_UPDATE'
  | 'COMPANY_CONTACTS_CREATE'
  | 'COMPANY_CONTACTS_DELETE'
  | 'COMPANY_CONTACTS_UPDATE'
  | 'COMPANY_CONTACT_ROLES_ASSIGN'
  | 'COMPANY_CONTACT_ROLES_REVOKE'
  | 'COMPANY_LOCATIONS_CREATE'
  | 'COMPANY_LOCATIONS_DELETE'
  | 'COMPANY_LOCATIONS_UPDATE'
  | 'CUSTOMERS_CREATE'
  | 'CUSTOMERS_DELETE'
  | 'CUSTOMERS_DISABLE'
  | 'CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE'
  | 'CUSTOMERS_ENABLE'
  | 'CUSTOMERS_MARKETING_CONSENT_UPDATE'
  | 'CUSTOMERS_MERGE'
  | 'CUSTOMERS_PURCHASING_SUMMARY'
  | 'CUSTOMERS_UPDATE'
  | 'CUSTOMERS_WHATS_APP_MARKETING_CONSENT_UPDATE'
  | 'CUSTOMER_ACCOUNT_SETTINGS_UPDATE'
  | 'CUSTOMER_GROUPS_CREATE'
  | 'CUSTOMER_GROUPS_DELETE'
  | 'CUSTOMER_GROUPS_UPDATE'
  | 'CUSTOMER_JOINED_SEGMENT'
  | 'CUSTOMER_LEFT_SEGMENT'
  | 'CUSTOMER_PAYMENT_METHODS_CREATE'
  | 'CUSTOMER_PAYMENT_METHODS_REVOKE'
  | 'CUSTOMER_PAYMENT_METHODS_UPDATE'
  | 'CUSTOMER_TAGS_ADDED'
  | 'CUSTOMER_TAGS_REMOVED'
  | 'DELIVERY_PROMISE_SETTINGS_UPDATE'
  | 'DISCOUNTS_CREATE'
  | 'DISCOUNTS_DELETE'
  | 'DISCOUNTS_REDEEMCODE_ADDED'
  | 'DISCOUNTS_REDEEMCODE_REMOVED'
  | 'DISCOUNTS_UPDATE'
  | 'DISPUTES_CREATE'
  | 'DISPUTES_UPDATE'
  | 'DOMAINS_CREATE'
  | 'DOMAINS_DESTROY'
  | 'DOMAINS_UPDATE'
  | 'DRAFT_ORDERS_CREATE'
  | 'DRAFT_ORDERS_DELETE'
  | 'DRAFT_ORDERS_UPDATE'
  | 'FINANCE_APP_STAFF_MEMBER_DELETE'
  | 'FINANCE_APP_STAFF_MEMBER_GRANT'
  | 'FINANCE_APP_STAFF_MEMBER_REVOKE'
  | 'FINANCE_APP_STAFF_MEMBER_UPDATE'
  | 'FINANCE_KYC_INFORMATION_UPDATE'
  | 'FULFILLMENTS_CREATE'
  | 'FULFILLMENTS_UPDATE'
  | 'FULFILLMENT_EVENTS_CREATE'
  | 'FULFILLMENT_EVENTS_DELETE'
  | 'FULFILLMENT_HOLDS_ADDED'
  | 'FULFILLMENT_HOLDS_RELEASED'
  | 'FULFILLMENT_ORDERS_CANCELLATION_REQUEST_ACCEPTED'
  | 'FULFILLMENT_ORDERS_CANCELLATION_REQUEST_REJECTED'
  | 'FULFILLMENT_ORDERS_CANCELLATION_REQUEST_SUBMITTED'
  | 'FULFILLMENT_ORDERS_CANCELLED'
  | 'FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_ACCEPTED'
  | 'FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_REJECTED'
  | 'FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_SUBMITTED'
  | 'FULFILLMENT_ORDERS_FULFILLMENT_SERVICE_FAILED_TO_COMPLETE'
  | 'FULFILLMENT_ORDERS_HOLD_RELEASED'
  | 'FULFILLMENT_ORDERS_LINE_ITEMS_PREPARED_FOR_LOCAL_DELIVERY'
  | 'FULFILLMENT_ORDERS_LINE_ITEMS_PREPARED_FOR_PICKUP'
  | 'FULFILLMENT_ORDERS_MANUALLY_REPORTED_PROGRESS_STOPPED'
  | 'FULFILLMENT_ORDERS_MERGED'
  | 'FULFILLMENT_ORDERS_MOVED'
  | 'FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE'
  | 'FULFILLMENT_ORDERS_PLACED_ON_HOLD'
  | 'FULFILLMENT_ORDERS_PROGRESS_REPORTED'
  | 'FULFILLMENT_ORDERS_RESCHEDULED'
  | 'FULFILLMENT_ORDERS_SCHEDULED_FULFILLMENT_ORDER_READY'
  | 'FULFILLMENT_ORDERS_SPLIT'
  | 'INVENTORY_ITEMS_CREATE'
  | 'INVENTORY_ITEMS_DELETE'
  | 'INVENTORY_ITEMS_UPDATE'
  | 'INVENTORY_LEVELS_CONNECT'
  | 'INVENTORY_LEVELS_DISCONNECT'
  | 'INVENTORY_LEVELS_UPDATE'
  | 'INVENTORY_SHIPMENTS_ADD_ITEMS'
  | 'INVENTORY_SHIPMENTS_CREATE'
  | 'INVENTORY_SHIPMENTS_DELETE'
  | 'INVENTORY_SHIPMENTS_MARK_IN_TRANSIT'
  | 'INVENTORY_SHIPMENTS_RECEIVE_ITEMS'
  | 'INVENTORY_SHIPMENTS_REMOVE_ITEMS'
  | 'INVENTORY_SHIPMENTS_UPDATE_ITEM_QUANTITIES'
  | 'INVENTORY_SHIPMENTS_UPDATE_TRACKING'
  | 'INVENTORY_TRANSFERS_ADD_ITEMS'
  | 'INVENTORY_TRANSFERS_CANCEL'
  | 'INVENTORY_TRANSFERS_COMPLETE'
  | 'INVENTORY_TRANSFERS_READY_TO_SHIP'
  | 'INVENTORY_TRANSFERS_REMOVE_ITEMS'
  | 'INVENTORY_TRANSFERS_UPDATED'
  | 'INVENTORY_TRANSFERS_UPDATE_ITEM_QUANTITIES'
  | 'LOCALES_CREATE'
  | 'LOCALES_DESTROY'
  | 'LOCALES_UPDATE'
  | 'LOCATIONS_ACTIVATE'
  | 'LOCATIONS_CREATE'
  | 'LOCATIONS_DEACTIVATE'
  | 'LOCATIONS_DELETE'
  | 'LOCATIONS_UPDATE'
  | 'MARKETS_BACKUP_REGION_UPDATE'
  | 'MARKETS_CREATE'
  | 'MARKETS_DELETE'
  | 'MARKETS_UPDATE'
  | 'METAFIELD_DEFINITIONS_CREATE'
  | 'METAFIELD_DEFINITIONS_DELETE'
  | 'METAFIELD_DEFINITIONS_UPDATE'
  | 'METAOBJECTS_CREATE'
  | 'METAOBJECTS_DELETE'
  | 'METAOBJECTS_UPDATE'
  | 'ORDERS_CANCELLED'
  | 'ORDERS_CREATE'
  | 'ORDERS_DELETE'
  | 'ORDERS_EDITED'
  | 'ORDERS_FULFILLED'
  | 'ORDERS_LINK_REQUESTED'
  | 'ORDERS_PAID'
  | 'ORDERS_PARTIALLY_FULFILLED'
  | 'ORDERS_RISK_ASSESSMENT_CHANGED'
  | 'ORDERS_SHOPIFY_PROTECT_ELIGIBILITY_CHANGED'
  | 'ORDERS_UPDATED'
  | 'ORDER_TRANSACTIONS_CREATE'
  | 'PAYMENT_SCHEDULES_DUE'
  | 'PAYMENT_TERMS_CREATE'
  | 'PAYMENT_TERMS_DELETE'
  | 'PAYMENT_TERMS_UPDATE'
  | 'PRODUCTS_CREATE'
  | 'PRODUCTS_DELETE'
  | 'PRODUCTS_UPDATE'
  | 'PRODUCT_FEEDS_CREATE'
  | 'PRODUCT_FEEDS_FULL_SYNC'
  | 'PRODUCT_FEEDS_FULL_SYNC_FINISH'
  | 'PRODUCT_FEEDS_INCREMENTAL_SYNC'
  | 'PRODUCT_FEEDS_UPDATE'
  | 'PRODUCT_LISTINGS_ADD'
  | 'PRODUCT_LISTINGS_REMOVE'
  | 'PRODUCT_LISTINGS_UPDATE'
  | 'PRODUCT_PUBLICATIONS_CREATE'
  | 'PRODUCT_PUBLICATIONS_DELETE'
  | 'PRODUCT_PUBLICATIONS_UPDATE'
  | 'PROFILES_CREATE'
  | 'PROFILES_DELETE'
  | 'PROFILES_UPDATE'
  | 'REFUNDS_CREATE'
  | 'RETURNS_APPROVE'
  | 'RETURNS_CANCEL'
  | 'RETURNS_CLOSE'
  | 'RETURNS_DECLINE'
  | 'RETURNS_PROCESS'
  | 'RETURNS_REOPEN'
  | 'RETURNS_REQUEST'
  | 'RETURNS_UPDATE'
  | 'REVERSE_DELIVERIES_ATTACH_DELIVERABLE'
  | 'REVERSE_FULFILLMENT_ORDERS_DISPOSE'
  | 'SCHEDULED_PRODUCT_LISTINGS_ADD'
  | 'SCHEDULED_PRODUCT_LISTINGS_REMOVE'
  | 'SCHEDULED_PRODUCT_LISTINGS_UPDATE'
  | 'SEGMENTS_CREATE'
  | 'SEGMENTS_DELETE'
  | 'SEGMENTS_UPDATE'
  | 'SELLING_PLAN_GROUPS_CREATE'
  | 'SELLING_PLAN_GROUPS_DELETE'
  | 'SELLING_PLAN_GROUPS_UPDATE'
  | 'SHIPPING_ADDRESSES_CREATE'
  | 'SHIPPING_ADDRESSES_UPDATE'
  | 'SHOP_UPDATE'
  | 'SUBSCRIPTION_BILLING_ATTEMPTS_CHALLENGED'
  | 'SUBSCRIPTION_BILLING_ATTEMPTS_FAILURE'
  | 'SUBSCRIPTION_BILLING_ATTEMPTS_SUCCESS'
  | 'SUBSCRIPTION_BILLING_CYCLES_SKIP'
  | 'SUBSCRIPTION_BILLING_CYCLES_UNSKIP'
  | 'SUBSCRIPTION_BILLING_CYCLE_EDITS_CREATE'
  | 'SUBSCRIPTION_BILLING_CYCLE_EDITS_DELETE'
  | 'SUBSCRIPTION_BILLING_CYCLE_EDITS_UPDATE'
  | 'SUBSCRIPTION_CONTRACTS_ACTIVATE'
  | 'SUBSCRIPTION_CONTRACTS_CANCEL'
  | 'SUBSCRIPTION_CONTRACTS_CREATE'
  | 'SUBSCRIPTION_CONTRACTS_EXPIRE'
  | 'SUBSCRIPTION_CONTRACTS_FAIL'
  | 'SUBSCRIPTION_CONTRACTS_PAUSE'
  | 'SUBSCRIPTION_CONTRACTS_UPDATE'
  | 'TAX_SERVICES_CREATE'
  | 'TAX_SERVICES_UPDATE'
  | 'TENDER_TRANSACTIONS_CREATE'
  | 'THEMES_CREATE'
  | 'THEMES_DELETE'
  | 'THEMES_PUBLISH'
  | 'THEMES_UPDATE'
  | 'VARIANTS_IN_STOCK'
  | 'VARIANTS_OUT_OF_STOCK';

export type WeightInput = {
  readonly unit: WeightUnit;
  readonly value: number;
};

export type WeightUnit =
  | 'GRAMS'
  | 'KILOGRAMS'
  | 'OUNCES'
  | 'POUNDS';

export type BulkOperationReadQueryVariables = Exact<{
  id: string;
}>;


export type BulkOperationReadQuery = { readonly bulkOperation: { readonly id: string, readonly status: BulkOperationStatus, readonly errorCode: BulkOperationErrorCode | null, readonly objectCount: string, readonly url: string | null } | null };

export type CarrierServiceCreateMutationVariables = Exact<{
  input: DeliveryCarrierServiceCreateInput;
}>;


export type CarrierServiceCreateMutation = { readonly carrierServiceCreate: { readonly carrierService: { readonly id: string, readonly active: boolean, readonly callbackUrl: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type CarrierServiceUpdateMutationVariables = Exact<{
  input: DeliveryCarrierServiceUpdateInput;
}>;


export type CarrierServiceUpdateMutation = { readonly carrierServiceUpdate: { readonly carrierService: { readonly id: string, readonly active: boolean, readonly callbackUrl: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type CarrierServicesReadQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type CarrierServicesReadQuery = { readonly carrierServices: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly active: boolean, readonly callbackUrl: string | null, readonly supportsServiceDiscovery: boolean }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type DeliveryCustomizationCreateMutationVariables = Exact<{
  deliveryCustomization: DeliveryCustomizationInput;
}>;


export type DeliveryCustomizationCreateMutation = { readonly deliveryCustomizationCreate: { readonly deliveryCustomization: { readonly id: string, readonly enabled: boolean } | null, readonly userErrors: ReadonlyArray<{ readonly code: DeliveryCustomizationErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type DeliveryCustomizationsReadQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type DeliveryCustomizationsReadQuery = { readonly deliveryCustomizations: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly title: string, readonly enabled: boolean, readonly shopifyFunction: { readonly handle: string }, readonly settings: { readonly value: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type DeliveryProfileUpdateMutationVariables = Exact<{
  id: string;
  profile: DeliveryProfileInput;
}>;


export type DeliveryProfileUpdateMutation = { readonly deliveryProfileUpdate: { readonly profile: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type DeliveryProfilesReadQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type DeliveryProfilesReadQuery = { readonly deliveryProfiles: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly default: boolean, readonly profileLocationGroups: ReadonlyArray<{ readonly locationGroup: { readonly id: string, readonly locations: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string }> } } }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type DeliveryZonesReadQueryVariables = Exact<{
  profileId: string;
  locationGroupId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type DeliveryZonesReadQuery = { readonly deliveryProfile: { readonly id: string, readonly profileLocationGroups: ReadonlyArray<{ readonly locationGroupZones: { readonly nodes: ReadonlyArray<{ readonly zone: { readonly id: string, readonly name: string, readonly countries: ReadonlyArray<{ readonly code: { readonly countryCode: CountryCode | null, readonly restOfWorld: boolean } }> }, readonly participants: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly active: boolean, readonly rateProvider:
                | { readonly id: string, readonly carrierService: { readonly id: string } }
                | Record<PropertyKey, never>
               }> }, readonly merchantRates: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly active: boolean }>, readonly pageInfo: { readonly hasNextPage: boolean } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } }> } | null };

export type FulfillmentCreateMutationVariables = Exact<{
  fulfillment: FulfillmentInput;
}>;


export type FulfillmentCreateMutation = { readonly fulfillmentCreate: { readonly fulfillment: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentEventCreateMutationVariables = Exact<{
  fulfillmentEvent: FulfillmentEventInput;
}>;


export type FulfillmentEventCreateMutation = { readonly fulfillmentEventCreate: { readonly fulfillmentEvent: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrderHoldMutationVariables = Exact<{
  id: string;
  fulfillmentHold: FulfillmentOrderHoldInput;
}>;


export type FulfillmentOrderHoldMutation = { readonly fulfillmentOrderHold: { readonly fulfillmentHold: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: FulfillmentOrderHoldUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrderLineItemsPreparedForPickupMutationVariables = Exact<{
  input: FulfillmentOrderLineItemsPreparedForPickupInput;
}>;


export type FulfillmentOrderLineItemsPreparedForPickupMutation = { readonly fulfillmentOrderLineItemsPreparedForPickup: { readonly userErrors: ReadonlyArray<{ readonly code: FulfillmentOrderLineItemsPreparedForPickupUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrderMoveMutationVariables = Exact<{
  id: string;
  newLocationId: string;
  fulfillmentOrderLineItems?: ReadonlyArray<FulfillmentOrderLineItemInput> | FulfillmentOrderLineItemInput | null | undefined;
}>;


export type FulfillmentOrderMoveMutation = { readonly fulfillmentOrderMove: { readonly movedFulfillmentOrder: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: FulfillmentOrderMoveFulfillmentOrderMoveUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrderOpenMutationVariables = Exact<{
  id: string;
}>;


export type FulfillmentOrderOpenMutation = { readonly fulfillmentOrderOpen: { readonly fulfillmentOrder: { readonly id: string, readonly status: FulfillmentOrderStatus } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrderReadQueryVariables = Exact<{
  id: string;
}>;


export type FulfillmentOrderReadQuery = { readonly fulfillmentOrder: { readonly id: string, readonly orderId: string } | null };

export type FulfillmentOrderReleaseHoldMutationVariables = Exact<{
  id: string;
  holdIds: ReadonlyArray<string> | string;
}>;


export type FulfillmentOrderReleaseHoldMutation = { readonly fulfillmentOrderReleaseHold: { readonly fulfillmentOrder: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: FulfillmentOrderReleaseHoldUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrderReportProgressMutationVariables = Exact<{
  id: string;
  progressReport?: FulfillmentOrderReportProgressInput | null | undefined;
}>;


export type FulfillmentOrderReportProgressMutation = { readonly fulfillmentOrderReportProgress: { readonly fulfillmentOrder: { readonly id: string, readonly status: FulfillmentOrderStatus } | null, readonly userErrors: ReadonlyArray<{ readonly code: FulfillmentOrderReportProgressUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrderSplitMutationVariables = Exact<{
  fulfillmentOrderSplits: ReadonlyArray<FulfillmentOrderSplitInput> | FulfillmentOrderSplitInput;
}>;


export type FulfillmentOrderSplitMutation = { readonly fulfillmentOrderSplit: { readonly fulfillmentOrderSplits: ReadonlyArray<{ readonly fulfillmentOrder: { readonly id: string } }> | null, readonly userErrors: ReadonlyArray<{ readonly code: FulfillmentOrderSplitUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentOrdersSetFulfillmentDeadlineMutationVariables = Exact<{
  fulfillmentOrderIds: ReadonlyArray<string> | string;
  fulfillmentDeadline: string;
}>;


export type FulfillmentOrdersSetFulfillmentDeadlineMutation = { readonly fulfillmentOrdersSetFulfillmentDeadline: { readonly success: boolean | null, readonly userErrors: ReadonlyArray<{ readonly code: FulfillmentOrdersSetFulfillmentDeadlineUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type FulfillmentReadQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type FulfillmentReadQuery = { readonly fulfillment: { readonly id: string, readonly status: FulfillmentStatus, readonly createdAt: string, readonly location: { readonly id: string } | null, readonly fulfillmentLineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly quantity: number | null, readonly lineItem: { readonly id: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type FulfillmentTrackingInfoUpdateMutationVariables = Exact<{
  fulfillmentId: string;
  trackingInfoInput: FulfillmentTrackingInput;
  notifyCustomer?: boolean | null | undefined;
}>;


export type FulfillmentTrackingInfoUpdateMutation = { readonly fulfillmentTrackingInfoUpdate: { readonly fulfillment: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type InventoryActivateMutationVariables = Exact<{
  inventoryItemId: string;
  locationId: string;
  available?: number | null | undefined;
  key: string;
}>;


export type InventoryActivateMutation = { readonly inventoryActivate: { readonly inventoryLevel: { readonly id: string, readonly updatedAt: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type InventoryItemsAtLocationReadQueryVariables = Exact<{
  ids: ReadonlyArray<string> | string;
  locationId: string;
  names: ReadonlyArray<string> | string;
}>;


export type InventoryItemsAtLocationReadQuery = { readonly nodes: ReadonlyArray<
    | { readonly id: string, readonly inventoryLevel: { readonly updatedAt: string, readonly quantities: ReadonlyArray<{ readonly name: string, readonly quantity: number }> } | null }
    | Record<PropertyKey, never>
   | null> };

export type InventoryLevelsBulkRunMutationVariables = Exact<{
  query: string;
}>;


export type InventoryLevelsBulkRunMutation = { readonly bulkOperationRunQuery: { readonly bulkOperation: { readonly id: string, readonly status: BulkOperationStatus } | null, readonly userErrors: ReadonlyArray<{ readonly code: BulkOperationUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type InventoryLevelsReadQueryVariables = Exact<{
  locationId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type InventoryLevelsReadQuery = { readonly location: { readonly id: string, readonly inventoryLevels: { readonly nodes: ReadonlyArray<{ readonly updatedAt: string, readonly item: { readonly id: string, readonly sku: string | null }, readonly quantities: ReadonlyArray<{ readonly name: string, readonly quantity: number }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type InventoryMoveQuantitiesMutationVariables = Exact<{
  input: InventoryMoveQuantitiesInput;
  key: string;
}>;


export type InventoryMoveQuantitiesMutation = { readonly inventoryMoveQuantities: { readonly inventoryAdjustmentGroup: { readonly createdAt: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: InventoryMoveQuantitiesUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type InventorySetQuantitiesMutationVariables = Exact<{
  input: InventorySetQuantitiesInput;
  key: string;
}>;


export type InventorySetQuantitiesMutation = { readonly inventorySetQuantities: { readonly inventoryAdjustmentGroup: { readonly createdAt: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: InventorySetQuantitiesUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type LimitsReadQueryVariables = Exact<{ [key: string]: never; }>;


export type LimitsReadQuery = { readonly shop: { readonly id: string } };

export type LocationLocalPickupDisableMutationVariables = Exact<{
  locationId: string;
}>;


export type LocationLocalPickupDisableMutation = { readonly locationLocalPickupDisable: { readonly locationId: string | null, readonly userErrors: ReadonlyArray<{ readonly code: DeliveryLocationLocalPickupSettingsErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type LocationLocalPickupEnableMutationVariables = Exact<{
  localPickupSettings: DeliveryLocationLocalPickupEnableInput;
}>;


export type LocationLocalPickupEnableMutation = { readonly locationLocalPickupEnable: { readonly localPickupSettings: { readonly pickupTime: DeliveryLocalPickupTime, readonly instructions: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: DeliveryLocationLocalPickupSettingsErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type LocationsReadQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type LocationsReadQuery = { readonly locations: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly isActive: boolean, readonly fulfillsOnlineOrders: boolean, readonly shipsInventory: boolean, readonly isFulfillmentService: boolean, readonly address: { readonly address1: string | null, readonly city: string | null, readonly zip: string | null, readonly countryCode: string | null, readonly provinceCode: string | null, readonly latitude: number | null, readonly longitude: number | null }, readonly localPickupSettingsV2: { readonly pickupTime: DeliveryLocalPickupTime, readonly instructions: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type MetafieldDefinitionCreateMutationVariables = Exact<{
  definition: MetafieldDefinitionInput;
}>;


export type MetafieldDefinitionCreateMutation = { readonly metafieldDefinitionCreate: { readonly createdDefinition: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: MetafieldDefinitionCreateUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type MetafieldDefinitionUpdateMutationVariables = Exact<{
  definition: MetafieldDefinitionUpdateInput;
}>;


export type MetafieldDefinitionUpdateMutation = { readonly metafieldDefinitionUpdate: { readonly updatedDefinition: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: MetafieldDefinitionUpdateUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type MetafieldDefinitionsReadQueryVariables = Exact<{
  ownerType: MetafieldOwnerType;
}>;


export type MetafieldDefinitionsReadQuery = { readonly metafieldDefinitions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly key: string, readonly type: { readonly name: string }, readonly access: { readonly storefront: MetafieldStorefrontAccess | null, readonly customerAccount: MetafieldCustomerAccountAccess }, readonly capabilities: { readonly cartToOrderCopyable: { readonly enabled: boolean } } }> } };

export type MetafieldsSetMutationVariables = Exact<{
  metafields: ReadonlyArray<MetafieldsSetInput> | MetafieldsSetInput;
}>;


export type MetafieldsSetMutation = { readonly metafieldsSet: { readonly metafields: ReadonlyArray<{ readonly id: string, readonly key: string, readonly updatedAt: string }> | null, readonly userErrors: ReadonlyArray<{ readonly code: MetafieldsSetUserErrorCode | null, readonly field: ReadonlyArray<string> | null, readonly message: string, readonly elementIndex: number | null }> } | null };

export type OrderAddressUpdateMutationVariables = Exact<{
  input: OrderInput;
}>;


export type OrderAddressUpdateMutation = { readonly orderUpdate: { readonly order: { readonly id: string, readonly updatedAt: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type OrderCarrierEventsReadQueryVariables = Exact<{
  id: string;
  fulfillments: number;
  events: number;
}>;


export type OrderCarrierEventsReadQuery = { readonly order: { readonly id: string, readonly fulfillments: ReadonlyArray<{ readonly id: string, readonly events: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly status: FulfillmentEventStatus, readonly happenedAt: string, readonly estimatedDeliveryAt: string | null }> } }> } | null };

export type OrderEditBeginMutationVariables = Exact<{
  id: string;
}>;


export type OrderEditBeginMutation = { readonly orderEditBegin: { readonly calculatedOrder: { readonly id: string, readonly lineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly quantity: number, readonly sku: string | null, readonly variant: { readonly id: string } | null }> } } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type OrderEditCommitMutationVariables = Exact<{
  id: string;
  notifyCustomer?: boolean | null | undefined;
  staffNote?: string | null | undefined;
}>;


export type OrderEditCommitMutation = { readonly orderEditCommit: { readonly order: { readonly id: string, readonly updatedAt: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type OrderEditSetQuantityMutationVariables = Exact<{
  id: string;
  lineItemId: string;
  quantity: number;
  restock?: boolean | null | undefined;
}>;


export type OrderEditSetQuantityMutation = { readonly orderEditSetQuantity: { readonly calculatedLineItem: { readonly id: string, readonly quantity: number } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type OrderEtaClassesReadQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type OrderEtaClassesReadQuery = { readonly order: { readonly lineItems: { readonly nodes: ReadonlyArray<{ readonly requiresShipping: boolean, readonly variant: { readonly eta: { readonly value: string, readonly updatedAt: string } | null } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type OrderFulfillmentIdsReadQueryVariables = Exact<{
  id: string;
}>;


export type OrderFulfillmentIdsReadQuery = { readonly order: { readonly fulfillments: ReadonlyArray<{ readonly id: string }> } | null };

export type OrderFulfillmentOrdersReadQueryVariables = Exact<{
  id: string;
  after: string;
}>;


export type OrderFulfillmentOrdersReadQuery = { readonly order: { readonly fulfillmentOrders: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly status: FulfillmentOrderStatus, readonly assignedLocation: { readonly location: { readonly id: string } | null }, readonly deliveryMethod: { readonly methodType: DeliveryMethodType } | null, readonly fulfillmentHolds: ReadonlyArray<{ readonly reason: FulfillmentHoldReason }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type OrderFulfillmentsReadQueryVariables = Exact<{
  id: string;
  fulfillments: number;
  lines: number;
}>;


export type OrderFulfillmentsReadQuery = { readonly order: { readonly id: string, readonly fulfillments: ReadonlyArray<{ readonly id: string, readonly status: FulfillmentStatus, readonly displayStatus: FulfillmentDisplayStatus | null, readonly createdAt: string, readonly location: { readonly id: string } | null, readonly trackingInfo: ReadonlyArray<{ readonly company: string | null, readonly number: string | null, readonly url: string | null }>, readonly fulfillmentLineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly quantity: number | null, readonly lineItem: { readonly id: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } }> } | null };

export type OrderIntakeReadQueryVariables = Exact<{
  id: string;
}>;


export type OrderIntakeReadQuery = { readonly order: { readonly id: string, readonly name: string, readonly createdAt: string, readonly updatedAt: string, readonly cancelledAt: string | null, readonly closedAt: string | null, readonly test: boolean, readonly sourceName: string | null, readonly currencyCode: CurrencyCode, readonly presentmentCurrencyCode: CurrencyCode, readonly displayFinancialStatus: OrderDisplayFinancialStatus | null, readonly paymentGatewayNames: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly customerLocale: string | null, readonly email: string | null, readonly phone: string | null, readonly cartToken: string | null, readonly checkoutToken: string | null, readonly totalPriceSet: { readonly shopMoney: { readonly amount: string } }, readonly risk: { readonly recommendation: OrderRiskRecommendationResult }, readonly customAttributes: ReadonlyArray<{ readonly key: string, readonly value: string | null }>, readonly shippingAddress: { readonly name: string | null, readonly address1: string | null, readonly address2: string | null, readonly city: string | null, readonly provinceCode: string | null, readonly zip: string | null, readonly countryCodeV2: CountryCode | null, readonly phone: string | null } | null, readonly shippingLines: { readonly nodes: ReadonlyArray<{ readonly code: string | null, readonly title: string, readonly source: string | null, readonly carrierIdentifier: string | null, readonly deliveryCategory: string | null }> }, readonly promise: { readonly value: string, readonly updatedAt: string } | null, readonly lineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly sku: string | null, readonly title: string, readonly quantity: number, readonly unfulfilledQuantity: number, readonly requiresShipping: boolean, readonly variant: { readonly id: string } | null, readonly originalUnitPriceSet: { readonly shopMoney: { readonly amount: string } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } }, readonly fulfillmentOrders: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly status: FulfillmentOrderStatus, readonly assignedLocation: { readonly location: { readonly id: string } | null }, readonly deliveryMethod: { readonly methodType: DeliveryMethodType } | null, readonly fulfillmentHolds: ReadonlyArray<{ readonly reason: FulfillmentHoldReason }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } }, readonly fulfillments: ReadonlyArray<{ readonly id: string, readonly status: FulfillmentStatus, readonly createdAt: string, readonly location: { readonly id: string } | null, readonly fulfillmentLineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly quantity: number | null, readonly lineItem: { readonly id: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } }> } | null };

export type OrderLinesReadQueryVariables = Exact<{
  id: string;
  after: string;
}>;


export type OrderLinesReadQuery = { readonly order: { readonly lineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly sku: string | null, readonly title: string, readonly quantity: number, readonly unfulfilledQuantity: number, readonly requiresShipping: boolean, readonly variant: { readonly id: string } | null, readonly originalUnitPriceSet: { readonly shopMoney: { readonly amount: string } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type OrderPartsReadQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
}>;


export type OrderPartsReadQuery = { readonly order: { readonly fulfillmentOrders: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly status: FulfillmentOrderStatus, readonly assignedLocation: { readonly location: { readonly id: string } | null }, readonly deliveryMethod: { readonly methodType: DeliveryMethodType } | null, readonly lineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly totalQuantity: number, readonly remainingQuantity: number, readonly lineItem: { readonly id: string }, readonly variant: { readonly id: string } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type OrderWorkReadQueryVariables = Exact<{
  id: string;
  orders: number;
  lines: number;
}>;


export type OrderWorkReadQuery = { readonly order: { readonly id: string, readonly cancelledAt: string | null, readonly fulfillmentOrders: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly status: FulfillmentOrderStatus, readonly requestStatus: FulfillmentOrderRequestStatus, readonly fulfillBy: string | null, readonly supportedActions: ReadonlyArray<{ readonly action: FulfillmentOrderAction }>, readonly assignedLocation: { readonly location: { readonly id: string } | null }, readonly deliveryMethod: { readonly methodType: DeliveryMethodType } | null, readonly fulfillmentHolds: ReadonlyArray<{ readonly id: string, readonly handle: string | null, readonly reason: FulfillmentHoldReason, readonly heldByRequestingApp: boolean }>, readonly lineItems: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly totalQuantity: number, readonly remainingQuantity: number, readonly inventoryItemId: string | null, readonly lineItem: { readonly id: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } }>, readonly pageInfo: { readonly hasNextPage: boolean } } } | null };

export type OrdersUpdatedReadQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  query: string;
}>;


export type OrdersUpdatedReadQuery = { readonly orders: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly updatedAt: string }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ProductVariantsReadQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  query?: string | null | undefined;
}>;


export type ProductVariantsReadQuery = { readonly productVariants: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly sku: string | null, readonly displayName: string, readonly requiresComponents: boolean, readonly product: { readonly id: string, readonly productType: string, readonly tags: ReadonlyArray<string> }, readonly inventoryItem: { readonly id: string, readonly tracked: boolean, readonly requiresShipping: boolean, readonly measurement: { readonly weight: { readonly unit: WeightUnit, readonly value: number } | null } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ShopReadQueryVariables = Exact<{ [key: string]: never; }>;


export type ShopReadQuery = { readonly shop: { readonly id: string, readonly name: string, readonly myshopifyDomain: string, readonly url: string, readonly ianaTimezone: string, readonly currencyCode: CurrencyCode, readonly plan: { readonly publicDisplayName: string, readonly shopifyPlus: boolean, readonly partnerDevelopment: boolean }, readonly config: { readonly value: string } | null }, readonly shopLocales: ReadonlyArray<{ readonly locale: string, readonly primary: boolean }> };

export type WebhookSubscriptionCreateMutationVariables = Exact<{
  topic: WebhookSubscriptionTopic;
  webhookSubscription: WebhookSubscriptionInput;
}>;


export type WebhookSubscriptionCreateMutation = { readonly webhookSubscriptionCreate: { readonly webhookSubscription: { readonly id: string } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string }> } | null };

export type WebhookSubscriptionsReadQueryVariables = Exact<{
  topics?: ReadonlyArray<WebhookSubscriptionTopic> | WebhookSubscriptionTopic | null | undefined;
  uri: string;
}>;


export type WebhookSubscriptionsReadQuery = { readonly webhookSubscriptions: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly topic: WebhookSubscriptionTopic }> } };
