import type { DropReasonRow } from './drop-reasons-entry.js';

/** Reasons 160 to 181: tunnels, NAT, identities, services, proxy redirection, explicit deny. */
export const dropReasons160To181: readonly DropReasonRow[] = [
  {
    number: 160,
    name: 'NO_TUNNEL_OR_ENCAPSULATION_ENDPOINT',
    text: 'No tunnel/encapsulation endpoint (datapath BUG!)',
    words:
      'The packet should have gone through the tunnel, yet the datapath does not know which node the destination lives on.',
    nextStep:
      'Check on the sending node that the destination has a tunnel endpoint (`cilium-dbg bpf ipcache list | grep IP`) and that the other node appears in `kubectl get ciliumnodes`.',
  },
  {
    number: 161,
    name: 'FAILED_TO_INSERT_INTO_PROXYMAP',
    text: 'NAT 46/64 not enabled',
    words:
      'The packet needs translation between IPv4 and IPv6, and that is switched off. The name comes from an older use of the same number.',
    nextStep:
      'Check that client and Service use the same IP family; a Service of the other family needs the NAT46x64 gateway of Cilium switched on.',
  },
  {
    number: 162,
    name: 'REACHED_EDT_RATE_LIMITING_DROP_HORIZON',
    text: 'Reached EDT rate-limiting drop horizon',
    words:
      'The bandwidth manager would have had to hold the packet back too long: the pod sends faster than its limit allows.',
    nextStep:
      'Look at the annotation `kubernetes.io/egress-bandwidth` of the pod, and raise the limit or slow the sender down.',
  },
  {
    number: 163,
    name: 'UNKNOWN_CONNECTION_TRACKING_STATE',
    text: 'Unknown connection tracking state',
    words:
      'Connection tracking returned a state that the datapath has no branch for. That points to mismatched programs or a bug.',
    nextStep:
      'Check that agent and datapath are of one version (`cilium-dbg status --verbose` on the node), then file the flow with a `cilium sysdump`.',
  },
  {
    number: 164,
    name: 'LOCAL_HOST_IS_UNREACHABLE',
    text: 'Local host is unreachable',
    words: 'The packet was meant for the node itself, but the datapath has no way to hand it to the host.',
    nextStep:
      'Check that the interface `cilium_host` exists and is up on that node (`ip addr show cilium_host`), and look for a failed host endpoint in `cilium-dbg endpoint list`.',
  },
  {
    number: 165,
    name: 'NO_CONFIGURATION_AVAILABLE_TO_PERFORM_POLICY_DECISION',
    text: 'No configuration available to perform policy decision',
    words:
      'The datapath had no policy configuration for the endpoint yet and refused to guess. Current Cilium versions no longer use this reason.',
    nextStep:
      'See whether the endpoint is still regenerating (`cilium-dbg endpoint list` on its node) and which Cilium version that node runs.',
  },
  {
    number: 166,
    name: 'UNSUPPORTED_L2_PROTOCOL',
    text: 'Unsupported L2 protocol',
    words: 'The frame was not of a kind of Ethernet that the datapath can read.',
    nextStep:
      'Check which devices Cilium is attached to (`cilium config view | grep devices`) and leave out those that carry other traffic.',
  },
  {
    number: 167,
    name: 'NO_MAPPING_FOR_NAT_MASQUERADE',
    text: 'No mapping for NAT masquerade',
    words:
      'Masquerading found no NAT entry for the packet or could not get a free port for a new one, as happens when one destination uses up all source ports.',
    nextStep:
      'Look at the fill of the NAT map (`cilium_bpf_map_pressure` for the snat maps, `cilium-dbg bpf nat list`); then raise `bpf-nat-global-max` or spread the connections over more destinations or nodes.',
  },
  {
    number: 168,
    name: 'UNSUPPORTED_PROTOCOL_FOR_NAT_MASQUERADE',
    text: 'Unsupported protocol for NAT masquerade',
    words:
      'The packet should leave with the address of the node, but masquerading only knows TCP, UDP, ICMP and, where enabled, SCTP.',
    nextStep:
      'Exempt the destination from masquerading (ip-masq-agent, `ipv4-native-routing-cidr`) or carry the protocol inside TCP or UDP.',
  },
  {
    number: 169,
    name: 'FIB_LOOKUP_FAILED',
    text: 'FIB lookup failed',
    words: 'The kernel of the node had no usable route or no resolved neighbour for the destination.',
    nextStep:
      'On that node run `ip route get DESTINATION` and `ip neigh`, and repair the missing route or the neighbour that does not answer.',
  },
  {
    number: 170,
    name: 'ENCAPSULATION_TRAFFIC_IS_PROHIBITED',
    text: 'Encapsulation traffic is prohibited',
    words:
      'A pod sent packets to the tunnel port that Cilium itself uses. That is stopped so that no pod can forge an identity.',
    nextStep:
      'If the pod runs its own VXLAN or Geneve on purpose, move one of the two to another port (`tunnel-port` in Cilium); otherwise find out what that pod is doing.',
  },
  {
    number: 171,
    name: 'INVALID_IDENTITY',
    text: 'Invalid identity',
    words:
      'The packet came with a security identity that is not valid here. During the start of a pod or node it can be a short delay in spreading identities.',
    nextStep:
      'Look the number up with `cilium-dbg identity get NUMBER` on that node; if it is missing for longer, check the connection of the agent to the API server or kvstore.',
  },
  {
    number: 172,
    name: 'UNKNOWN_SENDER',
    text: 'Unknown sender',
    words:
      'The node could not connect the source of the packet with any endpoint or node that it knows about.',
    nextStep:
      'Check with `cilium-dbg bpf ipcache get SOURCE_IP` on that node, and compare `kubectl get ciliumendpoints,ciliumnodes -A`.',
  },
  {
    number: 173,
    name: 'NAT_NOT_NEEDED',
    text: 'NAT not needed',
    words:
      'The NAT code found that nothing had to be translated. It is an internal signal and no lost traffic.',
    nextStep: 'Nothing to do; filter it out of alerts on drops.',
  },
  {
    number: 174,
    name: 'IS_A_CLUSTERIP',
    text: 'Is a ClusterIP',
    words:
      'A packet from outside tried to reach a ClusterIP, which is only meant for clients inside the cluster. Stray packets are harmless; a real client needs another way in.',
    nextStep:
      'If somebody misses this traffic, publish the Service as LoadBalancer or NodePort, or set `bpf-lb-external-clusterip`; otherwise leave it.',
  },
  {
    number: 175,
    name: 'FIRST_LOGICAL_DATAGRAM_FRAGMENT_NOT_FOUND',
    text: 'First logical datagram fragment not found',
    words:
      'A later fragment arrived without its first one, which alone carries the ports, so the connection cannot be identified.',
    nextStep:
      'Search for the cause of fragmentation: compare the MTU of the pods with that of the tunnel or VPN beneath, and watch `cilium_bpf_map_pressure` for the fragment map.',
  },
  {
    number: 176,
    name: 'FORBIDDEN_ICMPV6_MESSAGE',
    text: 'Forbidden ICMPv6 message',
    words:
      'An ICMPv6 message that is not allowed here was stopped, for example a router advertisement or redirect that could change the routing of others.',
    nextStep:
      'Find the sender of the message; where it is a legitimate router, check the host firewall policies that select the node (`kubectl get ccnp`).',
  },
  {
    number: 177,
    name: 'DENIED_BY_LB_SRC_RANGE_CHECK',
    text: 'Denied by LB src range check',
    words:
      'The client is not in the address ranges that the LoadBalancer Service admits. This is a setting of the Service, not a network policy.',
    nextStep:
      'Look at `spec.loadBalancerSourceRanges` (`kubectl get svc NAME -o yaml`) and add the range of the client if it should get in.',
  },
  {
    number: 178,
    name: 'SOCKET_LOOKUP_FAILED',
    text: 'Socket lookup failed',
    words:
      'The packet should have been handed to the L7 proxy, but no listening socket of the proxy was found.',
    nextStep:
      'Check that Envoy runs on that node (`kubectl -n kube-system get pods -l k8s-app=cilium-envoy`) and that its redirects exist (`cilium-dbg status --all-redirects`).',
  },
  {
    number: 179,
    name: 'SOCKET_ASSIGN_FAILED',
    text: 'Socket assign failed',
    words: 'The socket of the L7 proxy was found, but the kernel refused to give the packet to it.',
    nextStep:
      'Check the kernel version of the node against the requirements of Cilium for L7 policies, and restart the proxy pod on that node.',
  },
  {
    number: 180,
    name: 'PROXY_REDIRECTION_NOT_SUPPORTED_FOR_PROTOCOL',
    text: 'Proxy redirection not supported for protocol',
    words:
      'A policy sends this traffic through the L7 proxy, which can only take TCP and UDP; this was something else.',
    nextStep:
      'Find the rule with an L7 part on this port and give it an explicit `protocol: TCP` (or UDP for DNS).',
  },
  {
    number: 181,
    name: 'POLICY_DENY',
    text: 'Policy denied by denylist',
    words:
      'A deny rule forbids this connection explicitly. Deny rules win over every allow rule, so adding another allow rule will not help.',
    nextStep:
      'Open the policy that the flow names (`egress_denied_by` or `ingress_denied_by`) and narrow its egressDeny or ingressDeny rule if the connection is wanted.',
  },
];
