/** The few parts of the WebAssembly API the engine uses: Node has it, its types leave it to the DOM library. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    readonly exports: { readonly [name: string]: unknown };
    constructor(module: Module);
  }
  class Global {
    readonly value: number | bigint;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
}
