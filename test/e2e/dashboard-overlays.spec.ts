import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { closeBrowsers, launchBrowser, openPage } from '../support/run-browser.js';
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
