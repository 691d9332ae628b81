import type { UsualPeers } from "../../admission/assess.ts";
import type { Workload } from "../../core/workload.ts";

/** Programs that hand connections on, by the names that images and pods have. */
const PROXY =
  /(?:^|[/-])(?:nginx|ingress|traefik|envoy|istio|haproxy|caddy|kong|contour|oauth2?-proxy|gateway-proxy|cloudflared|tailscale)(?:[-:@]|$)/i;
/** An address of the pods' network (kubeadm's default), where none of a proxy is known. */
const SOME_POD = "10.244.0.2";

/**
 * A port-forward ends in the pod and arrives from loopback, and so does a proxy in the pod itself; an Ingress has an
 * address of the pods' network: its controller's where that runs in the gateway's namespace.
 */
export function kubernetesPeers(workload: Workload | undefined): UsualPeers {
  const sidecars = workload !== undefined && "sidecars" in workload.engine ? workload.engine.sidecars : [];
  const beside = sidecars.some(({ name, image }) => PROXY.test(name) || PROXY.test(image));
  const neighbour = workload?.neighbours?.find(({ name }) => PROXY.test(name))?.address;
  const proxy = beside ? "127.0.0.1" : (neighbour ?? SOME_POD);
  return { proxy, localhost: "127.0.0.1", isDirect: false };
}
