import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { closeBrowsers, launchBrowser, openPage } from '../support/run-browser.js';
import { shopFile } from '../support/run-flows.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const PATIENCE = 60_000;
let server: Server;
let page: Page;
beforeAll(async () => {
  server = await startServer();
  ({ page } = await openPage(await launchBrowser(), server.url));
});
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

it('the empty page gives a command that reaches its own server and goes on', async () => {
  const command = page.locator('.command code');
  await command.waitFor({ timeout: PATIENCE });
  expect(await command.innerText()).toBe(
    `hubble observe -o jsonpb --follow | npx flowatlas import --server ${server.url} -`,
  );
});

it('reports of imports go by themselves, at once on Escape, and stay under the pointer and when refused', async () => {
  const result = page.getByTestId('upload-result');
  await page.getByTestId('upload-input').setInputFiles(shopFile);
  await result.waitFor({ timeout: PATIENCE });
  await page.keyboard.press('Escape');
  await result.waitFor({ state: 'detached', timeout: PATIENCE });

  const noise = { name: 'noise.txt', mimeType: 'text/plain', buffer: Buffer.from('noise\n') };
  await page.getByTestId('upload-input').setInputFiles(noise);
  await page.getByTestId('upload-error').waitFor({ timeout: PATIENCE });
  await page.getByTestId('upload-input').setInputFiles(shopFile);
  await result.hover({ timeout: PATIENCE });
  await page.waitForTimeout(9_000);
  expect(await result.count()).toBe(1);
  await page.mouse.move(5, 5);
  await result.waitFor({ state: 'detached', timeout: PATIENCE });
  expect(await page.getByTestId('upload-error').count()).toBe(1);
});

it('Escape closes the legend, and only then the selection', async () => {
  await page.goto(`${server.url}/?selected=node:shop-eu/shop/web`);
  await page.getByTestId('panel').waitFor({ timeout: PATIENCE });
  await page.getByRole('button', { name: 'Legend' }).click();
  const legend = page.locator('#legend-shapes');
  await legend.waitFor();
  await page.keyboard.press('Escape');
  await legend.waitFor({ state: 'detached', timeout: PATIENCE });
  expect(await page.getByTestId('panel').count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.getByTestId('panel').waitFor({ state: 'detached', timeout: PATIENCE });
});
