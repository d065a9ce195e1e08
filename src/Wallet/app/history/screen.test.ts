import assert from 'node:assert/strict';
import { test } from 'node:test';
import { t } from '../shell/text.ts';
import type { Event } from '../store/history.ts';
import { askerOf } from './screen.ts';

const EVENT: Event = { id: 'e', at: 0, way: 'online', outcome: 'shared', asker: 'صفحة تحقق', verified: 'who.registered', purpose: '', shared: [] };

test('the public page is named in the language of now, everybody else as they were', () => {
  assert.equal(askerOf({ ...EVENT, verified: 'who.public_page' }), t('public.title'));
  assert.equal(askerOf(EVENT), 'صفحة تحقق');
});
