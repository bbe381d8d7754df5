import type { Endpoint } from '../flow/flow.js';
import { podKey, shownAs } from '../flow/node-identity.js';

/** Who asks for names and Services: the pod, else the address. */
export function askerOf(told: Endpoint): string {
  const endpoint = shownAs(told);
  return endpoint.pod === '' ? endpoint.ip : podKey(endpoint);
}
