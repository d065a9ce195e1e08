/** Back from a wallet on this device, with the code that opens the result in this browser alone. */
import { Failure, progress } from '../shell/api.ts';
import { busy, show } from '../shell/frame.ts';
import { problemPage } from '../shell/problems.ts';
import { replace, type Page } from '../shell/router.ts';
import { t } from '../shell/text.ts';
import { endPage } from './waiting.ts';
import { pending } from './pending.ts';

export const resultPage: Page = async signal => {
  const code = new URLSearchParams(location.hash.slice(1)).get('response_code');
  show({ title: t('result.title'), screen: 'busy', sign: 'wait', body: [busy(t('result.busy'))] });
  if (code === null) return problemPage('result_absent', { title: 'result.none' });
  for (const id of pending()) {
    try {
      const end = await progress(id, code);
      if (signal.aborted) return;
      // Good once: it must not stay in the address bar or the history.
      history.replaceState(null, '', '/result');
      return replace(endPage(end));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Failure && error.code === 'gone')) return problemPage(error, { title: 'result.none', retry: () => void replace(resultPage) });
    }
  }
  problemPage('result_elsewhere', { title: 'result.none' });
};
