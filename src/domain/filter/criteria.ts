import { encrypted, reply } from './booleans.js';
import { between } from './between.js';
import { celExpression } from './cel/cel-expression.js';
import { cluster } from './cluster.js';
import type { Criterion, SidedCriterion } from './criterion.js';
import { dnsQuery, dnsRcode } from './dns.js';
import { dropReasonDesc } from './drop-reason-desc.js';
import { fqdn } from './fqdn.js';
import { httpHeader } from './http-header.js';
import { httpMethod, httpPath, httpStatus, httpUrl } from './http.js';
import { identity } from './identity.js';
import { networkInterface } from './interface.js';
import { ip, snatIp } from './ip.js';
import { ipVersion } from './ip-version.js';
import { label } from './label.js';
import { latencyMax, latencyMin } from './latency.js';
import { nodeLabel, nodeName } from './node.js';
import { pod, service } from './pod.js';
import { policy } from './policy.js';
import { port } from './port.js';
import { protocol } from './protocol.js';
import { tcpFlags } from './tcp-flags.js';
import { text } from './text.js';
import { ipTraceId, traceId } from './trace-id.js';
import { trafficDirection } from './traffic-direction.js';
import { type } from './type.js';
import { uuid } from './uuid.js';
import { verdict } from './verdict.js';
import { workload } from './workload.js';

/**
 * What can be asked of a flow. To add a criterion: write its file, name it here. They are tried in this
 * order: what the columns of a store tell first, what needs the record itself last.
 */
export const criteria: readonly Criterion[] = [
  verdict,
  type,
  protocol,
  trafficDirection,
  ipVersion,
  encrypted,
  reply,
  tcpFlags,
  dropReasonDesc,
  nodeName,
  nodeLabel,
  policy,
  between,
  uuid,
  httpStatus,
  httpMethod,
  httpPath,
  httpUrl,
  dnsQuery,
  dnsRcode,
  httpHeader,
  latencyMin,
  latencyMax,
  traceId,
  ipTraceId,
  snatIp,
  networkInterface,
  text,
  celExpression,
];

export const sidedCriteria: readonly SidedCriterion[] = [
  pod,
  label,
  workload,
  service,
  ip,
  fqdn,
  identity,
  port,
  cluster,
];
