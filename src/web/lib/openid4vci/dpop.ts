import { encodeBase64Url } from '../base64url.ts';
import { sha256 } from '../bytes.ts';
import { signJws } from '../jws.ts';
import { bareJwk, type SigningKey } from '../keys.ts';
import { errorCode, send, type Reply } from '../net.ts';
import type { Outside } from '../outside.ts';

/** Sends POSTs with proofs of possession of `key` (RFC 9449). Where the server asks for a nonce of its own, the request is made once more with it. */
export function boundSend(key: SigningKey): typeof send {
  let nonce: string | undefined;
  return async (url, sending, outside, maxBytes) => {
    for (let again = false; ; again = true) {
      const used = nonce;
      const reply = await send(url, { ...sending, dpop: await proofOf(key, url, sending.token, used, outside) }, outside, maxBytes);
      nonce = reply.nonce ?? nonce;
      if (again || nonce === used || !wantsNonce(reply)) return reply;
    }
  };
}

// §8 and §9: 400 with this code from the authorization server; 401, with the code in a header that pages of other origins may not see, from the issuer.
const wantsNonce = (reply: Reply): boolean => reply.status === 401 || (reply.status === 400 && errorCode(reply) === 'use_dpop_nonce');

async function proofOf(key: SigningKey, url: string, token: string | undefined, nonce: string | undefined, outside: Outside): Promise<string> {
  const { origin, pathname } = new URL(url);
  return signJws({ typ: 'dpop+jwt', jwk: bareJwk(key.publicJwk) }, {
    jti: encodeBase64Url(outside.random(16)), htm: 'POST', htu: origin + pathname, iat: outside.now(),
    ...(token !== undefined && { ath: encodeBase64Url(await sha256(token)) }), ...(nonce !== undefined && { nonce }),
  }, key);
}
