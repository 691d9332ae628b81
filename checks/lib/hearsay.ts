import { ipMatches, isLoopbackHost, parseIp } from "../../src/core/address.ts";
import { DEFAULT_PORT } from "../../src/core/default-port.ts";
import { type Fact, knownValue } from "../../src/core/fact.ts";
import type { ConfigReading, Deployment, OwnThings, Target } from "../../src/core/facts.ts";
import type { Finding, Remedy, Risk, Step, Unproven } from "../../src/core/finding.ts";
import { isEngineAddress } from "../../src/core/networks.ts";
import { highestRisk } from "../../src/core/plan.ts";
import { bareAddress, isLoopback } from "./addresses.ts";
import { hostPorts, isPod, neighbourAt, workloadOf } from "./workload.ts";

/*
 * Whoever can reach a gateway writes into its log: any page names its origin there, any client its own address and
 * what it claims to forward. Such a value may be shown to the user and is no reason to trust it. So every remedy that
 * puts an origin or a proxy into the configuration says of each whether it is known otherwise: named by the user, the
 * gateway's own page, a host that the cluster leads to it, a container of the same engine, a proxy that runs on this
 * machine.
 */

interface HearsayFacts {
  readonly config: Fact<ConfigReading>;
  readonly target: Fact<Target>;
  readonly deployment: Fact<Deployment>;
}

const ORIGINS = "gateway.controlUi.allowedOrigins";
const PROXIES = "gateway.trustedProxies";

/** The findings, each remedy with the risk of what it lets in, and with what of it only a log vouches for. */
export function withHearsay(findings: readonly Finding[], facts: HearsayFacts): readonly Finding[] {
  return findings.map((finding) => ({
    ...finding,
    remedies: finding.remedies.map((remedy) => judged(remedy, facts)),
  }));
}

export function judged(remedy: Remedy, facts: HearsayFacts): Remedy {
  const own = knownValue(facts.target)?.own ?? {};
  const origins = added(remedy.steps, ORIGINS, facts);
  const proxies = added(remedy.steps, PROXIES, facts);
  if (origins.length === 0 && proxies.length === 0) return remedy;
  const unproven: readonly Unproven[] = [
    ...origins
      .filter((origin) => !isOwnOrigin(origin, own, facts))
      .map((value) => ({ kind: "origin", value }) as const),
    ...proxies
      .filter((proxy) => !isOwnProxy(proxy, own, facts))
      .map((value) => ({ kind: "proxy", value }) as const),
  ];
  // A proxy names the client. From another machine's address anybody there can say that it is the gateway's own host.
  const widens = proxies.some(
    (proxy) =>
      isEngineAddress(proxy, workloadOf(facts.deployment)) ||
      (!isLoopback(proxy) && unproven.some(({ kind, value }) => kind === "proxy" && value === proxy)),
  );
  const risk: Risk = highestRisk([remedy.risk, widens ? "weakens-security" : "grants-access"]);
  return { ...remedy, risk, ...(unproven.length === 0 ? {} : { unproven }) };
}

/** What is in a list after the steps and was not before. Without the config all of it is new. */
function added(steps: readonly Step[], key: string, { config }: HearsayFacts): readonly string[] {
  const gateway = knownValue(config)?.effective.gateway;
  const present = (key === ORIGINS ? gateway?.controlUi?.allowedOrigins : gateway?.trustedProxies) ?? [];
  return steps.flatMap((step) =>
    step.do === "config.set" && step.key === key && Array.isArray(step.value)
      ? step.value.filter((one): one is string => typeof one === "string" && !present.includes(one))
      : [],
  );
}

/** Named, or a page that the gateway itself serves: at the names of this machine and at the port that it has there. */
function isOwnOrigin(
  origin: string,
  { origin: named, origins = [] }: OwnThings,
  facts: HearsayFacts,
): boolean {
  if (origin === named || origins.includes(origin)) return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined) return false;
  const workload = workloadOf(facts.deployment);
  const inside = knownValue(facts.config)?.effective.gateway?.port ?? DEFAULT_PORT;
  if (isRouted(url, facts.deployment)) return true;
  if (workload?.addresses.includes(url.hostname) === true) return url.port === String(inside);
  if (!isLoopbackHost(url.hostname)) return false;
  const ports = workload === undefined ? [inside] : [inside, ...hostPorts(workload, inside)];
  return url.port !== "" && ports.includes(Number(url.port));
}

/** The cluster's own Ingress or route of that host leads to the gateway's Service. TLS may end before one that has none. */
function isRouted({ protocol, host }: URL, deployment: Fact<Deployment>): boolean {
  const engine = workloadOf(deployment)?.engine;
  const routes = engine !== undefined && "routes" in engine ? engine.routes : [];
  return routes.some(
    (route) => route.host === host && (protocol === "https:" || (protocol === "http:" && !route.tls)),
  );
}

function isOwnProxy(proxy: string, own: OwnThings, { deployment }: HearsayFacts): boolean {
  const ip = parseIp(proxy);
  const named = (own.proxies ?? []).some(
    (one) => one === proxy || (ip !== undefined && ipMatches(ip, one, true)),
  );
  if (named) return true;
  if (proxy.includes("/")) return isPodNetwork(proxy, deployment);
  const address = bareAddress(proxy);
  if (isLoopback(address)) return (own.proxyPrograms ?? []).length > 0;
  return neighbourAt(workloadOf(deployment), address) !== undefined;
}

/** The cluster itself says that a pod beside the gateway's has its address from the range. */
function isPodNetwork(range: string, deployment: Fact<Deployment>): boolean {
  const workload = workloadOf(deployment);
  if (workload === undefined || !isPod(workload)) return false;
  return (workload.neighbours ?? []).some(({ address }) => {
    const ip = parseIp(address);
    return ip !== undefined && ipMatches(ip, range, true);
  });
}
