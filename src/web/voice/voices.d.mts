/** See voices.mjs. */
export const SILENT: readonly string[];
export function promptsOf(app: string, strings: Readonly<Record<string, string>>): Promise<Record<string, string[]>>;
export function voiceOf(language: string, prompts: Readonly<Record<string, readonly string[]>>, strings: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer> | undefined>;
