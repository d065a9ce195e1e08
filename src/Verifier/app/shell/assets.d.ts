/** Made by build.mjs. */
declare module 'verifier:assets' {
  /** File of the scanner, loaded when a code is first to be read. */
  export const SCANNER: string;
  /** File of the decoder for dense codes in poor light. */
  export const STRONG: string;
  /** File of checking without a network. */
  export const OFFLINE: string;
  /** File of collecting a proof for later. */
  export const EXIT: string;
  /** File of the page that shows the ledger; and language tag → file of its texts, for the languages that it has. */
  export const TRANSPARENCY: string;
  export const TRANSPARENCY_STRINGS: Readonly<Record<string, string>>;
  /** Language tag → file of its texts; English travels in the page. */
  export const STRINGS: Readonly<Record<string, string>>;
  export const ENGLISH: Readonly<Record<string, string>>;
  /** Language tag → file of its letters, for devices without them, and two of its signs to find that out. */
  export const LETTERS: Readonly<Record<string, { readonly file: string; readonly sample: string }>>;
  /** Language tag → file of its spoken prompts; and the names of all prompts. */
  export const VOICES: Readonly<Record<string, string>>;
  export const SPOKEN: readonly string[];
}

declare module 'verifier:data' {
  /** Every file of src/Credentials/Types. */
  export const TYPES: readonly import('../../../web/lib/types.ts').TypeDefinition[];
  /** Every file of src/Verifier/Policies/Templates. */
  export const TEMPLATES: readonly {
    readonly name: string;
    readonly texts: { readonly en: { readonly title: string; readonly description: string } };
    /** `values`: claims that must have one of these. */
    readonly credentials: readonly { readonly type: string; readonly values?: Readonly<Record<string, readonly (string | number | boolean)[]>> }[];
  }[];
}
