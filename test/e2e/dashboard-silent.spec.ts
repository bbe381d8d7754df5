import { afterAll, expect, it } from '@jest/globals';
import { closeBrowsers, launchBrowser, openPage } from '../support/run-browser.js';
import { shop } from '../support/run-flows.js';
import { store } from '../support/run-rest.js';
import { cleanUp, startServer } from '../support/run-server.js';

const PATIENCE = 60_000;
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

it('a page whose server is gone dims what is old, says since when, and does not pretend to load', async () => {
  const server = await startServer();
  await store(server, shop);
  const { page } = await openPage(await launchBrowser(), server.url);
  await page.locator('[data-testid=live-indicator][data-state=connected]').waitFor({ timeout: PATIENCE });
  await page.locator('[data-testid=map]:not([data-edges="0"])').waitFor({ timeout: PATIENCE });
  await server.stop();
  const note = page.getByTestId('old-note');
  await note.waitFor({ timeout: PATIENCE });
  expect(await note.innerText()).toMatch(/^The server has not answered since \d\d:\d\d:\d\d UTC/);
  expect(await page.getByTestId('live-indicator').innerText()).toMatch(/no answer since \d\d:\d\d:\d\d UTC/);
  const shade = await page.evaluate(`getComputedStyle(document.querySelector('.map-view')).opacity`);
  expect(Number(shade)).toBeLessThan(0.5);
  await page.getByTestId('filter-verdict').selectOption('DROPPED');
  await page.getByText('The server does not answer').waitFor({ timeout: PATIENCE });
  expect(await page.getByText('Loading the map').count()).toBe(0);

  const again = await startServer({ data: server.data, listen: `127.0.0.1:${server.port}` });
  await page.locator('[data-testid=map]:not([data-edges="0"])').waitFor({ timeout: PATIENCE });
  expect(await note.count()).toBe(0);
  await again.stop();
});
