/** The few parts of the WebAssembly API the engine uses: Node has it, its types leave it to the DOM library. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Global {
    readonly value: number | bigint;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
}
