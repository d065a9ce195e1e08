/** Codes of other systems, told by how they begin: a mobile driving licence, health certificates, other wallets' messages and identifiers. */
export const isForeign = (text: string): boolean => /^(mdoc(-openid4vp)?:|HC1:|shc:\/|did:|didcomm:|iden3comm:|eudi-wallet:|VC1-|NPX?\d:|WIFI:|BEGIN:VCARD|MECARD:|tel:|mailto:|sms(to)?:|geo:|bitcoin:|ethereum:)/i.test(text.trim());
