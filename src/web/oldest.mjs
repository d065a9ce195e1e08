/** The oldest browsers that the wallet and the pages for checking are made for: Chrome for Android 6 and Windows 7, and who came within a year of it. */
export const OLDEST = { chrome: '109', chrome_android: '109', safari: '16.4', safari_ios: '16.4', firefox: '115', firefox_android: '115' };

/** The same for esbuild, which knows of syntax. */
export const SYNTAX = ['es2022', 'chrome109', 'safari16.4', 'ios16.4', 'firefox115'];
