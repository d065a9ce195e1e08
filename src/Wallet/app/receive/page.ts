/** The flow by an organisation's own page, and waiting for what it puts off, as a file of its own: most offers do without. */
export { boundSend } from '../../../web/lib/openid4vci/dpop.ts';
export { answerOfPage, openPage, renewToken } from '../../../web/lib/openid4vci/page.ts';
