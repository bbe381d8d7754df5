import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const NSS = ['/usr/lib', '/usr/lib64', '/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];

const browsers = new Set<Browser>();

/** A browser of its own: the packed Chromium is one process and ends with its first context. */
export async function launchBrowser(): Promise<Browser> {
  const installed = [process.env['CHROME_PATH'] ?? '', ...INSTALLED].find(
    (path) => path !== '' && existsSync(path),
  );
  const { executablePath, args } =
    installed === undefined ? await packedChromium() : { executablePath: installed, args: [] as string[] };
  const browser = await chromium.launch({
    executablePath,
    args: [...args, '--no-sandbox', '--disable-gpu'],
    env: browserEnvironment(),
  });
  browsers.add(browser);
  return browser;
}

async function packedChromium(): Promise<{ executablePath: string; args: string[] }> {
  // The package brings the libraries that a bare system lacks, but only unpacks them where it believes to be in AWS.
  if (!NSS.some((folder) => existsSync(join(folder, 'libnss3.so')))) {
    process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x';
  }
  const { default: packed } = await import('@sparticuz/chromium');
  const executablePath = await packed.executablePath();
  // Web security stays on: what the dashboard may load is part of what is tested.
  const args = packed.args.filter(
    (arg) => arg !== '--disable-web-security' && arg !== '--allow-running-insecure-content',
  );
  return { executablePath, args };
}

function browserEnvironment(): Record<string, string> {
  const { PATH = '', HOME = tmpdir(), LD_LIBRARY_PATH, FONTCONFIG_PATH } = process.env;
  return {
    PATH,
    HOME,
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
    ...(FONTCONFIG_PATH === undefined ? {} : { FONTCONFIG_PATH }),
  };
}

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('violation of ' + event.violatedDirective + ': ' + event.blockedURI);
});`;

export interface Watched {
  page: Page;
  /** Errors of the console, exceptions, and violations of the content security policy. */
  complaints: string[];
}

/** A page that remembers every complaint. */
export async function openPage(browser: Browser, url: string): Promise<Watched> {
  const context =
    browser.contexts()[0] ?? (await browser.newContext({ viewport: { width: 1280, height: 800 } }));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  await page.goto(url);
  return { page, complaints };
}

/** For `afterAll`. */
export async function closeBrowsers(): Promise<void> {
  await Promise.all([...browsers].map((browser) => browser.close().catch(() => undefined)));
  browsers.clear();
}
