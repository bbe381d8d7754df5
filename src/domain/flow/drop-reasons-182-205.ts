import type { DropReasonRow } from './drop-reasons-entry.js';

/** Reasons 182 to 205: VLAN, SRv6, mutual authentication, egress gateway, multicast, programs not ready. */
export const dropReasons182To205: readonly DropReasonRow[] = [
  {
    number: 182,
    name: 'VLAN_FILTERED',
    text: 'VLAN traffic disallowed by VLAN filter',
    words: 'The frame carries a VLAN tag that is not on the list Cilium lets through on that device.',
    nextStep:
      'Add the VLAN to `vlan-bpf-bypass` (0 admits all), or attach Cilium to the VLAN interface itself.',
  },
  {
    number: 183,
    name: 'INVALID_VNI',
    text: 'Incorrect VNI from VTEP',
    words:
      'An external VXLAN tunnel endpoint sent a packet with a network number other than the one Cilium accepts from it.',
    nextStep:
      'Compare the VNI configured on the external VTEP with the one that Cilium expects, and the list of VTEPs (`cilium-dbg bpf vtep list`).',
  },
  {
    number: 184,
    name: 'INVALID_TC_BUFFER',
    text: 'Failed to update or lookup TC buffer',
    words:
      'The scratch memory that BPF programs use to pass data on could not be read or written, so the packet could not be finished.',
    nextStep:
      'Look for BPF errors in the log of the agent and in `dmesg` of the node, and restart the agent if they go on.',
  },
  {
    number: 185,
    name: 'NO_SID',
    text: 'No SID was found for the IP address',
    words: 'The destination is routed by SRv6, but no segment identifier is known for its address.',
    nextStep:
      'Check the VRF and SRv6 egress policies for the address and that the BGP control plane has learnt the SID from the peer.',
  },
  {
    number: 186,
    name: 'MISSING_SRV6_STATE',
    text: 'SRv6 state was removed during tail call',
    words:
      'The SRv6 information of the packet was lost between two parts of the datapath. Deprecated: current versions no longer report it.',
    nextStep:
      'Check the Cilium version of the node and whether its SRv6 configuration was being changed at that moment.',
  },
  {
    number: 187,
    name: 'NAT46',
    text: 'L3 translation from IPv4 to IPv6 failed (NAT46)',
    words: 'An IPv4 packet could not be turned into an IPv6 one on the way to an IPv6 backend.',
    nextStep:
      'Check the IP families of the Service and of its backends (`kubectl get svc,endpointslices`), and give the Service backends of its own family if you can.',
  },
  {
    number: 188,
    name: 'NAT64',
    text: 'L3 translation from IPv6 to IPv4 failed (NAT64)',
    words: 'An IPv6 packet could not be turned into an IPv4 one, as needed to reach an IPv4 destination.',
    nextStep:
      'Check that the destination lies in the NAT64 prefix in use (64:ff9b::/96 by default) and that its IPv4 part is a reachable address.',
  },
  {
    number: 189,
    name: 'AUTH_REQUIRED',
    text: 'Authentication required',
    words:
      'A policy demands mutual authentication and the two workloads had not completed their handshake yet. The first packets may be lost this way; after a successful handshake a retry passes.',
    nextStep:
      'If it goes on, check `cilium-dbg bpf auth list` on that node and the SPIRE server and agents (`kubectl get pods -n cilium-spire`).',
  },
  {
    number: 190,
    name: 'CT_NO_MAP_FOUND',
    text: 'No conntrack map found',
    words:
      'The connection comes from another cluster of the mesh for which this node has no connection tracking table.',
    nextStep:
      'Check that the cluster is connected (`cilium clustermesh status`) and that its cluster id is the same on both sides.',
  },
  {
    number: 191,
    name: 'SNAT_NO_MAP_FOUND',
    text: 'No nat map found',
    words:
      'The packet needs address translation towards another cluster, and the NAT table for it is missing.',
    nextStep:
      'Check `cilium clustermesh status` and the log of the agent for errors while creating the maps of that cluster.',
  },
  {
    number: 192,
    name: 'INVALID_CLUSTER_ID',
    text: 'Invalid ClusterID',
    words:
      'The packet names a cluster id that is outside the allowed range or not part of this cluster mesh.',
    nextStep:
      'Compare `cluster-id` and `max-connected-clusters` of all connected clusters (`cilium config view | grep cluster`): ids must be unique and in range.',
  },
  {
    number: 193,
    name: 'UNSUPPORTED_PROTOCOL_FOR_DSR_ENCAP',
    text: 'Unsupported packet protocol for DSR encapsulation',
    words: 'Direct server return cannot wrap this kind of packet for the way to the node of the backend.',
    nextStep:
      'Check which protocol the Service carries; for anything except TCP and UDP use `loadBalancer.mode=snat` or hybrid.',
  },
  {
    number: 194,
    name: 'NO_EGRESS_GATEWAY',
    text: 'No egress gateway found',
    words:
      'An egress gateway policy selects the pod, but no node matches as its gateway. Traffic stops rather than leaving with the wrong address.',
    nextStep:
      'Compare `egressGateway.nodeSelector` of the policy (`kubectl get ciliumegressgatewaypolicies -o yaml`) with the labels of the nodes.',
  },
  {
    number: 195,
    name: 'UNENCRYPTED_TRAFFIC',
    text: 'Traffic is unencrypted',
    words: 'Strict encryption is on, and this packet would have gone between nodes in clear text.',
    nextStep:
      'Run `cilium encryption status` and look for the node that is missing a key or tunnel; a node that has just joined recovers by itself.',
  },
  {
    number: 196,
    name: 'TTL_EXCEEDED',
    text: 'TTL exceeded',
    words:
      'The hop limit of the packet ran out here. Traceroute does that on purpose; otherwise it suggests a routing loop.',
    nextStep: 'Run `traceroute DESTINATION` from the source, and look for addresses that repeat.',
  },
  {
    number: 197,
    name: 'NO_NODE_ID',
    text: 'No node ID found',
    words:
      'The datapath has no internal number for the other node, which IPsec and other features need to address it.',
    nextStep:
      'Compare `cilium-dbg nodeid list` on that node with `kubectl get nodes -o wide`, and read the log of the agent for errors about node ids.',
  },
  {
    number: 198,
    name: 'DROP_RATE_LIMITED',
    text: 'Rate limited',
    words:
      'The datapath limits how often it handles such packets, for example the ICMP answers it makes itself, and the limit was reached.',
    nextStep:
      'See who sends so many of these packets (group the drops by source) before looking for anything else.',
  },
  {
    number: 199,
    name: 'IGMP_HANDLED',
    text: 'IGMP handled',
    words:
      'An IGMP message of a pod was consumed by the multicast support of Cilium. It did its work; it was not lost.',
    nextStep: 'Nothing to do; `cilium-dbg bpf multicast group list` shows the groups that result.',
  },
  {
    number: 200,
    name: 'IGMP_SUBSCRIBED',
    text: 'IGMP subscribed',
    words: 'A pod joined a multicast group; the join message ends in the datapath after being noted.',
    nextStep:
      'Nothing to do; `cilium-dbg bpf multicast subscriber list GROUP` shows the new subscriber if you want to check.',
  },
  {
    number: 201,
    name: 'MULTICAST_HANDLED',
    text: 'Multicast handled',
    words:
      'The datapath copied a multicast packet to its subscribers and then discarded the original, as it should.',
    nextStep: 'Nothing to do unless a subscriber misses data: then check its node and its subscription.',
  },
  {
    number: 202,
    name: 'DROP_HOST_NOT_READY',
    text: 'Host datapath not ready',
    words:
      'The programs for the node itself were not loaded yet, as during the start of the agent. It should end within seconds.',
    nextStep:
      'If it lasts longer than a minute, look at the agent of that node (`kubectl -n kube-system get pods -l k8s-app=cilium -o wide`) and its log.',
  },
  {
    number: 203,
    name: 'DROP_EP_NOT_READY',
    text: 'Endpoint policy program not available',
    words:
      'The pod was so new, or just being removed, that its policy program was not in place. Retries normally succeed.',
    nextStep:
      'If it persists, check the state of the endpoint (`cilium-dbg endpoint list` on its node): it should be ready and not regenerating.',
  },
  {
    number: 204,
    name: 'DROP_NO_EGRESS_IP',
    text: 'No Egress IP configured',
    words: 'An egress gateway node was chosen, but it has no address to send this traffic from.',
    nextStep:
      'Check `egressIP` or `interface` of the egress gateway policy against the addresses of the gateway node, also for the IP family (`cilium-dbg bpf egress list`).',
  },
  {
    number: 205,
    name: 'DROP_PUNT_PROXY',
    text: 'Punt to proxy',
    words:
      'The packet left the fast path to be given to the L7 proxy. It counts as a drop only inside the datapath.',
    nextStep: 'Nothing to do; what became of the request is in the L7 flows of the same connection.',
  },
];
