/** See tables.mjs. */
import type { Language } from './lib/i18n.ts';

export const LACKING: readonly Language[];
export function tablesOf(language: string): Record<string, string>;
