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
  ({ page } = await openPage(await launchBrowser(), `${server.url}/?level=namespace`));
});
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

it('find says where it looked, looks among workloads when told to, and selects on Enter', async () => {
  const box = page.getByTestId('find');
  await page.locator('[data-testid=map][data-nodes="10"]').waitFor({ timeout: PATIENCE });
  await page.keyboard.press('/');
  await box.fill('checkout');
  const result = page.getByTestId('find-result');
  expect(await result.innerText()).toBe('0 of 10 nodes: namespaces');
  await page.getByRole('button', { name: 'Look among workloads' }).click();
  await page.getByText('1 found').waitFor({ timeout: PATIENCE });
  await box.press('Enter');
  await page
    .getByTestId('panel')
    .getByRole('heading', { name: 'shop/checkout' })
    .waitFor({ timeout: PATIENCE });
  expect(new URL(page.url()).searchParams.get('selected')).toBe('node:shop-eu/shop/checkout');
});

it('edges of which none is found say so, and come back', async () => {
  await page.goto(`${server.url}/?view=edges&find=nobody`);
  await page.getByText('Nothing here is named nobody').waitFor({ timeout: PATIENCE });
  await page.getByRole('button', { name: 'Show all edges' }).click();
  await page.locator('[data-testid^="edge-row-"]').first().waitFor({ timeout: PATIENCE });
});
