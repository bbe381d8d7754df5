import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { hubbleCommand } from '../../dashboard/src/panel/hubble-command.js';
import { shorten, shown } from '../../dashboard/src/ui/shown.js';
import { closeBrowsers, launchBrowser, openPage } from '../support/run-browser.js';
import { flowLines } from '../support/run-flows.js';
import { mapOf, store } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const PATIENCE = 60_000;
const HIDDEN = '\u202eevil-gnp\u200f\u2066\u0000\u001b[31m\n9 dropped';
const LONG = 'x'.repeat(10_000);

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, flowLines('hidden', 2, 0, { from: `shop/${HIDDEN}`, to: `shop/${LONG}` }));
});
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

it('what would hide or be obeyed is shown as its number', () => {
  expect(shown(HIDDEN)).toBe(String.raw`\u202eevil-gnp\u200f\u2066\u0000\u001b[31m\u000a9 dropped`);
});

it('a name is cut between characters, not inside of one', () => {
  for (let max = 5; max < 12; max++) {
    expect(shorten('😀'.repeat(20), max)).toMatch(/^(😀)*…(😀)*$/u);
    expect(shorten(`a${'😀'.repeat(20)}b`, max)).toMatch(/^a(😀)*…(😀)*b$/u);
  }
});

it('there is no hubble command where a value would act on the terminal, rather than one that asks for more', () => {
  expect(hubbleCommand([['pod', `shop/${HIDDEN}`]])).toBeNull();
  expect(hubbleCommand([['pod', 'shop/web']])).toBe('hubble observe --pod shop/web');
});

it('every view shows what is hidden in names and cuts long ones, and the panel has the whole', async () => {
  const { page, complaints } = await openPage(await launchBrowser(), `${server.url}/?view=edges`);
  const row = page.locator('[data-testid^="edge-row-"]').first();
  await row.waitFor({ timeout: PATIENCE });
  expect(await row.innerText()).toContain(shown(HIDDEN));
  expect((await row.innerText()).length).toBeLessThan(500);
  await row.click();
  await page.getByTestId('no-command').waitFor({ timeout: PATIENCE });
  const { nodes } = await mapOf(server);
  const long = nodes.find(({ name }) => name.startsWith('xxx'))?.id ?? '';
  await page.goto(`${server.url}/?selected=${encodeURIComponent(`node:${long}`)}`);
  const panel = page.getByTestId('panel');
  await panel.getByText(/^Whole name/).click({ timeout: PATIENCE });
  expect(await panel.locator('details').first().innerText()).toContain(LONG);
  await page.goto(`${server.url}/?view=flows`);
  const flow = page.getByTestId('flow-row').first();
  await flow.waitFor({ timeout: PATIENCE });
  expect(await flow.innerText()).toContain(String.raw`\u202eevil-gnp`);
  await flow.click();
  const json = await page.locator('.json pre').first().innerText();
  expect(json).not.toContain('\u202e');
  expect(json.split('\n').length).toBeGreaterThan(10);
  expect(complaints).toEqual([]);
});
