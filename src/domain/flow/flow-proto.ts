import { dropReasons } from './drop-reason.js';
import { authTypes, directions, flowTypes, ipVersions, l7Types, traceReasons, verdicts } from './enums.js';

/**
 * Hubble's messages by the names of their proto file, for whoever asks by them: field masks and CEL.
 * Left out is only `extensions`, which can hold anything.
 *
 * Source: Cilium's `api/v1/flow/flow.proto`
 */
export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** A scalar of proto3, or a message or an enum by its name. */
  readonly type: string;
  readonly isList: boolean;
}

/** One field a word: `name:number:type`, a list with `[]` behind its type. */
const declarations: Readonly<Record<string, string>> = {
  Flow: `time:1:google.protobuf.Timestamp uuid:34:string emitter:41:Emitter verdict:2:Verdict
    drop_reason:3:uint32 auth_type:35:AuthType ethernet:4:Ethernet IP:5:IP l4:6:Layer4 tunnel:39:Tunnel
    source:8:Endpoint destination:9:Endpoint Type:10:FlowType node_name:11:string node_labels:37:string[]
    source_names:13:string[] destination_names:14:string[] l7:15:Layer7 reply:16:bool
    event_type:19:CiliumEventType source_service:20:Service destination_service:21:Service
    traffic_direction:22:TrafficDirection policy_match_type:23:uint32
    trace_observation_point:24:TraceObservationPoint trace_reason:36:TraceReason file:38:FileInfo
    ip_trace_id:40:IPTraceID drop_reason_desc:25:DropReason is_reply:26:google.protobuf.BoolValue
    debug_capture_point:27:DebugCapturePoint interface:28:NetworkInterface proxy_port:29:uint32
    trace_context:30:TraceContext sock_xlate_point:31:SocketTranslationPoint socket_cookie:32:uint64
    cgroup_id:33:uint64 Summary:100000:string egress_allowed_by:21001:Policy[]
    ingress_allowed_by:21002:Policy[] egress_denied_by:21004:Policy[] ingress_denied_by:21005:Policy[]
    policy_log:21006:string[] aggregate:21007:Aggregate`,
  Emitter: 'name:1:string version:2:string',
  Ethernet: 'source:1:string destination:2:string',
  IP: 'source:1:string source_xlated:5:string destination:2:string ipVersion:3:IPVersion encrypted:4:bool',
  Layer4: 'TCP:1:TCP UDP:2:UDP ICMPv4:3:ICMPv4 ICMPv6:4:ICMPv6 SCTP:5:SCTP VRRP:6:VRRP IGMP:7:IGMP',
  Tunnel: 'protocol:1:TunnelProtocol IP:2:IP l4:3:Layer4 vni:4:uint32',
  TCP: 'source_port:1:uint32 destination_port:2:uint32 flags:3:TCPFlags',
  TCPFlags:
    'FIN:1:bool SYN:2:bool RST:3:bool PSH:4:bool ACK:5:bool URG:6:bool ECE:7:bool CWR:8:bool NS:9:bool',
  UDP: 'source_port:1:uint32 destination_port:2:uint32',
  SCTP: 'source_port:1:uint32 destination_port:2:uint32',
  ICMPv4: 'type:1:uint32 code:2:uint32',
  ICMPv6: 'type:1:uint32 code:2:uint32',
  VRRP: 'type:1:uint32 vrid:2:uint32 priority:3:uint32',
  IGMP: 'type:1:uint32 group_address:2:string',
  Endpoint: `ID:1:uint32 identity:2:uint32 cluster_name:7:string namespace:3:string labels:4:string[]
    pod_name:5:string workloads:6:Workload[]`,
  Workload: 'name:1:string kind:2:string',
  Layer7: 'type:1:L7FlowType latency_ns:2:uint64 dns:100:DNS http:101:HTTP kafka:102:Kafka',
  DNS: `query:1:string ips:2:string[] ttl:3:uint32 cnames:4:string[] observation_source:5:string
    rcode:6:uint32 qtypes:7:string[] rrtypes:8:string[]`,
  HTTP: 'code:1:uint32 method:2:string url:3:string protocol:4:string headers:5:HTTPHeader[]',
  HTTPHeader: 'key:1:string value:2:string',
  Kafka: 'error_code:1:int32 api_version:2:int32 api_key:3:string correlation_id:4:int32 topic:5:string',
  CiliumEventType: 'type:1:int32 sub_type:2:int32',
  Service: 'name:1:string namespace:2:string',
  FileInfo: 'name:1:string line:2:uint32',
  IPTraceID: 'trace_id:1:uint64 ip_option_type:2:uint32',
  NetworkInterface: 'index:1:uint32 name:2:string',
  TraceContext: 'parent:1:TraceParent',
  TraceParent: 'trace_id:1:string',
  Policy: 'name:1:string namespace:2:string labels:3:string[] revision:4:uint64 kind:5:string',
  Aggregate: `ingress_flow_count:1:uint32 egress_flow_count:2:uint32
    unknown_direction_flow_count:3:uint32`,
};

