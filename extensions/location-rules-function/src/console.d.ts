/** The only host object a Function may use besides the language: see Shopify's JavaScript Functions reference. */
declare const console: { log(...parts: unknown[]): void; error(...parts: unknown[]): void };
