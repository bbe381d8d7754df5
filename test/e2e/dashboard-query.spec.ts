import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { closeBrowsers, launchBrowser, openPage, type Watched } from '../support/run-browser.js';
import { shop } from '../support/run-flows.js';
import { mapOf, store } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const PATIENCE = 60_000;
let server: Server;
let watched: Watched;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
  watched = await openPage(await launchBrowser(), server.url);
});
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

const box = (page: Page) => page.getByTestId('filter-query');

async function sees(page: Page, query: string): Promise<void> {
  const { edges, nodes } = await mapOf(server, query);
  const map = `[data-testid=map][data-edges="${edges.length}"][data-nodes="${nodes.length}"]`;
  await page.locator(map).waitFor({ timeout: PATIENCE });
}

it('the dashboard asks expressions, completes values, and points at what is wrong', async () => {
  const { page, complaints } = watched;
  const query = 'http-status >= 500 or to-port = 5432';
  await box(page).fill(query);
  await box(page).press('Enter');
  await sees(page, `q=${encodeURIComponent(query)}`);
  expect(new URL(page.url()).searchParams.get('q')).toBe(query);

  await page.reload();
  expect(await box(page).inputValue()).toBe(query);
  await sees(page, `q=${encodeURIComponent(query)}`);

  await box(page).fill('from-workload = ca');
  const option = page.locator('datalist option[value="from-workload = cart"]');
  await option.waitFor({ state: 'attached', timeout: PATIENCE });
  expect(complaints).toEqual([]);

  await box(page).fill('port = 80 and verdcit = DROPPED');
  await box(page).press('Enter');
  const problem = page.getByTestId('query-problem');
  await problem.waitFor({ timeout: PATIENCE });
  expect(await problem.locator('mark').innerText()).toBe('v');
  expect(await problem.innerText()).toContain('at character 15: there is no field verdcit');

  // It is told there alone: what is shown stays, dimmed, and says of which expression it is.
  expect(await page.getByRole('alert').count()).toBe(1);
  const note = page.getByTestId('stale-note');
  expect(await note.innerText()).toBe(`Still of the last valid expression: ${query}`);
  await sees(page, `q=${encodeURIComponent(query)}`);
  const shade = () => page.evaluate(`getComputedStyle(document.querySelector('.map-view')).opacity`);
  expect(Number(await shade())).toBeLessThan(0.5);
  await page.getByRole('tab', { name: 'Flows' }).click();
  await page.locator('.stale table tbody tr').first().waitFor({ timeout: PATIENCE });
  expect(await note.count()).toBe(1);
  await page.getByRole('tab', { name: 'Map' }).click();

  await page.reload();
  await problem.waitFor({ timeout: PATIENCE });
  expect(await note.innerText()).toMatch(/^Still without an expression/);
  await sees(page, '');

  await box(page).fill('');
  await sees(page, '');
  expect(await problem.count()).toBe(0);
  expect(await note.count()).toBe(0);
  expect(await shade()).toBe('1');
  expect(page.url()).not.toContain('q=');
  // The browser itself tells of answers that are errors.
  expect(complaints.filter((text) => !text.includes('status of 400'))).toEqual([]);
});
