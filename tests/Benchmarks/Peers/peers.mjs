// The work of the benchmarks by public npm packages: rates per second, as JSON.
import { createHash, createPublicKey, verify as check } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SDJwtInstance } from '@sd-jwt/core';
import { ES256, digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { verifySDJWT } from '@meeco/sd-jwt';
import { compactVerify, importJWK } from 'jose';

const { milliseconds, nonce, issuer, secret, shown6, shown12, claims } = JSON.parse(readFileSync(0, 'utf8'));

async function perSecond(work) {
  const run = async until => {
    const begin = performance.now();
    let done = 0;
    while (performance.now() - begin < until) await work(done++);
    return (done * 1000) / (performance.now() - begin);
  };
  await run(milliseconds / 4);
  return run(milliseconds);
}

const kept = await ES256.getVerifier(issuer);
// The package for SD-JWT VC adds the fetching of status lists, which is not what is compared here.
const vc = new SDJwtInstance({
  hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, signer: await ES256.getSigner(secret), signAlg: 'ES256', verifier: kept,
  kbVerifier: async (data, signature, payload) => (await ES256.getVerifier(payload.cnf.jwk))(data, signature),
});
const names = Object.keys(claims);
const issue = () => vc.issue({ iss: 'http://localhost:5001/bench', iat: 1700000000, vct: 'urn:identity:qualification:1', cnf: { jwk: issuer }, ...claims }, { _sd: names });

// The second library checks no key binding: its callback does, for the same work.
const publicKey = createPublicKey({ key: issuer, format: 'jwk' });
const holds = (key, text) => {
  const [header, payload, signature] = text.split('.');
  return check('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
};
const second = async text => {
  const at = text.lastIndexOf('~') + 1;
  const read = await verifySDJWT(text.slice(0, at), jwt => holds(publicKey, jwt), () => data => createHash('sha256').update(data).digest('base64url'));
  if (!holds(createPublicKey({ key: read.cnf.jwk, format: 'jwk' }), text.slice(at))) throw new Error('key binding');
};

const joseKey = await importJWK(issuer, 'ES256');
const jwt = shown6[0].split('~')[0];
const rates = {
  'sd-jwt-verify-kb-6': await perSecond(i => vc.verify(shown6[i % shown6.length], { keyBindingNonce: nonce })),
  'sd-jwt-verify-kb-12': await perSecond(i => vc.verify(shown12[i % shown12.length], { keyBindingNonce: nonce })),
  'meeco-verify-kb-6': await perSecond(i => second(shown6[i % shown6.length])),
  'sd-jwt-issue-6': await perSecond(issue),
  'jose-verify-jws': await perSecond(() => compactVerify(jwt, joseKey)),
};
process.stdout.write(JSON.stringify(rates));
