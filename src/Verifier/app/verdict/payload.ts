import { decodeBase64Url } from '../../../web/lib/base64url.ts';
import { fromUtf8 } from '../../../web/lib/bytes.ts';

export interface ReceiptPayload { readonly iss: string; readonly jti: string; readonly checked_at: number; readonly purpose?: string; readonly shown: readonly string[]; readonly outcome: string; readonly reason: string }

/** What a receipt says: our own service's word, had from it a moment ago, so read and not verified. */
export const payloadOf = (receipt: string): ReceiptPayload => JSON.parse(fromUtf8(decodeBase64Url(receipt.split('.')[1]!))) as ReceiptPayload;
