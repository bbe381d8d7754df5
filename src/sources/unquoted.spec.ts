import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Following } from '../../test/support/following.js';
import { logLines } from '../../test/support/log-files.js';
import { until } from '../../test/support/run-server.js';
import { Redactor } from '../domain/redaction/redactor.js';

const SECRET = 'HUNTER2SECRET';
/** The rest of a line that was torn, and an object that is none. */
const TORN = `"url":"http://shop/login?password=${SECRET}","protocol":"HTTP/1.1"}}}\n`;
const WRONG = `{"a":"\\"q\\" http://shop/?password=${SECRET}"}\n{"a":"\\n${SECRET},}\n`;

const here = new Following();

async function redact(): Promise<void> {
  here.redactor = Redactor.of({
    urlQuery: true,
    urlParameters: '',
    userInfo: false,
    headersAllow: '',
    headersDeny: '',
    kafkaApiKey: false,
    pattern: '',
  });
  await here.restart();
}

describe('a line that is rejected where something is redacted', () => {
  it('is told by its number and what is wrong with it, without a text of it', async () => {
    await redact();
    const events = here.log();
    appendFileSync(events.path, TORN + WRONG);
    events.write(1);
    here.follow('events.log');
    await here.expectTold(/3 lines are no record; the first of them: no JSON \(line 1 of what was read\)$/);
    expect(JSON.stringify([here.told, here.status()])).not.toContain(SECRET);
  });

  it('stands in the report of a dropped file without its text', async () => {
    await redact();
    mkdirSync(here.in('drop'));
    writeFileSync(here.in('drop/a.log'), TORN + WRONG + logLines(1));
    here.follow([], { dropFolder: here.in('drop') });
    const path = here.in('drop/done/a.log.report.json');
    await until(() => existsSync(path), Boolean);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain(SECRET);
    expect(JSON.parse(text)).toMatchObject({
      report: {
        errors: [
          { line: 1, reason: 'no JSON' },
          { line: 2, reason: 'JSON, but no Hubble record' },
          { line: 3, reason: expect.not.stringContaining('"') },
        ],
      },
    });
  });

  it('is quoted where nothing is redacted', async () => {
    appendFileSync(here.log().path, TORN);
    here.follow('events.log');
    await here.expectTold(/HUNTER2SECRET/);
  });
});
