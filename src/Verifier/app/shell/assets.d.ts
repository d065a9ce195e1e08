/** Made by build.mjs. */
declare module 'verifier:assets' {
  /** File of the scanner, loaded when a code is first to be read. */
  export const SCANNER: string;
  /** File of checking without a network. */
  export const OFFLINE: string;
  /** Language tag → file of its texts; English travels in the page. */
  export const STRINGS: Readonly<Record<string, string>>;
  export const ENGLISH: Readonly<Record<string, string>>;
}

declare module 'verifier:data' {
  /** Every file of src/Credentials/Types. */
  export const TYPES: readonly import('../../../web/lib/types.ts').TypeDefinition[];
  /** Every file of src/Verifier/Policies/Templates. */
  export const TEMPLATES: readonly {
    readonly name: string;
    readonly texts: Readonly<Record<string, { readonly title: string; readonly description: string; readonly purpose: string }>>;
    readonly credentials: readonly { readonly type: string }[];
  }[];
}
