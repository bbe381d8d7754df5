import type { Endpoint } from '../flow/flow.js';
import { identify, shownAs } from '../flow/node-identity.js';
import { once, readText, Refusal, shown, type Criterion } from './criterion.js';

/** `A,B`: flows between two workloads, either way, each named as the map names it. */
export const between: Criterion<string> = {
  field: 'between',
  flags: [
    {
      name: 'between',
      describe: 'two workloads A,B, either way; each is name, namespace/name or Kind/name',
    },
  ],
  read(value) {
    const pair = readText(value);
    const names = pair.split(',').map((name) => name.trim());
    if (names.length === 2 && !names.includes('')) return names.join(',');
    throw new Refusal(`${shown(value)} is not two names with a comma between them, such as shop/web,pay/api`);
  },
  test(pairs) {
    const tests = pairs.map((pair) => pair.split(',').map(isWorkload));
    return ({ source, destination }) =>
      tests.some(
        ([a = nobody, b = nobody]) => (a(source) && b(destination)) || (b(source) && a(destination)),
      );
  },
};

const nobody = () => false;

/** A name before the slash is a namespace, or a kind such as Deployment, which begin in capitals and namespaces never do. */
function isWorkload(asked: string): (endpoint: Endpoint) => boolean {
  const slash = asked.lastIndexOf('/');
  const [where, name] = [asked.slice(0, Math.max(slash, 0)), asked.slice(slash + 1)];
  return once((endpoint) => {
    const node = identify(endpoint, 'workload', () => undefined);
    if (/^[A-Z]/.test(where)) {
      return shownAs(endpoint).workloads.some((told) => told.kind === where && told.name === name);
    }
    return node.name === name && (where === '' || node.namespace === where);
  });
}
