import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { closeBrowsers, launchBrowser, openPage } from '../support/run-browser.js';
import { flowLines, lines, makeFlow, shop, shopFile, shopFlows } from '../support/run-flows.js';
import { mapOf, post, store } from '../support/run-rest.js';
import { cleanUp, repository, startServer, type Server } from '../support/run-server.js';

interface ExpectedEdge {
  source: string;
  target: string;
  port: number | null;
  forwarded: number;
  dropped: number;
  audit: number;
  redirected: number;
}
const { edges: wanted } = JSON.parse(
  readFileSync(join(repository, 'samples/shop/expected-map.json'), 'utf8'),
) as { edges: ExpectedEdge[] };
const wantedNodes = new Set(wanted.flatMap(({ source, target }) => [source, target])).size;
const PATIENCE = 60_000;

let server: Server;
let browser: Browser;
beforeEach(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
afterEach(async () => {
  await closeBrowsers();
  await cleanUp();
});
afterAll(async () => {
  await closeBrowsers();
  await cleanUp();
});

const map = (page: Page) => page.getByTestId('map');
const indicator = (page: Page) => page.getByTestId('live-indicator');

async function sees(page: Page, edges: number, nodes: number, dropped: number): Promise<void> {
  const selector = `[data-testid=map][data-edges="${edges}"][data-nodes="${nodes}"][data-dropped-edges="${dropped}"]`;
  await page.locator(selector).waitFor({ timeout: PATIENCE });
}

async function isLive(page: Page): Promise<void> {
  await page.locator('[data-testid=live-indicator][data-state=connected]').waitFor({ timeout: PATIENCE });
}

function verdictOf({ forwarded, redirected, dropped, audit }: ExpectedEdge): string {
  const passed = forwarded + redirected > 0;
  if (dropped > 0) return passed ? 'mixed' : 'dropped';
  return audit > 0 ? 'audit' : passed ? 'forwarded' : 'other';
}

interface Row {
  source: string | null;
  target: string | null;
  verdict: string | null;
}

async function rows(page: Page): Promise<Row[]> {
  const found = await page.locator('[data-testid^="edge-row-"]').all();
  return Promise.all(
    found.map(async (row) => ({
      source: await row.getAttribute('data-source'),
      target: await row.getAttribute('data-target'),
      verdict: await row.getAttribute('data-verdict'),
    })),
  );
}

function inOrder(list: readonly Row[]): string[] {
  return list.map((row) => JSON.stringify(row)).sort();
}

const droppedEdges = wanted.filter(({ dropped }) => dropped > 0).length;

describe('a browser', () => {
  it('sees an empty state, imports a capture and shows its map, edges, drops and flows', async () => {
    const { page, complaints } = await openPage(browser, server.url);
    await page.getByText('No flows yet').first().waitFor({ timeout: PATIENCE });
    await isLive(page);
    await page.getByTestId('upload-input').setInputFiles(shopFile);
    const result = page.getByTestId('upload-result');
    await result.waitFor({ timeout: PATIENCE });
    expect(await result.getAttribute('data-stored')).toBe(String(shopFlows));
    await sees(page, wanted.length, wantedNodes, droppedEdges);

    await page.keyboard.press('2');
    await page.locator('[data-testid^="edge-row-"]').first().waitFor({ timeout: PATIENCE });
    const expectedRows = wanted.map((edge) => ({
      source: edge.source,
      target: edge.target,
      verdict: verdictOf(edge),
    }));
    expect(inOrder(await rows(page))).toEqual(inOrder(expectedRows));
    expect(expectedRows.map(({ verdict }) => verdict)).toEqual(
      expect.arrayContaining(['dropped', 'mixed', 'audit', 'forwarded']),
    );
    expect(page.url()).toContain('view=edges');

    await page.keyboard.press('3');
    await page.getByTestId('drop-row').first().waitFor({ timeout: PATIENCE });
    expect(await page.getByTestId('drop-row').count()).toBe(5);
    await page.keyboard.press('4');
    await page.getByTestId('flow-row').first().waitFor({ timeout: PATIENCE });
    await page.keyboard.press('1');
    await sees(page, wanted.length, wantedNodes, droppedEdges);
    expect(complaints).toEqual([]);
  });

  it('takes a capture that is dropped on the page', async () => {
    const { page, complaints } = await openPage(browser, server.url);
    await isLive(page);
    const transfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(shop.toString())}], 'flows.jsonl'));
      return data;
    })()`);
    await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    const result = page.getByTestId('upload-result');
    await result.waitFor({ timeout: PATIENCE });
    expect(await result.getAttribute('data-stored')).toBe(String(shopFlows));
    await sees(page, wanted.length, wantedNodes, droppedEdges);
    expect(complaints).toEqual([]);
  });

  it('tells which nodes have gaps, and what Relay said of them', async () => {
    await store(server, shop);
    const { page, complaints } = await openPage(browser, server.url);
    const gaps = page.getByTestId('gaps');
    await gaps.getByText('1 node with gaps').click({ timeout: PATIENCE });
    const gap = gaps.getByText(/^shop-eu\/worker-3: NODE_UNAVAILABLE .* connection closed$/);
    await gap.waitFor({ timeout: PATIENCE });
    expect(await gap.getAttribute('title')).toMatch(/Relay/);
    expect(complaints).toEqual([]);
  });

  it('tells why a file was refused', async () => {
    const { page } = await openPage(browser, server.url);
    await isLive(page);
    const noise = {
      name: 'noise.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('<img src=x onerror=alert(1)>\n'),
    };
    await page.getByTestId('upload-input').setInputFiles(noise);
    const error = page.getByTestId('upload-error');
    await error.waitFor({ timeout: PATIENCE });
    expect(await error.textContent()).toContain('<img src=x onerror=alert(1)>');
  });

  it('shows what an address says: view, filter, selection', async () => {
    await store(server, shop);
    const { page, complaints } = await openPage(browser, `${server.url}/?view=edges&namespace=payments`);
    await page.locator('[data-testid^="edge-row-"]').first().waitFor({ timeout: PATIENCE });
    const filtered = await mapOf(server, 'namespace=payments');
    expect((await rows(page)).length).toBe(filtered.edges.length);
    const [edge] = filtered.edges;
    await page.goto(`${server.url}/?selected=${encodeURIComponent(`edge:${edge?.id}`)}`);
    await page.getByTestId('panel').waitFor({ timeout: PATIENCE });
    await page.goto(`${server.url}/?only=drops`);
    await page.locator(`[data-testid=map][data-edges="${droppedEdges}"]`).waitFor({ timeout: PATIENCE });
    await page.goto(`${server.url}/?level=namespace`);
    const { edges, nodes } = await mapOf(server, 'level=namespace');
    await page
      .locator(`[data-testid=map][data-edges="${edges.length}"][data-nodes="${nodes.length}"]`)
      .waitFor({ timeout: PATIENCE });
    expect(complaints).toEqual([]);
  });
});

describe('a node of the map', () => {
  it('is shown as what is in it, and back again, and the address tells', async () => {
    await store(server, shop);
    const selected = encodeURIComponent('node:shop-eu/payments');
    const { page, complaints } = await openPage(
      browser,
      `${server.url}/?level=namespace&selected=${selected}`,
    );
    const draws = async (query: string): Promise<void> => {
      const { edges, nodes } = await mapOf(server, query);
      await page
        .locator(`[data-testid=map][data-edges="${edges.length}"][data-nodes="${nodes.length}"]`)
        .waitFor({ timeout: PATIENCE });
    };
    const click = (name: string) => page.getByTestId('panel').getByRole('button', { name }).click();
    const show = (id: string) => page.goto(`${page.url()}&selected=${encodeURIComponent(`node:${id}`)}`);
    await draws('level=namespace');
    await click('Show its workloads');
    await draws('level=namespace&expand=payments');
    expect(new URL(page.url()).searchParams.get('expand')).toBe('shop-eu/payments');
    await show('shop-eu/payments/api');
    await click('Collapse payments');
    await draws('level=namespace');
    await page.goto(`${server.url}/?level=workload&selected=node:shop-eu/shop/web`);
    await click('Collapse shop');
    await draws('collapse=shop-eu/shop');
    await show('shop-eu/shop');
    await click('Expand');
    await draws('level=workload');
    expect(complaints).toEqual([]);
  });
});

describe('a map too large to read', () => {
  /** 20 clients of 7 servers, and one of them of 20 names outside. */
  const crowd = lines([
    ...Array.from({ length: 140 }, (_, i) =>
      makeFlow('crowd', i, {
        from: `clients/client-${i % 20}`,
        to: `servers/server-${i % 7}`,
        ...(i === 0 ? { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED' } : {}),
      }),
    ),
    ...Array.from({ length: 20 }, (_, i) =>
      makeFlow('outside', i, {
        from: 'clients/client-0',
        destination: { identity: 16_777_217, labels: ['reserved:world'] },
        destination_names: [`name-${i}.example`],
      }),
    ),
  ]);

  async function draws(page: Page, edges: number, nodes: number): Promise<void> {
    await page
      .locator(`[data-testid=map][data-edges="${edges}"][data-nodes="${nodes}"]`)
      .waitFor({ timeout: PATIENCE });
  }

  it('is drawn in part, says so, and gives all of it when asked', async () => {
    await store(server, crowd);
    const { page, complaints } = await openPage(browser, server.url);
    await draws(page, 80, 28);
    const notice = page.getByTestId('digest-notice');
    const words = await notice.innerText();
    expect(words).toContain('20 names outside are drawn as one node.');
    expect(words).toContain('80 of 141 lines are drawn');
    await page.goto(`${server.url}/?selected=node:outside`);
    await page.getByTestId('panel').getByText('name-7.example').first().waitFor({ timeout: PATIENCE });
    await notice.getByRole('button').click();
    await draws(page, 160, 47);
    await page.goto(`${server.url}/?view=edges`);
    await page.locator('[data-testid^="edge-row-"]').first().waitFor({ timeout: PATIENCE });
    expect((await rows(page)).length).toBe(160);
    expect(complaints).toEqual([]);
  });

  it('is one of namespaces, and tells of a double-click where there is a map', async () => {
    await store(
      server,
      lines(
        Array.from({ length: 310 }, (_, i) =>
          makeFlow('many', i, {
            from: `clients/client-${i % 31}`,
            to: `servers/server-${Math.floor(i / 31)}`,
          }),
        ),
      ),
    );
    const { page } = await openPage(browser, server.url);
    const notice = page.getByTestId('fold-notice');
    await notice.waitFor({ timeout: PATIENCE });
    expect(await notice.innerText()).toContain('Double-click a namespace');
    await page.keyboard.press('2');
    await page.locator('[data-testid^="edge-row-"]').first().waitFor({ timeout: PATIENCE });
    expect(await notice.innerText()).not.toContain('Double-click');
  });

  it('still shows what is selected as itself', async () => {
    await store(server, crowd);
    const { page } = await openPage(browser, `${server.url}/?selected=node:fqdn:name-7.example`);
    await draws(page, 81, 29);
    expect(await page.getByTestId('panel').innerText()).toContain('name-7.example');
  });
});

describe('a second browser page', () => {
  it('shows new flows within a second, without reloading', async () => {
    const first = await openPage(browser, server.url);
    const second = await openPage(browser, `${server.url}/?view=edges`);
    await isLive(first.page);
    await isLive(second.page);
    await post(server, flowLines('warm', 3, 0, { to: 'shop/warm' }));
    await second.page.locator('[data-target="e2e/shop/warm"]').waitFor({ timeout: PATIENCE });
    const took: number[] = [];
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      await store(server, flowLines('second', 3, i * 3, { to: `shop/new-${i}` }));
      await second.page.locator(`[data-target="e2e/shop/new-${i}"]`).waitFor({ timeout: PATIENCE });
      took.push(performance.now() - began);
    }
    console.info(`shown after ${took.map((one) => one.toFixed(0)).join(', ')} ms`);
    // The quickest: what else runs on the machine makes the others slow.
    expect(Math.min(...took)).toBeLessThan(1_000);
    await first.page.locator('[data-testid=map][data-edges="6"]').waitFor({ timeout: PATIENCE });
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });
});

describe('a page whose server goes away', () => {
  it('says so, and shows the right map again after a restart on the same port', async () => {
    await store(server, shop);
    const { page } = await openPage(browser, server.url);
    await isLive(page);
    await sees(page, wanted.length, wantedNodes, droppedEdges);
    const began = performance.now();
    const { code } = await server.stop();
    console.info(`the server ended after ${(performance.now() - began).toFixed(0)} ms with a page open`);
    expect(code).toBe(0);
    await page
      .locator('[data-testid=live-indicator]:not([data-state=connected])')
      .waitFor({ timeout: PATIENCE });
    expect(await map(page).getAttribute('data-edges')).toBe(String(wanted.length));
    const again = await startServer({ data: server.data, listen: `127.0.0.1:${server.port}` });
    await store(again, flowLines('after', 2, 0, { from: 'shop/after', to: 'shop/restart' }));
    await isLive(page);
    const { edges, nodes } = await mapOf(again);
    await sees(page, edges.length, nodes.length, droppedEdges);
    expect(await indicator(page).getAttribute('data-state')).toBe('connected');
  });
});

describe('hostile names', () => {
  it('appear as text and run nothing', async () => {
    const names = [
      '<img src=x onerror=alert(1)>',
      '"><script>alert(2)</script>',
      '\u001b[31mred\u001b[0m',
      '\u202egnp.exe',
      'javascript:alert(3)',
      '{{constructor.constructor("alert(4)")()}}',
      '__proto__',
    ];
    const denied = { verdict: 'DROPPED', event_type: { type: 1, sub_type: 133 } };
    for (const [i, name] of names.entries()) {
      await store(server, flowLines('hostile', 2, i * 4, { from: `shop/${name}`, to: `${name}/web` }));
      const l7 = { type: 'REQUEST', http: { method: name, url: `http://${name}/${name}`, protocol: name } };
      await store(
        server,
        flowLines('hostile', 1, i * 4 + 2, { from: `shop/${name}`, to: `${name}/web`, Type: 'L7', l7 }),
      );
      await store(
        server,
        flowLines('hostile', 1, i * 4 + 3, {
          ...denied,
          from: `shop/${name}`,
          to: `${name}/web`,
          drop_reason_desc: name,
          node_name: name,
        }),
      );
    }
    const { page, complaints } = await openPage(browser, `${server.url}/?view=edges`);
    await page.locator('[data-testid^="edge-row-"]').first().waitFor({ timeout: PATIENCE });
    const { edges } = await mapOf(server);
    expect((await rows(page)).length).toBe(edges.length);
    expect(await page.locator('body').innerText()).toContain('<img src=x onerror=alert(1)>');
    for (const edge of edges) {
      await page.getByTestId(`edge-row-${edge.id}`).click();
      await page.getByTestId('panel').waitFor({ timeout: PATIENCE });
    }
    for (const view of ['map', 'drops', 'flows']) {
      await page.goto(`${server.url}/?view=${view}`);
      const ready = view === 'map' ? 'map' : `${view.slice(0, -1)}-row`;
      await page.getByTestId(ready).first().waitFor({ timeout: PATIENCE });
    }
    await page.goto(
      `${server.url}/?namespace=${encodeURIComponent(names[0] ?? '')}&find=${encodeURIComponent(names[1] ?? '')}&selected=node:${encodeURIComponent(names[0] ?? '')}`,
    );
    await isLive(page);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
