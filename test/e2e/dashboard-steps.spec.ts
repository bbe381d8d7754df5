import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { closeBrowsers, launchBrowser, openPage } from '../support/run-browser.js';
import { shop } from '../support/run-flows.js';
import { store } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const PATIENCE = 60_000;
let server: Server;
let page: Page;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
  ({ page } = await openPage(await launchBrowser(), server.url));
});
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

async function isAt(search: string): Promise<void> {
  await page.waitForURL((url) => decodeURIComponent(url.search) === search, { timeout: PATIENCE });
}

it('every filter is a step back, and an expression is one once it is valid', async () => {
  const box = page.getByTestId('filter-query');
  const ask = async (query: string): Promise<void> => {
    await box.fill(query);
    await box.press('Enter');
  };
  await page.getByTestId('filter-verdict').selectOption('DROPPED');
  await isAt('?verdict=DROPPED');
  await page.getByLabel('Only drops').check();
  await isAt('?verdict=DROPPED&only=drops');
  await ask('verdcit');
  await isAt('?verdict=DROPPED&q=verdcit&only=drops');
  await ask('port = 5432');
  await isAt('?verdict=DROPPED&q=port+=+5432&only=drops');
  await page.goBack();
  await isAt('?verdict=DROPPED&only=drops');
  expect(await box.inputValue()).toBe('');
  await page.goBack();
  await isAt('?verdict=DROPPED');
  await page.goBack();
  await isAt('');
  expect(await page.getByTestId('filter-verdict').inputValue()).toBe('');
});
