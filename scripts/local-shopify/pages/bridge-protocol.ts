/** What the page inside the app frame and the admin around it say to each other. */
export type FromApp =
  | { kept: 'ask-token'; id: number }
  | { kept: 'toast'; text: string; isError: boolean }
  | { kept: 'nav'; links: { href: string; text: string }[] }
  | { kept: 'title'; text: string }
  | { kept: 'moved'; path: string };

export type ToApp = { kept: 'token'; id: number; token: string } | { kept: 'go'; path: string };

export function isFromApp(value: unknown): value is FromApp {
  return value !== null && typeof value === 'object' && 'kept' in value;
}
