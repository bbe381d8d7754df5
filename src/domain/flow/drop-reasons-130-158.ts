import type { DropReasonRow } from './drop-reasons-entry.js';

/** Reasons 130 to 158: packet checks, connection tracking, tunnels, checksums. */
export const dropReasons130To158: readonly DropReasonRow[] = [
  {
    number: 130,
    name: 'INVALID_SOURCE_MAC',
    text: 'Invalid source mac',
    words:
      'The frame carried a source MAC address that does not belong to the endpoint. Deprecated: only old Cilium versions report it.',
    nextStep:
      'Check the Cilium version of the node (`cilium version`) and compare the MAC with `ip link` inside the pod.',
  },
  {
    number: 131,
    name: 'INVALID_DESTINATION_MAC',
    text: 'Invalid destination mac',
    words:
      'The frame was addressed to a MAC that is not the gateway Cilium gave to the pod. Deprecated: only old Cilium versions report it.',
    nextStep:
      'Check the Cilium version of the node (`cilium version`) and the neighbour table in the pod (`ip neigh`).',
  },
  {
    number: 132,
    name: 'INVALID_SOURCE_IP',
    text: 'Invalid source ip',
    words:
      'A pod sent a packet from an address that is not its own, so the spoofing check stopped it. Pods that route or bridge for others, such as VPNs and nested containers, run into this.',
    nextStep:
      'Compare the source IP of the flow with `kubectl get pod -o wide`; if it is not the IP of that pod, look for NAT, a VPN or extra interfaces inside the pod.',
  },
  {
    number: 133,
    name: 'POLICY_DENIED',
    text: 'Policy denied',
    words:
      'No rule allows this connection, and a policy that selects the endpoint has switched default deny on for this direction.',
    nextStep:
      'List the policies that can select the endpoint (`kubectl get cnp,ccnp,netpol -n NAMESPACE`), then allow this peer and port in one of them: under ingress at the destination or under egress at the source, as the direction of the flow says.',
  },
  {
    number: 134,
    name: 'INVALID_PACKET_DROPPED',
    text: 'Invalid packet',
    words:
      'The packet was malformed or too short for the headers it announced, so the datapath could not read it.',
    nextStep:
      'Capture on the sending side (`tcpdump -vv -i INTERFACE host IP`) and look for truncated packets; switching off the offloads of the network card with `ethtool -K` is a quick test.',
  },
  {
    number: 135,
    name: 'CT_TRUNCATED_OR_INVALID_HEADER',
    text: 'CT: Truncated or invalid header',
    words:
      'Connection tracking could not read the transport header: it was cut off or its fields contradict each other.',
    nextStep:
      'Capture the connection with `tcpdump -vv` at both ends, and check that MTU and segmentation offload agree along the path.',
  },
  {
    number: 136,
    name: 'CT_MISSING_TCP_ACK_FLAG',
    text: 'Fragmentation needed',
    words:
      'The packet was larger than the MTU of the next hop and was not allowed to be fragmented. The name is inherited from a check that no longer exists: Cilium uses this number again with a new meaning.',
    nextStep:
      'Compare the MTU of the pod, of the tunnel and of the node (`ip link`) and correct `MTU` in the Cilium configuration; let ICMP "fragmentation needed" pass on the way.',
  },
  {
    number: 137,
    name: 'CT_UNKNOWN_L4_PROTOCOL',
    text: 'CT: Unknown L4 protocol',
    words:
      'Connection tracking does not know this transport protocol. SCTP, IGMP, VRRP or GRE end up here as long as their support is not switched on.',
    nextStep:
      'Find the protocol with `tcpdump -ni any host IP and not tcp and not udp`; for SCTP set `sctp.enabled=true` in the Helm values of Cilium.',
  },
  {
    number: 138,
    name: 'CT_CANNOT_CREATE_ENTRY_FROM_PACKET',
    text: "CT: Can't create entry from packet",
    words:
      'Connection tracking refused to start a new connection from this kind of packet. Deprecated: current versions no longer report it.',
    nextStep:
      'Check the Cilium version of the node, and whether the packet belongs to a connection that had already been closed (FIN or RST just before it).',
  },
  {
    number: 139,
    name: 'UNSUPPORTED_L3_PROTOCOL',
    text: 'Unsupported L3 protocol',
    words:
      'The frame held neither of the network protocols that are enabled. Most often a pod sends IPv6 while IPv6 is off in Cilium.',
    nextStep:
      'Look at `enable-ipv4` and `enable-ipv6` (`cilium config view | grep enable-ipv`); if IPv6 is off on purpose, switch it off in the pod too and the drops end.',
  },
  {
    number: 140,
    name: 'MISSED_TAIL_CALL',
    text: 'Missed tail call',
    words:
      'The next part of the BPF program was not loaded at that moment. A few of these during an upgrade or restart of the agent are normal; a steady stream is not.',
    nextStep:
      'Check whether the agent on that node was restarting; if the drops go on, read its log for errors while loading BPF programs (`kubectl -n kube-system logs POD -c cilium-agent`).',
  },
  {
    number: 141,
    name: 'ERROR_WRITING_TO_PACKET',
    text: 'Error writing to packet',
    words: 'The datapath wanted to rewrite an address or port in the packet and the kernel did not let it.',
    nextStep:
      'Look at the BPF file and line in the flow (field `file`) and run `cilium sysdump`: together they show which rewrite failed.',
  },
  {
    number: 142,
    name: 'UNKNOWN_L4_PROTOCOL',
    text: 'Unknown L4 protocol',
    words:
      'The service or NAT code met a transport protocol other than the ones it can handle, so it could not tell where the packet belongs.',
    nextStep:
      'Check which protocol the application speaks and which one the Service declares (`kubectl get svc NAME -o yaml`); exotic protocols need a direct pod or node address.',
  },
  {
    number: 143,
    name: 'UNKNOWN_ICMPV4_CODE',
    text: 'Unknown ICMPv4 code',
    words: 'An ICMPv4 message had a code that the datapath cannot translate or track.',
    nextStep:
      'Read type and code of the flow, and find with `tcpdump -vni any icmp` which router or host sends it.',
  },
  {
    number: 144,
    name: 'UNKNOWN_ICMPV4_TYPE',
    text: 'Unknown ICMPv4 type',
    words: 'An ICMPv4 message was of a type that the datapath does not handle, such as a timestamp request.',
    nextStep:
      'See which tool sends it (scanners and old monitoring agents do); ping and path MTU discovery use types that pass.',
  },
  {
    number: 145,
    name: 'UNKNOWN_ICMPV6_CODE',
    text: 'Unknown ICMPv6 code',
    words: 'An ICMPv6 message had a code that the datapath cannot translate or track.',
    nextStep:
      'Read type and code of the flow, and find with `tcpdump -vni any icmp6` which router or host sends it.',
  },
  {
    number: 146,
    name: 'UNKNOWN_ICMPV6_TYPE',
    text: 'Unknown ICMPv6 type',
    words: 'An ICMPv6 message was of a type that the datapath does not handle at this place.',
    nextStep:
      'Check the type in the flow: pods that act as routers or listen to multicast send such messages and seldom need the answer.',
  },
  {
    number: 147,
    name: 'ERROR_RETRIEVING_TUNNEL_KEY',
    text: 'Error retrieving tunnel key',
    words:
      'A packet arrived on the tunnel device without readable tunnel metadata, so neither the sending node nor the identity is known.',
    nextStep:
      'Make sure that all nodes use the same tunnel protocol and port (`cilium config view | grep tunnel`) and that nothing else on the node uses that device.',
  },
  {
    number: 148,
    name: 'ERROR_RETRIEVING_TUNNEL_OPTIONS',
    text: 'Error retrieving tunnel options',
    words:
      'The options in the tunnel header of an arriving packet could not be read. Deprecated: current versions no longer report it.',
    nextStep:
      'Check the Cilium version of the receiving node and move all nodes of the cluster to the same supported one.',
  },
  {
    number: 149,
    name: 'INVALID_GENEVE_OPTION',
    text: 'Invalid Geneve option',
    words:
      'A Geneve header carried an option that Cilium did not understand. Deprecated: current versions no longer report it.',
    nextStep: 'Look for other software on the node that sends Geneve (OVN, NSX) to the port of the tunnel.',
  },
  {
    number: 150,
    name: 'UNKNOWN_L3_TARGET_ADDRESS',
    text: 'Unknown L3 target address',
    words:
      'A pod asked by IPv6 neighbour discovery for an address that Cilium does not answer for; it only answers for the gateway it hands out.',
    nextStep:
      'Look at the addresses and routes in the pod (`ip -6 addr; ip -6 route`): an additional subnet or a static neighbour is the usual cause.',
  },
  {
    number: 151,
    name: 'STALE_OR_UNROUTABLE_IP',
    text: 'Stale or unroutable IP',
    words:
      'The destination address belongs to the pod range of a node but to no living pod. Clients that keep talking to a pod which was just deleted cause this.',
    nextStep:
      'Search the address in `kubectl get pods -A -o wide`; if no pod has it, find out why the client still uses it (DNS cache, connection pool, stale endpoint).',
  },
  {
    number: 152,
    name: 'NO_MATCHING_LOCAL_CONTAINER_FOUND',
    text: 'No matching local container found',
    words:
      'The packet reached the right node, yet no container on it owned the address. Deprecated: current versions no longer report it.',
    nextStep:
      'Compare `cilium-dbg endpoint list` of the agent on that node with `kubectl get pods -o wide` for the same node.',
  },
  {
    number: 153,
    name: 'ERROR_WHILE_CORRECTING_L3_CHECKSUM',
    text: 'Error while correcting L3 checksum',
    words:
      'After changing an address the datapath could not update the checksum of the IP header, and gave the packet up.',
    nextStep:
      'Check checksum offload of the interface (`ethtool -k INTERFACE`) and the kernel log of the node; then collect `cilium sysdump`.',
  },
  {
    number: 154,
    name: 'ERROR_WHILE_CORRECTING_L4_CHECKSUM',
    text: 'Error while correcting L4 checksum',
    words:
      'After changing an address or a port the datapath could not update the TCP or UDP checksum, and gave the packet up.',
    nextStep:
      'Compare offload settings (`ethtool -k INTERFACE`) with a node where it works, and keep the BPF file and line of the flow for a bug report.',
  },
  {
    number: 155,
    name: 'CT_MAP_INSERTION_FAILED',
    text: 'CT: Map insertion failed',
    words:
      'A new connection could not be entered into the connection tracking table, nearly always because the table is full. Established connections go on, new ones fail.',
    nextStep:
      'Look at the metric `cilium_bpf_map_pressure` for the ct maps of that node; then raise `bpf-ct-global-tcp-max` and `bpf-ct-global-any-max`, or find the client that opens so many connections.',
  },
  {
    number: 156,
    name: 'INVALID_IPV6_EXTENSION_HEADER',
    text: 'Invalid IPv6 extension header',
    words:
      'The chain of IPv6 extension headers was broken or longer than the datapath follows, so it never reached the transport header.',
    nextStep:
      'Capture with `tcpdump -vvni any ip6` and find the sender; ordinary applications add no extension headers.',
  },
  {
    number: 157,
    name: 'IP_FRAGMENTATION_NOT_SUPPORTED',
    text: 'IP fragmentation not supported',
    words:
      'The packet is an IP fragment and fragment tracking is off, so the ports it belongs to cannot be known.',
    nextStep:
      'Set `enable-ipv4-fragment-tracking` (or the IPv6 one) to true, or make the application send smaller datagrams.',
  },
  {
    number: 158,
    name: 'SERVICE_BACKEND_NOT_FOUND',
    text: 'Service backend not found',
    words: 'The packet was sent to a Service that has no ready backend at that moment.',
    nextStep:
      'Run `kubectl get endpointslices -n NAMESPACE -l kubernetes.io/service-name=SERVICE`: without ready addresses, check the readiness of the pods and the selector of the Service.',
  },
];
