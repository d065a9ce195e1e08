/** See voices.mjs. */
export const INSTEAD: Readonly<Record<string, string>>;
export function promptsOf(app: string, strings: Readonly<Record<string, string>>): Promise<Record<string, string[]>>;
export function voiceOf(language: string, prompts: Readonly<Record<string, readonly string[]>>, texts: Readonly<Record<string, Readonly<Record<string, string>>>>, recordings?: string): Promise<Uint8Array<ArrayBuffer>>;
