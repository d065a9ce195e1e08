import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '../../../web/lib/bytes.ts';
import { generateKeyPair } from '../../../web/lib/keys.ts';
import { listId, sheetKey } from '../../../web/lib/recovery/code.ts';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { addCards, type Card } from '../store/cards.ts';
import { useSpace, write } from '../store/db.ts';
import { adopt, enrol, enrolment, keepUp, readList, seen, settled, untold } from './store.ts';

const databases = new MemoryDatabases().install();
Object.defineProperty(globalThis, 'location', { value: { origin: 'https://wallet.example', hostname: 'wallet.example' } });

const [DEAD, COLLEGE, MINISTRY] = ['https://dead.example', 'https://college.example', 'https://ministry.example'];

/** The service and every issuer, and the moment at which the page ends: all that leaves it or is written from then on fails. */
class World {
  readonly lists = new Map<string, { version: number; body: Bytes; replacedBy?: string; contacts: number }>();
  readonly knowing = new Set<string>();
  readonly answers = new Map<string, () => Response>();
  asked = 0;
  private steps = Infinity;

  constructor() {
    useSpace(crypto.randomUUID());
    databases.step = () => this.step();
    globalThis.fetch = (async (url: string | URL, init?: RequestInit) => {
      this.step();
      const answer = await this.answer(new URL(url), init!);
      this.step();
      return answer;
    }) as typeof fetch;
  }

  endAfter(steps: number): void { this.steps = steps; }
  /** Whether the page came to its end before that. */
  get ended(): boolean { return this.steps < 0; }

  private step(): void {
    if (--this.steps < 0) throw new TypeError('the page is gone');
  }

  private async answer(url: URL, init: RequestInit): Promise<Response> {
    const given = this.answers.get(url.origin);
    if (url.origin !== 'https://wallet.example') {
      this.asked++;
      if (url.origin === DEAD) throw new TypeError('nobody is there');
      if (url.pathname === '/nonce' && given?.().status !== 410) return Response.json({ c_nonce: 'n' });
      const answer = given?.() ?? new Response(null, { status: 204 });
      if (answer.status === 204) this.knowing.add(url.origin);
      return answer;
    }
    const [, id, what] = /lists\/([^/]+)\/?(.*)$/.exec(url.pathname)!;
    const list = this.lists.get(id!);
    if (init.method === 'PUT') {
      const version = list?.version ?? 0;
      if ((new Headers(init.headers).get('If-Match') ?? '"0"') !== `"${version}"`) return new Response(null, { status: 412 });
      this.lists.set(id!, { contacts: 0, ...list, version: version + 1, body: init.body as Bytes });
      return new Response(null, { status: 204 });
    }
    if (!list) return Response.json({ code: 'unknown' }, { status: 404 });
    if (what === 'state') return Response.json({ holder: true, replaced_at: list.replacedBy ? 1 : null, contacts: [], recovery: null });
    if (what === 'successor') {
      const next = (JSON.parse(new TextDecoder().decode(init.body as Bytes)) as { list: string }).list;
      if (this.lists.get(next)!.contacts > 0) return Response.json({ code: 'present' }, { status: 409 });
      for (const [other, one] of this.lists) if (other === id || one.replacedBy === list.replacedBy && one.replacedBy) if (other !== next) one.replacedBy = next;
      return new Response(null, { status: 204 });
    }
    return new Response(list.body, { headers: { ETag: `"${list.version}"` } });
  }

  /** A phone with one card of each of these. */
  async with(...issuers: string[]): Promise<this> {
    for (const iss of issuers) await this.card(iss);
    return this;
  }

  async card(iss: string, more: Partial<Card> = {}): Promise<void> {
    const id = crypto.randomUUID();
    await addCards([{
      card: { id, vct: 'urn:x', issuer: { iss, name: `Name of ${iss}`, demonstration: true }, claims: {}, receivedAt: 0, ...more },
      copies: [{ id: crypto.randomUUID(), card: id, order: 0, keys: await generateKeyPair(), used: 0, content: { sdJwt: '' } }],
    }], 'none');
  }
}

const code = (): Bytes => crypto.getRandomValues(new Uint8Array(16));
/** Sheets that somebody has on paper. */
const onPaper = new Set<string>();
async function makeSheet(words = code()): Promise<string> {
  const made = await enrol(words);
  onPaper.add(await listId(made.sheet));
  await seen(made);
  await keepUp(true);
  return listId(made.sheet);
}
const ofPhone = async (): Promise<string> => listId((await enrolment())!.sheet);

test('an issuer that is gone keeps nobody from a sheet, and the others know of it', async () => {
  const world = await new World().with(DEAD, COLLEGE, MINISTRY);
  await makeSheet();
  assert.deepEqual([...world.knowing].sort(), [COLLEGE, MINISTRY]);
  assert.deepEqual(await untold(), { later: [`Name of ${DEAD}`], never: [] });
});

test('the sheet is made before any issuer is asked, and an unseen one is told to none', async () => {
  const world = await new World().with(COLLEGE);
  await enrol(code());
  await keepUp(true);
  assert.deepEqual([world.asked, (await enrolment())!.unseen], [0, true]);
});

for (const status of [400, 403, 429, 500]) test(`an issuer that answers ${status} does not know of the sheet, and is told again`, async () => {
  const world = await new World().with(COLLEGE);
  world.answers.set(COLLEGE, () => Response.json({ error: 'invalid_proof' }, { status }));
  await makeSheet();
  assert.deepEqual([(await enrolment())!.anchored, (await untold()).later], [[], [`Name of ${COLLEGE}`]]);
  world.answers.clear();
  await keepUp(true);
  assert.deepEqual([[...world.knowing], await untold()], [[COLLEGE], { later: [], never: [] }]);
});

