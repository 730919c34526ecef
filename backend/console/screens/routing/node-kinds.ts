/** Kinds of places, as routing settings name them. */
export const KINDS = ['warehouse', 'store', '3pl'] as const;
