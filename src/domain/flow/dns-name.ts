/** DNS names are the same in any case, and with or without the dot at their end. */
export function dnsName(text = ''): string {
  return text.replace(/\.$/, '').toLowerCase();
}
