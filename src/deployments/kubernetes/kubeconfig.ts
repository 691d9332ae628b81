import { isIP } from "node:net";
import { type Cluster, KubeConfig } from "@kubernetes/client-node";
import { ipMatches, parseIp } from "../../core/address.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { World } from "../world.ts";
import { withAuthority, withCredentials } from "./credentials.ts";
import { KubeError } from "./error.ts";
import { type Kubeconfig, readKubeconfigs } from "./kubeconfig-file.ts";

/** One cluster with the credentials for it, ready to be asked. */
export interface ClusterAccess {
  readonly config: KubeConfig;
  /** As people call it: the context, or `in-cluster`. */
  readonly name: string;
  /** `kubectl` needs to be told; absent for the current context and inside the cluster. */
  readonly context?: string;
  readonly server: string;
  /** Of the context; `default` where it names none. */
  readonly namespace: string;
  /** Every credential of the context, for scrubbing. */
  readonly secrets: readonly string[];
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

type Environment = World["env"];

/**
 * The cluster that kubectl would ask: of its kubeconfigs, else of the service account around us. The client library asks
 * localhost where there is nothing, and reads files itself without a bound (1.4), so it is handed what is in them.
 * @throws {KubeError}
 */
export async function clusterAccess(world: World, wanted: string | undefined): Promise<ClusterAccess> {
  const merged = await readKubeconfigs(world);
  const config = new KubeConfig();
  if (merged.contexts.length > 0) return chosen(config, merged, wanted, world);
  if (wanted !== undefined) throw new KubeError("no-context", wanted);
  if (merged.files === 0 && (await world.exists(`${SERVICE_ACCOUNT}/token`))) return inCluster(config, world);
  throw new KubeError("no-cluster");
}

async function chosen(
  config: KubeConfig,
  { clusters, users, contexts, currentContext }: Kubeconfig,
  wanted: string | undefined,
  world: World,
): Promise<ClusterAccess> {
  const name = wanted ?? currentContext ?? "";
  const context = contexts.find((one) => one.name === name);
  if (context === undefined) throw new KubeError("no-context", name);
  const found = clusters.find((one) => one.name === context.cluster);
  if (found === undefined) throw new KubeError("no-context", name);
  const server = serverOf(found);
  const cluster: Cluster = {
    ...(await withAuthority(found, world)),
    ...proxyFor(server, found, world.env),
    // There is no TLS on this machine's own `kubectl proxy`, and the library wants that said (1.4).
    ...(server.protocol === "http:" ? { skipTLSVerify: true } : {}),
  };
  const { user, secrets } = await withCredentials(
    users.find((one) => one.name === context.user) ?? { name: context.user },
    cluster,
    world,
  );
  config.loadFromOptions({ clusters: [cluster], users: [user], contexts: [context], currentContext: name });
  return {
    config,
    name: safeText(name, 200),
    ...(wanted === undefined ? {} : { context: name }),
    server: server.host,
    namespace: isText(context.namespace) ? context.namespace : "default",
    secrets,
  };
}

async function inCluster(config: KubeConfig, world: World): Promise<ClusterAccess> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = world.env;
  if (!isText(host) || !isText(port)) throw new KubeError("no-cluster");
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  const name = "in-cluster";
  const cluster = await withAuthority(
    {
      name,
      server: `https://${bracketed}:${port}`,
      caFile: `${SERVICE_ACCOUNT}/ca.crt`,
      skipTLSVerify: false,
    },
    world,
  );
  const account = { name: "service-account", tokenFile: `${SERVICE_ACCOUNT}/token` };
  const { user, secrets } = await withCredentials(account, cluster, world);
  const context = { name, cluster: name, user: user.name };
  config.loadFromOptions({ clusters: [cluster], users: [user], contexts: [context], currentContext: name });
  return {
    config,
    name,
    server: `${bracketed}:${port}`,
    namespace: await ownNamespace(world),
    secrets,
  };
}

async function ownNamespace(world: World): Promise<string> {
  const read = await world.readText(`${SERVICE_ACCOUNT}/namespace`, 1000);
  const text = read.ok ? read.text.trim() : "";
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text) ? text : "default";
}

/** @throws {KubeError} an address that credentials would go to in the clear, or none. */
function serverOf({ server, name }: Cluster): URL {
  let url: URL;
  try {
    url = new URL(server);
  } catch {
    throw new KubeError("kubeconfig", say("cluster-without-address", { name: safeText(name, 100) }));
  }
  const local = url.hostname === "localhost" || url.hostname === "[::1]" || /^127\./.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && local)) return url;
  throw new KubeError("kubeconfig", say("cluster-without-tls", { name: safeText(name, 100) }));
}

/** The library takes `proxy-url` of the kubeconfig alone; kubectl takes the environment's proxies, too. */
function proxyFor(server: URL, { proxyUrl }: Cluster, env: Environment): { readonly proxyUrl?: string } {
  if (isText(proxyUrl)) return {};
  const proxy =
    server.protocol === "https:" ? (env.HTTPS_PROXY ?? env.https_proxy) : (env.HTTP_PROXY ?? env.http_proxy);
  if (!isText(proxy) || isExempt(server, env.NO_PROXY ?? env.no_proxy ?? "")) return {};
  return { proxyUrl: proxy.includes("://") ? proxy : `http://${proxy}` };
}

/** By the rules of Go's programs: never for this machine; names with what is below them, addresses, ranges. */
function isExempt({ hostname, port }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const ip = parseIp(host);
  if (host === "localhost" || host === "::1" || /^127\./.test(host)) return true;
  return list.split(",").some((text) => {
    const entry = text.trim().toLowerCase();
    if (entry === "*") return true;
    const [name = "", only] = entry.includes(":") && isIP(entry) === 0 ? entry.split(/:(?=\d+$)/) : [entry];
    if (name === "" || (only !== undefined && only !== (port || "443"))) return false;
    if (ip !== undefined) return ipMatches(ip, name, true);
    const bare = name.replace(/^\*?\./, "");
    return host.endsWith(`.${bare}`) || (!name.startsWith(".") && host === bare);
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
