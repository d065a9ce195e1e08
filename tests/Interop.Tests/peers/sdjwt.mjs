// SD-JWT by two independent implementations, one batch of documents in, one batch of answers out.
import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import { digest, generateSalt } from '@sd-jwt/crypto-nodejs';
import { issueSDJWT, verifySDJWT } from '@meeco/sd-jwt';
import { checks } from './callbacks.mjs';
import { answer } from './io.mjs';

const es256 = jwk => data => sign('sha256', Buffer.from(data), { key: createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }).toString('base64url');
const hash = data => createHash('sha256').update(data).digest('base64url');

const peers = {
  '@sd-jwt': {
    issue: (item, key) => new SDJwtInstance({ hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt, signer: es256(key), signAlg: 'ES256' })
      .issue(item.claims, item.frame),
    verify: async (text, key, binding) => {
      const peer = new SDJwtInstance({
        hasher: digest, verifier: checks(key),
        ...(binding && { kbVerifier: (data, signature, payload) => checks(payload.cnf.jwk)(data, signature) }),
      });
      const result = await peer.verify(text, binding && { keyBindingNonce: binding.nonce });
      return { claims: result.payload, ...(result.kb && { kb: result.kb.payload }) };
    },
    present: (item, issuerKey) => new SDJwtInstance({ hasher: digest, kbSigner: es256(item.holder), kbSignAlg: 'ES256' })
      .present(item.text, item.show, item.binding && { kb: { payload: item.binding } }),
  },
  '@meeco': {
    issue: (item, key) => issueSDJWT({ alg: 'ES256', typ: 'dc+sd-jwt' }, structuredClone(item.claims), item.frame, {
      hash: { alg: 'sha-256', callback: hash }, generateSalt: () => randomBytes(16).toString('base64url'),
      signer: (header, payload) => es256(key)(`${part(header)}.${part(payload)}`),
    }),
    verify: async (text, key) => ({
      claims: await verifySDJWT(text, jwt => {
        const [header, payload, signature] = jwt.split('.');
        return checks(key)(`${header}.${payload}`, signature);
      }, () => hash),
    }),
  },
};

const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');

async function each({ peer, act, items, key }) {
  const answers = [];
  for (const item of items) {
    try {
      const made = act === 'verify' ? await peers[peer].verify(item.text, key, item.binding) : await peers[peer][act](item, key);
      answers.push(typeof made === 'string' ? { text: made } : made);
    } catch (fault) {
      answers.push({ refused: `${fault.name}: ${fault.message}` });
    }
  }
  return { answers };
}

await answer({ each });