test('a copy that has ended, which is 404 with an error, is no issuer without recovery', async () => {
  const world = await new World().with(COLLEGE);
  world.answers.set(COLLEGE, () => Response.json({ error: 'unknown_copy' }, { status: 404 }));
  await makeSheet();
  assert.deepEqual(await untold(), { later: [`Name of ${COLLEGE}`], never: [] });
});

for (const page of ['', '<h1>Not found</h1>']) test(`an issuer that knows of no sheets is named apart (its page: ${page || 'none'})`, async () => {
  const world = await new World().with(COLLEGE, MINISTRY);
  world.answers.set(COLLEGE, () => new Response(page, { status: 404 }));
  await makeSheet();
  assert.deepEqual(await untold(), { later: [], never: [`Name of ${COLLEGE}`] });
  const { asked } = world;
  await keepUp();
  assert.equal(world.asked, asked);
});

test('an issuer whose card another phone had first is named with those that give none back by a sheet', async () => {
  const world = await new World().with(COLLEGE);
  world.answers.set(COLLEGE, () => Response.json({ error: 'held_elsewhere' }, { status: 409 }));
  await makeSheet();
  assert.deepEqual(await untold(), { later: [], never: [`Name of ${COLLEGE}`] });
});

test('an issuer that did not take it is left alone for a while, unless the person looks', async () => {
  const world = await new World().with('https://slow.example');
  world.answers.set('https://slow.example', () => new Response(null, { status: 503 }));
  await makeSheet();
  const { asked } = world;
  await keepUp();
  assert.equal(world.asked, asked);
  await keepUp(true);
  assert.ok(world.asked > asked);
});

test('a card that has ended is told to nobody and named nowhere', async () => {
  const world = new World();
  await world.card(COLLEGE, { status: { value: 'revoked', signedAt: 0, fetchedAt: 0 } });
  await world.card(MINISTRY, { expires: 1 });
  await makeSheet();
  assert.deepEqual([world.asked, await untold()], [0, { later: [], never: [] }]);
});

test('the list is written again when a card comes, and not because an issuer is gone', async () => {
  const world = await new World().with(DEAD);
  const words = code();
  const id = await makeSheet(words);
  await keepUp(true);
  assert.equal(world.lists.get(id)!.version, 1);
  await world.card(COLLEGE);
  await keepUp();
  assert.equal(world.lists.get(id)!.version, 2);
  assert.equal((await readList(await sheetKey(words)))!.cards.length, 2);
});

test('a second sheet may end at any step: the phone works with the list that the service counts as the newest, and says so where nobody has its code', async () => {
  for (let steps = 0, done = false; !done; steps++) {
    const world = await new World().with(COLLEGE);
    const first = await makeSheet();
    world.endAfter(steps);
    await makeSheet().catch(() => undefined);
    done = !world.ended;
    const replaced = world.lists.get(first)!.replacedBy !== undefined;
    world.endAfter(Infinity); // the next start
    await settled();
    await keepUp(true);
    const [phone, kept] = [await ofPhone(), (await enrolment())!];
    assert.equal(world.lists.get(phone)!.replacedBy, undefined, `step ${steps}`);
    assert.equal(world.lists.get(first)!.replacedBy, phone === first ? undefined : phone, `step ${steps}`);
    assert.ok(kept.unseen || onPaper.has(phone), `step ${steps}`);
    assert.equal(phone === first, !replaced, `step ${steps}`); // what the service has not replaced is good as before
    // And the next sheet can be made.
    const third = await makeSheet();
    assert.deepEqual([await ofPhone(), world.lists.get(third)!.replacedBy], [third, undefined], `step ${steps}`);
  }
});

test('a first sheet may end at any step, and is not said to be there before somebody saw it', async () => {
  for (let steps = 0, done = false; !done; steps++) {
    const world = await new World().with(COLLEGE);
    world.endAfter(steps);
    await makeSheet().catch(() => undefined);
    done = !world.ended;
    world.endAfter(Infinity);
    await keepUp(true);
    const kept = await enrolment();
    assert.ok(kept === undefined || kept.unseen || onPaper.has(await listId(kept.sheet)), `step ${steps}`);
  }
});

test('what a wallet took for told when every answer counted is told once more', async () => {
  const world = await new World().with(COLLEGE);
  await makeSheet();
  const { listed: _, ...kept } = (await enrolment())!;
  await write([{ put: kept, in: 'settings' }]);
  world.knowing.clear();
  await keepUp(true);
  assert.deepEqual([[...world.knowing], (await enrolment())!.anchored], [[COLLEGE], kept.anchored]);
});

test('cards that another sheet brought leave this phone its own sheet and key', async () => {
  const world = await new World().with(COLLEGE);
  const own = await makeSheet();
  const { holder } = (await enrolment())!;
  const other = await sheetKey(code());
  world.lists.set(await listId(other), { version: 3, body: new Uint8Array(), contacts: 1 });
  await adopt(other, await generateKeyPair());
  assert.equal(await ofPhone(), own);
  assert.equal((await enrolment())!.holder, holder);
  assert.equal(world.lists.get(await listId(other))!.replacedBy, own);
});

test('a phone without a sheet works with the one that brought its cards', async () => {
  const world = new World();
  const words = code();
  const sheet = await makeSheet(words);
  useSpace(crypto.randomUUID()); // another phone
  const holder = await generateKeyPair();
  await adopt(await sheetKey(words), holder);
  assert.deepEqual([await ofPhone(), (await enrolment())!.holder, (await enrolment())!.version], [sheet, holder, world.lists.get(sheet)!.version]);
});