export const protoMessages: ReadonlyMap<string, readonly ProtoField[]> = new Map(
  Object.entries(declarations).map(([name, fields]) => [name, fields.split(/\s+/).map(readField)]),
);

function readField(text: string): ProtoField {
  const [name = '', number, type = ''] = text.split(':');
  return { name, number: Number(number), type: type.replace('[]', ''), isList: type.endsWith('[]') };
}

/** Enums by name: their names by number. */
export const protoEnums: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  ['Verdict', new Map(verdicts.entries())],
  ['FlowType', new Map(flowTypes.entries())],
  ['L7FlowType', new Map(l7Types.entries())],
  ['AuthType', new Map(authTypes.entries())],
  ['TrafficDirection', new Map(directions.entries())],
  ['IPVersion', new Map(ipVersions.entries())],
  ['TraceReason', new Map(traceReasons.entries())],
  ['TunnelProtocol', new Map(['UNKNOWN', 'VXLAN', 'GENEVE'].entries())],
  [
    'DropReason',
    new Map(dropReasons.flatMap(({ number, name }) => (name === 'L7_DENIED' ? [] : [[number, name]]))),
  ],
  [
    'TraceObservationPoint',
    new Map([
      [0, 'UNKNOWN_POINT'],
      [1, 'TO_PROXY'],
      [2, 'TO_HOST'],
      [3, 'TO_STACK'],
      [4, 'TO_OVERLAY'],
      [101, 'TO_ENDPOINT'],
      [5, 'FROM_ENDPOINT'],
      [6, 'FROM_PROXY'],
      [7, 'FROM_HOST'],
      [8, 'FROM_STACK'],
      [9, 'FROM_OVERLAY'],
      [10, 'FROM_NETWORK'],
      [11, 'TO_NETWORK'],
      [12, 'FROM_CRYPTO'],
      [13, 'TO_CRYPTO'],
    ]),
  ],
  [
    'DebugCapturePoint',
    new Map([
      [0, 'DBG_CAPTURE_POINT_UNKNOWN'],
      ...[
        'DELIVERY',
        'FROM_LB',
        'AFTER_V46',
        'AFTER_V64',
        'PROXY_PRE',
        'PROXY_POST',
        'SNAT_PRE',
        'SNAT_POST',
      ].map((name, i): [number, string] => [i + 4, `DBG_CAPTURE_${name}`]),
    ]),
  ],
  [
    'SocketTranslationPoint',
    new Map(
      ['UNKNOWN', 'PRE_DIRECTION_FWD', 'POST_DIRECTION_FWD', 'PRE_DIRECTION_REV', 'POST_DIRECTION_REV']
        .map((name) => `SOCK_XLATE_POINT_${name}`)
        .entries(),
    ),
  ],
]);
