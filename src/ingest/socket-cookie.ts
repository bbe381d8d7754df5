import { recordOf, type NewFlow } from '../store/flow-writer.js';

const COOKIE = /"socket_?[cC]ookie"\s*:\s*"?(\d{1,20})/;

/** The cookie of the socket that a record tells of, found without parsing it; empty where there is none. */
export function socketCookieOf(added: NewFlow): string {
  return COOKIE.exec(recordOf(added))?.[1] ?? '';
}
