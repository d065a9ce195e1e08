/** Made by build.mjs. */
declare module 'wallet:assets' {
  /** Language tag → file of its texts. */
  export const STRINGS: Readonly<Record<string, string>>;
  /** Language tag → file of its letters, for devices without them, and two of its signs to find that out. */
  export const LETTERS: Readonly<Record<string, { readonly file: string; readonly sample: string }>>;
  /** Language tag → file of its spoken prompts; and the names of all prompts. */
  export const VOICES: Readonly<Record<string, string>>;
  export const SPOKEN: readonly string[];
  /** File of the scanner, loaded when the camera is first needed. */
  export const SCANNER: string;
  /** File of the decoder for dense codes in poor light. */
  export const STRONG: string;
  /** File that draws QR codes, loaded when one is first shown. */
  export const DRAWING: string;
  export const HISTORY: string;
  /** File of the flow by an organisation's own page. */
  export const PAGE: string;
  /** File that fetches more copies. */
  export const MORE: string;
  /** File of what can be printed: the check when it is received, and the page. */
  export const PAPER: string;
  /** File of its style. */
  export const PAPER_STYLE: string;
  /** File of the screens of work contracts. */
  export const CONTRACTS: string;
  /** File of the screens that show without being asked. */
  export const ROLLING: string;
  /** File of the screens for a shared phone and a guarded history. */
  export const PRIVACY: string;
  /** File of the screens for a lost phone. */
  export const RECOVERY: string;
}

/** Hands the page's own modules to parts that are loaded later. */
declare module 'wallet:shared';

declare module 'wallet:types' {
  /** Every file of src/Credentials/Types. */
  export const TYPES: readonly import('../../../web/lib/types.ts').TypeDefinition[];
}
