/** Made by build.mjs. */
declare module 'wallet:assets' {
  /** Language tag → file of its texts. */
  export const STRINGS: Readonly<Record<string, string>>;
  /** File of the scanner, loaded when the camera is first needed. */
  export const SCANNER: string;
  /** File that draws QR codes, loaded when one is first shown. */
  export const DRAWING: string;
  /** File of the flow by an organisation's own page. */
  export const PAGE: string;
}

declare module 'wallet:types' {
  /** Every file of src/Credentials/Types. */
  export const TYPES: readonly import('../../../web/lib/types.ts').TypeDefinition[];
}
