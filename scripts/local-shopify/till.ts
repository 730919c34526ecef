/** The till as the page's server describes it. */
export type Till = {
  shopId: number;
  shopDomain: string;
  userId: number;
  staffMemberId: number | null;
  locationId: number;
  deviceId: number;
  deviceName: string;
  currency: string;
  language: string;
  isOnline: boolean;
};
