// What @openid4vc asks its user to bring: hashing, signing, encrypting, over node:crypto and jose.
import { createHash, createPublicKey, randomBytes, verify, X509Certificate } from 'node:crypto';
import * as jose from 'jose';
import { clientAuthenticationAnonymous, clientAuthenticationNone } from '@openid4vc/oauth2';

export const newKey = async (alg = 'ES256') => {
  const pair = await jose.generateKeyPair(alg === 'EdDSA' ? 'Ed25519' : alg, { extractable: true });
  return { alg, privateJwk: await jose.exportJWK(pair.privateKey), publicJwk: await jose.exportJWK(pair.publicKey) };
};

export const sign = async (key, header, payload) =>
  new jose.SignJWT(payload).setProtectedHeader(header).sign(await jose.importJWK(key.privateJwk, key.alg));

/** ES256 by a public JWK, as @sd-jwt asks for it. */
export const checks = jwk => (data, signature) => verify('sha256', Buffer.from(data), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));

/** @param keys every private key that the wallet has; the signer is found by its public x. */
export const callbacks = (keys, clientId) => ({
  hash: (data, alg) => createHash(alg.replace('-', '').toLowerCase()).update(data).digest(),
  generateRandom: length => randomBytes(length),
  clientAuthentication: clientId ? clientAuthenticationNone({ clientId }) : clientAuthenticationAnonymous(),
  signJwt: async (signer, { header, payload }) => {
    const key = signer.method === 'did' ? keys.find(k => k.didUrl === signer.didUrl) : keys.find(k => k.publicJwk.x === signer.publicJwk.x);
    return { jwt: await sign(key, header, payload), signerJwk: key.publicJwk };
  },
  verifyJwt: async (signer, { compact }) => {
    const jwk = signer.method === 'x5c' ? new X509Certificate(Buffer.from(signer.x5c[0], 'base64')).publicKey.export({ format: 'jwk' }) : signer.publicJwk;
    if (!jwk) return { verified: false };
    try {
      await jose.compactVerify(compact, await jose.importJWK(jwk, signer.alg));
      return { verified: true, signerJwk: jwk };
    } catch {
      return { verified: false };
    }
  },
  encryptJwe: async (encryptor, data) => ({
    encryptionJwk: encryptor.publicJwk,
    jwe: await new jose.CompactEncrypt(Buffer.from(data))
      .setProtectedHeader({ alg: encryptor.alg, enc: encryptor.enc, kid: encryptor.publicJwk.kid })
      .encrypt(await jose.importJWK(encryptor.publicJwk, encryptor.alg)),
  }),
  decryptJwe: async jwe => {
    const kid = jose.decodeProtectedHeader(jwe).kid;
    const key = keys.find(k => k.publicJwk.kid === kid) ?? keys.find(k => k.encrypts);
    const { plaintext } = await jose.compactDecrypt(jwe, await jose.importJWK(key.privateJwk, 'ECDH-ES'));
    return { decrypted: true, decryptionJwk: key.publicJwk, payload: Buffer.from(plaintext).toString() };
  },
  getX509CertificateMetadata: certificate => {
    const names = new X509Certificate(Buffer.from(certificate, 'base64')).subjectAltName ?? '';
    return {
      sanDnsNames: names.split(', ').filter(n => n.startsWith('DNS:')).map(n => n.slice(4)),
      sanUriNames: names.split(', ').filter(n => n.startsWith('URI:')).map(n => n.slice(4)),
    };
  },
});
