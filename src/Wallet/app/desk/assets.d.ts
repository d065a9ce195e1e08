/** Made by build.mjs: addresses from the root, and what they are for (shell/assets.d.ts). */
declare module 'desk:assets' {
  export const STRONG: string;
  export const VOICES: Readonly<Record<string, string>>;
  export const LETTERS: Readonly<Record<string, { readonly file: string; readonly sample: string }>>;
}
