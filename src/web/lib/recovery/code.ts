/** The 128 bits of a recovery sheet and what follows from them (docs/recovery.md). Mirrors RecoveryCode.cs; both are held to one vector. */
import { encodeBase64Url } from '../base64url.ts';
import { fromHex, sha256, toHex, utf8, type Bytes } from '../bytes.ts';
import { refuse } from '../refusal.ts';

export const CODE_LENGTH = 16;
const QR_PREFIX = 'IDR:';

/** The code as a key that scripts can use and not read: what a wallet keeps of its sheet. */
export type SheetKey = CryptoKey;

export const sheetKey = (code: Bytes): Promise<SheetKey> => crypto.subtle.importKey('raw', code, 'HKDF', false, ['deriveBits']);

async function derive(sheet: SheetKey, purpose: string): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(`identity-recovery ${purpose}`) }, sheet, 256));
}

/** Where the list is kept. */
export const listId = async (sheet: SheetKey): Promise<string> => encodeBase64Url(await derive(sheet, 'list id'));
/** Reads the list and begins a recovery. */
export const listToken = async (sheet: SheetKey): Promise<string> => encodeBase64Url(await derive(sheet, 'list token'));
/** Opens the list. */
export const listKey = async (sheet: SheetKey): Promise<CryptoKey> => crypto.subtle.importKey('raw', await derive(sheet, 'list key'), 'AES-GCM', false, ['encrypt', 'decrypt']);
/** Proves the sheet to one issuer, which keeps its SHA-256. */
export const issuerSecret = (sheet: SheetKey, issuer: string): Promise<Bytes> => derive(sheet, `issuer ${issuer}`);
/** By which the issuer knows whose recovery an attestation is about. */
export const tagFor = async (sheet: SheetKey, issuer: string): Promise<string> => encodeBase64Url(await sha256(`identity-recovery tag\n${await listId(sheet)}\n${issuer}`));

export const toQrText = (code: Bytes): string => QR_PREFIX + toHex(code).toUpperCase();

/** Refusal `malformed` for anything but the text of a sheet's QR. */
export function fromQrText(text: string): Bytes {
  if (!isSheetCode(text)) refuse('malformed', 'sheet');
  return fromHex(text.slice(QR_PREFIX.length));
}

/** Whether a scanned text is that of a recovery sheet. */
export const isSheetCode = (text: string): boolean => /^IDR:[0-9A-F]{32}$/.test(text);

/** The text of a QR of the nine digits by which a desk finds a recovery; no secret. */
export const toNumberText = (number: string): string => `IDN:${number}`;

/** The nine digits of such a text, or undefined. */
export const numberOf = (text: string): string | undefined => /^IDN:(\d{9})$/.exec(text)?.[1];
