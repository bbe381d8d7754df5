import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filterWords, flowTexts } from '../../test/support/arbitrary-flows.js';
import { newFlow, pod, record, words } from '../../test/support/make-flow.js';
import { everything, type Filter } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import { everyone } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import { Memory } from '../store/memory/memory.js';
import { MemoryFlowStore } from '../store/memory/flow-store.js';
import { MemoryFlowWriter } from '../store/memory/flow-writer.js';
import { groupsJson, sumsOf } from './drop-answer.js';
import { atOnce } from '../domain/steps.js';
import { groupDrops } from './drop-groups.js';
import { DropQuestion } from './drop-question.js';
import { dropFields, type DropField, type DropGroup } from './drops.schema.js';

function opened() {
  const memory = new Memory();
  const writer = new MemoryFlowWriter(memory, () => 1_780_308_000_000);
  const append = async (texts: readonly string[]) => {
    for (const text of texts) writer.append(newFlow(text));
    await writer.commit();
  };
  return { store: new MemoryFlowStore(memory), append, writer };
}

interface Sums {
  drops: number;
  groupsLeftOut: number;
}

/** What a client holds that was told the groups once and then only changes. */
class Client {
  readonly groups = new Map<string, DropGroup>();
  sums: Sums = { drops: 0, groupsLeftOut: 0 };
  seq = 0;

  catchUp(question: DropQuestion, epoch = question.epoch): void {
    const { groups, ...sums } = JSON.parse(question.newsSince({ epoch, seq: this.seq })) as Sums & {
      groups: { upsert: DropGroup[]; remove: string[] };
    };
    for (const id of groups.remove) this.groups.delete(id);
    for (const group of groups.upsert) this.groups.set(group.id, group);
    this.sums = sums;
    this.seq = question.seq;
  }
}

/** As REST answers. */
async function dropsOf(store: FlowStore, filter: Filter, by: readonly DropField[], limit: number) {
  const causes = atOnce(groupDrops(await store.drops(everyone, { filter, window: always }), by));
  const texts = await groupsJson(store, everyone, causes.slice(0, limit));
  return {
    sums: sumsOf(causes, texts.length),
    groups: texts.map((text) => JSON.parse(text) as DropGroup),
  };
}

const sorted = (groups: Iterable<DropGroup>) => [...groups].sort((a, b) => (a.id < b.id ? -1 : 1));

async function expectClientsToFollow(
  arrivals: readonly string[][],
  filter: Filter,
  by: readonly DropField[],
  limit = 1_000,
): Promise<void> {
  const { store, append } = opened();
  const question = new DropQuestion(store, everyone, filter, by, limit);
  const clients: Client[] = [];
  for (const [round, texts] of arrivals.entries()) {
    await append(texts);
    await question.refresh();
    const { sums, groups } = await dropsOf(store, filter, by, limit);
    const { json } = question.open({});
    expect(JSON.parse(json)).toEqual({ snapshot: { by, ...sums, groups } });
    clients.push(new Client());
    // One client is told every time; the one of each round again only in some later round.
    for (const [born, client] of clients.entries()) {
      if (born > 0 && born !== round && (round - born) % 3 !== 0) continue;
      client.catchUp(question);
      expect(client.sums).toEqual(sums);
      expect(sorted(client.groups.values())).toEqual(sorted(groups));
    }
  }
}

const arrivals = fc.array(flowTexts(6), { minLength: 2, maxLength: 6 });
const by = fc.uniqueArray(fc.constantFrom(...dropFields), { maxLength: 4 });
const text = (fields: Record<string, unknown>) => JSON.stringify(record({ verdict: 'DROPPED', ...fields }));

describe('drops that are kept up to date', () => {
  it('and their changes since any earlier position are the drops that are grouped anew', () =>
    fc.assert(
      fc.asyncProperty(arrivals, by, (rounds, fields) => expectClientsToFollow(rounds, everything, fields)),
      { numRuns: 80 },
    ));

  it('are so for any filter and limit', () =>
    fc.assert(
      fc.asyncProperty(
        arrivals,
        by,
        filterWords,
        fc.integer({ min: 1, max: 3 }),
        (rounds, fields, asked, most) =>
          expectClientsToFollow(rounds, parseFilter(words(asked)), fields, most),
      ),
      { numRuns: 60 },
    ));

  it('are grouped again when a workload is learned, and say what went away', async () => {
    const arrived = [
      [text({ source: pod('shop/cart-0') }), text({ source: pod('shop/web-0') })],
      [JSON.stringify(record({ source: pod('shop/cart-0', 'basket'), uuid: 'let through' }))],
    ];
    await expectClientsToFollow(arrived, everything, ['source']);
    const { store, append } = opened();
    const question = new DropQuestion(store, everyone, everything, ['source'], 10);
    const client = new Client();
    for (const texts of arrived) {
      await append(texts);
      await question.refresh();
      client.catchUp(question);
    }
    expect([...client.groups.values()].map(({ source }) => source).sort()).toEqual([
      'c/shop/basket',
      'c/shop/web',
    ]);
  });

  it('name the policy of a connection when a later verdict tells it', () =>
    expectClientsToFollow(
      [
        [text({ event_type: { type: 1 }, drop_reason_desc: 'POLICY_DENIED' })],
        [
          text({
            event_type: { type: 5 },
            drop_reason_desc: 'POLICY_DENIED',
            egress_denied_by: [{ name: 'no', namespace: 'shop' }],
            uuid: 'verdict',
          }),
        ],
        [text({ event_type: { type: 1 }, drop_reason_desc: 'INVALID_SOURCE_IP', uuid: 'other' })],
      ],
      everything,
      ['reason', 'policy'],
    ));

  it('are grouped again when flows were removed, and whoever was told earlier is told everything', async () => {
    const { store, append, writer } = opened();
    const question = new DropQuestion(store, everyone, everything, ['source'], 10);
    const at = (time: string, name: string) =>
      text({ time, source: pod(`shop/${name}`, name), uuid: `${name} ${time}` });
    await append([at('2026-05-01T10:00:00Z', 'gone'), at('2026-05-01T10:00:00Z', 'stays')]);
    await question.refresh();
    const client = new Client();
    client.catchUp(question);
    await append([at('2026-06-01T09:00:00Z', 'stays')]);
    await question.refresh();
    const { epoch } = question;
    await writer.trim({ keepFor: 7 * 86_400_000 });
    await question.refresh();
    expect(question.epoch).not.toBe(epoch);
    client.catchUp(question, epoch);
    const { sums, groups } = await dropsOf(store, everything, ['source'], 10);
    expect({ sums: client.sums, groups: [...client.groups.values()] }).toEqual({ sums, groups });
    expect(groups).toHaveLength(1);
  });
});
