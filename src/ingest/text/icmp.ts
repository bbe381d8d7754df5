import type { Json } from '../../domain/flow/json.js';

/** Names of types and of their codes as gopacket writes them, which Hubble's summaries are made with. */
type Types = Readonly<Record<string, readonly [type: number, codes?: readonly string[]]>>;

const ICMPV4: Types = {
  EchoReply: [0],
  DestinationUnreachable: [
    3,
    [
      'Net',
      'Host',
      'Protocol',
      'Port',
      'FragmentationNeeded',
      'SourceRoutingFailed',
      'NetUnknown',
      'HostUnknown',
      'SourceIsolated',
      'NetAdminProhibited',
      'HostAdminProhibited',
      'NetTOS',
      'HostTOS',
      'CommAdminProhibited',
      'HostPrecedence',
      'PrecedenceCutoff',
    ],
  ],
  SourceQuench: [4],
  Redirect: [5, ['Net', 'Host', 'TOS+Net', 'TOS+Host']],
  EchoRequest: [8],
  RouterAdvertisement: [9],
  RouterSolicitation: [10],
  TimeExceeded: [11, ['TTLExceeded', 'FragmentReassemblyTimeExceeded']],
  ParameterProblem: [12, ['PointerIndicatesError', 'MissingOption', 'BadLength']],
  TimestampRequest: [13],
  TimestampReply: [14],
  InfoRequest: [15],
  InfoReply: [16],
  AddressMaskRequest: [17],
  AddressMaskReply: [18],
};

const ICMPV6: Types = {
  DestinationUnreachable: [
    1,
    [
      'NoRouteToDst',
      'AdminProhibited',
      'BeyondScopeOfSrc',
      'AddressUnreachable',
      'PortUnreachable',
      'SrcAddressFailedPolicy',
      'RejectRouteToDst',
    ],
  ],
  PacketTooBig: [2],
  TimeExceeded: [3, ['HopLimitExceeded', 'FragmentReassemblyTimeExceeded']],
  ParameterProblem: [4, ['ErroneousHeaderField', 'UnrecognizedNextHeader', 'UnrecognizedIPv6Option']],
  EchoRequest: [128],
  EchoReply: [129],
  MLDv1MulticastListenerQueryMessage: [130],
  MLDv1MulticastListenerReportMessage: [131],
  MLDv1MulticastListenerDoneMessage: [132],
  RouterSolicitation: [133],
  RouterAdvertisement: [134],
  NeighborSolicitation: [135],
  NeighborAdvertisement: [136],
  Redirect: [137],
  MLDv2MulticastListenerReportMessageV2: [143],
};

/** `EchoRequest`, `TimeExceeded(TTLExceeded)`, `EchoReply(Code: 3)`, `42(1)`; undefined where the name is not known. */
export function readIcmp(protocol: 'ICMPv4' | 'ICMPv6', text: string): Json | undefined {
  const [, name = '', detail = ''] = /^([\w]+)(?:\((.*)\))?$/.exec(text.trim()) ?? [];
  if (/^\d+$/.test(name)) return withoutZeros(Number(name), Number(detail) || 0);
  const known = (protocol === 'ICMPv4' ? ICMPV4 : ICMPV6)[name];
  if (known === undefined) return undefined;
  const [type, codes = []] = known;
  const [, code] = /^Code: (\d+)$/.exec(detail) ?? [];
  return withoutZeros(type, code === undefined ? Math.max(0, codes.indexOf(detail)) : Number(code));
}

function withoutZeros(type: number, code: number): Json {
  return { ...(type === 0 ? {} : { type }), ...(code === 0 ? {} : { code }) };
}
