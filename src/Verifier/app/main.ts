import { askPage } from './ask/ask.ts';
import { deskPage } from './ask/desk.ts';
import { resultPage } from './ask/returned.ts';
import { homePage } from './check/home.ts';
import { scanPage } from './check/scan.ts';
import { keepReady } from './offline/section.ts';
import { readPage } from './receipts/page.ts';
import { watchConnection } from './shell/connection.ts';
import { problemPage } from './shell/problems.ts';
import { startRouter } from './shell/router.ts';
import { useLanguage } from './shell/text.ts';
import { transparencyPage } from './transparency/page.ts';

await useLanguage();
startRouter({ '/': homePage, '/scan': scanPage, '/ask': askPage, '/result': resultPage, '/desk': deskPage, '/read': readPage, '/transparency': transparencyPage }, problemPage);
watchConnection();
keepReady();
