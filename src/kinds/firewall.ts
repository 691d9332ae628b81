import { objectOf } from "../core/json.ts";

/** What the firewall of a host does with connections from elsewhere to one port. */
export interface FirewallVerdict {
  readonly by: "ufw" | "nftables";
  /** `closed`: nobody is let in. `private`: only private or tailnet addresses are. `open`: anybody is. */
  readonly lets: "closed" | "private" | "open";
  /** The rule or the policy that says so. */
  readonly rule: string;
}

const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|127\.|f[cd][0-9a-f]{2}:|fe80:|::1)/i;

/**
 * Of `ufw status verbose` (0.36) where it is active; `undefined`: it is not, or may not be asked. Ports that Docker
 * publishes go past it, which is of no concern to a gateway that runs on the host itself.
 */
export function ufwSays(text: string, port: number): FirewallVerdict | undefined {
  if (!/^Status: active$/m.test(text)) return undefined;
  const policy = /^Default: (\w+) \(incoming\)/m.exec(text)?.[1];
  let widest: FirewallVerdict = {
    by: "ufw",
    lets: "closed",
    rule: `Default: ${policy ?? "deny"} (incoming)`,
  };
  for (const line of text.split("\n").slice(0, 2000)) {
    const [, to = "", action = "", from = ""] =
      /^(\S.*?)\s{2,}(ALLOW|LIMIT|DENY|REJECT)(?: IN)?\s{2,}(\S.*)$/.exec(line) ?? [];
    if (action === "" || /\bOUT\b|\bFWD\b/.test(line) || !isForPort(to, port)) continue;
    const rule = line.trim().replaceAll(/\s+/g, " ");
    const anybody = /^Anywhere(?: \(v6\))?(?:\s+#.*)?$/.test(from) && !/ on \S/.test(to);
    // The first rule that fits decides; one for everybody ends the search.
    if (action === "DENY" || action === "REJECT") {
      if (anybody) return widest;
      continue;
    }
    if (anybody) return { by: "ufw", lets: "open", rule };
    const onInterface = / on (\S+)/.exec(to)?.[1];
    const isPrivate =
      PRIVATE.test(from) ||
      (onInterface !== undefined && /^(?:tailscale|wg|zt|docker|br-|lo)/.test(onInterface));
    if (!isPrivate) return { by: "ufw", lets: "open", rule };
    widest = { by: "ufw", lets: "private", rule };
  }
  return policy === "allow" ? { by: "ufw", lets: "open", rule: "Default: allow (incoming)" } : widest;
}

function isForPort(to: string, port: number): boolean {
  const [first = ""] = to.replace(/ \(v6\)/, "").split(" ");
  if (first === "Anywhere") return true;
  const [ports = "", protocol = "tcp"] = (to.match(/(?:^|\s)([\d:,]+(?:\/\w+)?)(?=\s|$)/)?.[1] ?? "").split(
    "/",
  );
  if (protocol !== "tcp") return false;
  return ports.split(",").some((one) => {
    const [low = "", high = low] = one.split(":");
    return low !== "" && port >= Number(low) && port <= Number(high);
  });
}

/** Rules of an input chain that let in what is no new connection to a port. */
const HARMLESS =
  /^(?:ct state|iif(?:name)? "?lo"?|meta l4proto (?:icmp|ipv6-icmp)|ip6? (?:protocol|nexthdr) |icmp|udp |counter(?: packets \d+ bytes \d+)?$|log\b|drop$|reject\b|counter .*(?:drop|reject))/;

/**
 * Of `nft list ruleset` (1.0), where an input chain drops by its policy and every rule of it is understood; else
 * `undefined`, as sets, jumps and other tables may let anybody in.
 */
export function nftSays(text: string, port: number): FirewallVerdict | undefined {
  const closedOrNot = inputChains(text).map((rules) => chainSays(rules, port));
  if (closedOrNot.includes(undefined)) return undefined;
  // A connection passes every base chain: one that is closed closes it.
  return closedOrNot.find((one) => one?.lets === "closed") ?? closedOrNot[0];
}

/** Rules of each chain that drops what no rule lets in. */
function inputChains(text: string): readonly (readonly string[])[] {
  const chains: string[][] = [];
  let chain: string[] | undefined;
  for (const line of text.split("\n")) {
    const rule = line.trim().replaceAll(/\s+/g, " ");
    if (rule.startsWith("type filter hook input ")) {
      chain = [];
      if (/\bpolicy drop;/.test(rule)) chains.push(chain);
    } else if (rule === "}" || rule.startsWith("chain ")) chain = undefined;
    else if (rule !== "") chain?.push(rule);
  }
  return chains;
}

/** `undefined`: a rule is not understood. */
function chainSays(rules: readonly string[], port: number): FirewallVerdict | undefined {
  let lets: FirewallVerdict = { by: "nftables", lets: "closed", rule: "policy drop" };
  for (const rule of rules) {
    if (HARMLESS.test(rule)) continue;
    const [, from, ports, action] =
      /^(?:ip6? saddr (\S+|\{[^}]*\}) )?tcp dport (\d+(?:-\d+)?|\{[^}]*\})(?: ct state new)?(?: counter(?: packets \d+ bytes \d+)?)? (accept|drop|reject)/.exec(
        rule,
      ) ?? [];
    if (ports === undefined) return undefined;
    if (action !== "accept" || !isAmong(ports, port)) continue;
    if (from === undefined || !PRIVATE.test(from)) return { by: "nftables", lets: "open", rule };
    lets = { by: "nftables", lets: "private", rule };
  }
  return lets;
}

function isAmong(ports: string, port: number): boolean {
  return ports
    .replaceAll(/[{}\s]/g, "")
    .split(",")
    .some((one) => {
      const [low = "", high = low] = one.split("-");
      return port >= Number(low) && port <= Number(high);
    });
}

/** How Tailscale hands a port of the host over, of `tailscale serve status --json`. */
export interface ServedPort {
  /** The Internet may come, too. */
  readonly funnel: boolean;
  /** `host.tailnet.ts.net:443`. */
  readonly at: string;
}

/** Shapes as Tailscale's `ipn.ServeConfig` has them: `Web`, `TCP`, `AllowFunnel`. */
export function servedBy(config: unknown, port: number): ServedPort | undefined {
  const { Web: web, TCP: tcp, AllowFunnel: funnel } = objectOf(config);
  const leads = (to: unknown): boolean =>
    typeof to === "string" &&
    new RegExp(`^(?:[a-z+]{2,20}://)?(?:127\\.0\\.0\\.1|localhost|\\[::1\\]):${port}(?:/|$)`).test(to);
  const hosts = Object.entries(objectOf(web)).slice(0, 100);
  const byWeb = hosts.find(([, site]) =>
    Object.values(objectOf(objectOf(site).Handlers)).some((handler) => leads(objectOf(handler).Proxy)),
  )?.[0];
  const byTcp = Object.entries(objectOf(tcp))
    .slice(0, 100)
    .find(([, handler]) => leads(objectOf(handler).TCPForward))?.[0];
  const at = byWeb ?? byTcp;
  if (at === undefined) return undefined;
  const opened = Object.entries(objectOf(funnel)).some(
    ([name, on]) => on === true && (name === at || name.endsWith(`:${at}`)),
  );
  return { funnel: opened, at };
}
