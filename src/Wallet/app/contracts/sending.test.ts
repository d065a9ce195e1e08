import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealContracts, type Engagement, type SealedBundle } from '../../../web/lib/contract/share.ts';
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { Internet, status } from '../../../web/lib/testkit/internet.ts';
import { shownBundles } from '../store/contracts.ts';
import { useSpace } from '../store/db.ts';
import { sendShown, takeBack } from './sending.ts';

new MemoryDatabases().install();
const ADDRESS = 'https://audit.example/api/engagements/one';
const FACTS = { auditor: 'Auditor', purpose: 'Wages', until: 1_800_000_000, at: 1, contracts: 1 };

/** An auditor who has a bundle, or not, whatever the phone is told. */
class Auditor extends Internet {
  readonly has = new Set<string>();
  answers: 'at once' | 'never' | 'no' = 'at once';

  constructor() {
    super();
    useSpace(crypto.randomUUID());
    this.at(`${ADDRESS}/bundles`, ({ body }) => {
      if (this.answers === 'no') return status(400, { error: 'other_site' });
      this.has.add((JSON.parse(body) as { id: string }).id);
      if (this.answers === 'never') throw new TypeError('the connection is gone');
      return status(204);
    });
  }

  async sealed(): Promise<SealedBundle> {
    const engagement: Engagement = { address: ADDRESS, auditor: 'Auditor', purpose: 'Wages', sites: [], until: FACTS.until, key: (await signingKey(await generateKeyPair())).publicJwk, demonstration: true };
    const sealed = await sealContracts(engagement, [], this);
    return this.at(`https://audit.example/api/bundles/${sealed.id}/withdrawal`, () => (this.has.delete(sealed.id) ? status(204) : status(404, { error: 'bundle_unknown' }))) && sealed;
  }
}

test('what is shown to an auditor stands on the phone as shown', async () => {
  const auditor = new Auditor();
  await sendShown(await auditor.sealed(), FACTS, false, auditor);
  assert.deepEqual((await shownBundles()).map(({ auditor: name, perhaps, withdrawn }) => [name, perhaps ?? false, withdrawn]), [['Auditor', false, false]]);
});

test('contracts that arrived while the answer was lost stand on the phone, and can be taken back', async () => {
  const auditor = new Auditor();
  auditor.answers = 'never';
  await assert.rejects(sendShown(await auditor.sealed(), FACTS, false, auditor), { code: 'unreachable' });
  const [shown] = await shownBundles();
  assert.deepEqual([auditor.has.size, shown?.perhaps], [1, true]);

  await takeBack(shown!, auditor);
  assert.deepEqual([auditor.has.size, (await shownBundles())[0]?.withdrawn], [0, true]);
});

test('sent again it is the same bundle, and certain', async () => {
  const auditor = new Auditor();
  const sealed = await auditor.sealed();
  auditor.answers = 'never';
  await assert.rejects(sendShown(sealed, FACTS, false, auditor));
  auditor.answers = 'at once';
  await sendShown(sealed, FACTS, true, auditor);
  assert.deepEqual([auditor.has.size, (await shownBundles()).map(({ perhaps }) => perhaps ?? false)], [1, [false]]);
});

test('what never arrived is forgotten when it is taken back', async () => {
  const auditor = new Auditor();
  auditor.answers = 'never';
  await assert.rejects(sendShown(await auditor.sealed(), FACTS, false, auditor));
  auditor.has.clear();
  await takeBack((await shownBundles())[0]!, auditor);
  assert.deepEqual(await shownBundles(), []);
});

test('what is certain to be there and is not known there stays on the phone', async () => {
  const auditor = new Auditor();
  await sendShown(await auditor.sealed(), FACTS, false, auditor);
  auditor.has.clear();
  await assert.rejects(takeBack((await shownBundles())[0]!, auditor), { code: 'contract_refused' });
  assert.equal((await shownBundles()).length, 1);
});

test('what the auditor refuses leaves no line, unless it may have arrived before', async () => {
  const auditor = new Auditor();
  auditor.answers = 'no';
  await assert.rejects(sendShown(await auditor.sealed(), FACTS, false, auditor), { code: 'contract_refused' });
  assert.deepEqual(await shownBundles(), []);

  const sealed = await auditor.sealed();
  auditor.answers = 'never';
  await assert.rejects(sendShown(sealed, FACTS, false, auditor));
  auditor.answers = 'no';
  await assert.rejects(sendShown(sealed, FACTS, true, auditor));
  assert.deepEqual((await shownBundles()).map(({ perhaps }) => perhaps), [true]);
});
