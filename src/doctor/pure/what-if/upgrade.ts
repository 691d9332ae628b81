import { admit } from "../../../admission/admit.ts";
import { at } from "../../../admission/attempt.ts";
import { browserDevice, isSecureContext, pageScopes } from "../../../admission/page.ts";
import { BOUNDARIES, FINAL_RELEASES } from "../../../admission/releases.ts";
import { keyStatus, startupProblem } from "../../../admission/startup.ts";
import type { Admission, AdmissionConfig, Connection } from "../../../core/connection.ts";
import { compareReleases } from "../../../core/release.ts";
import type { UpgradeChange } from "../../../report/what-if.ts";
import { routed } from "./change.ts";
import { CHANGES_BESIDE } from "./upgrade-facts.ts";
import type { Via } from "./vias.ts";

export interface Setup {
  readonly release: string;
  readonly config: AdmissionConfig;
  /** One that is known, besides those that the config makes likely. */
  readonly connection?: Connection;
}

/**
 * Everything in this setup that is other in the release `to`: start-ups that are refused, keys that are retired, who is
 * refused, who has to pair (again), who gets in that did not, and what changes beside the rules. Pure.
 *
 * @throws {ReleaseError} a release that is no version string.
 */
export function upgradeChanges(setup: Setup, to: string): readonly UpgradeChange[] {
  const { release: from, config } = setup;
  if (compareReleases(from, to) === 0) return [];
  const way = releasesOnTheWay(from, to);
  const stop = startChange(config, way);
  const connections = stop?.weight === "stops" ? [] : connectionChanges(setup, way);
  return [
    ...(stop === undefined ? [] : [stop]),
    ...keyChanges(config, way),
    ...connections,
    ...besides(setup, way),
  ];
}

/** Final releases from the one to the other, both ends with it, in the order in which they are passed. */
function releasesOnTheWay(from: string, to: string): readonly string[] {
  const forward = compareReleases(from, to) < 0;
  const [low, high] = forward ? [from, to] : [to, from];
  const between = FINAL_RELEASES.filter(
    (release) => compareReleases(release, low) > 0 && compareReleases(release, high) < 0,
  );
  return forward ? [from, ...between, to] : [from, ...between.reverse(), to];
}

interface Since {
  readonly since: string;
  readonly source: string;
}

/** The first release from which on this question has the answer that it has at the end. */
function sinceWhen(way: readonly string[], answerAt: (release: string) => string): Since {
  const last = answerAt(way.at(-1) ?? "");
  const before = way.findLastIndex((release) => answerAt(release) !== last);
  const since = way[before + 1] ?? way.at(-1) ?? "";
  return { since, source: sourceOf(way[before] ?? since, since) };
}

/** The boundaries between two neighbours, and how they are known. */
function sourceOf(before: string, since: string): string {
  const [low, high] = compareReleases(before, since) < 0 ? [before, since] : [since, before];
  const passed = BOUNDARIES.filter(({ from, until }) =>
    [from, until].some(
      (release) =>
        release !== undefined && compareReleases(release, low) > 0 && compareReleases(release, high) <= 0,
    ),
  );
  return passed.map(({ what, source }) => `${what} (${source})`).join("; ") || `conformance: ${low}, ${high}`;
}

function startChange(config: AdmissionConfig, way: readonly string[]): UpgradeChange | undefined {
  const [from = "", to = ""] = [way[0], way.at(-1)];
  const [before, after] = [startupProblem(from, config), startupProblem(to, config)];
  if (before?.id === after?.id) return undefined;
  const since = sinceWhen(way, (release) => startupProblem(release, config)?.id ?? "starts");
  if (after !== undefined) {
    const args = { to, key: after.key ?? "" };
    return { id: "does-not-start", weight: "stops", args, problem: after, ...since };
  }
  if (before === undefined) return undefined;
  const args = { to, key: before.key ?? "" };
  return { id: "starts-again", weight: "note", args, problem: before, ...since };
}

/** Keys that decide about connections and that some release does not know or does not heed. */
const TURNING_KEYS = [
  "gateway.controlUi.allowInsecureAuth",
  "gateway.controlUi.dangerouslyDisableDeviceAuth",
  "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
  "gateway.allowRealIpFallback",
  "gateway.nodes.pairing.autoApproveLocal",
  "gateway.nodes.pairing.autoApproveCidrs",
  "gateway.auth.rateLimit",
  "gateway.auth.trustedProxy.allowLoopback",
  "gateway.auth.trustedProxy.deviceAutoApprove",
];

function keyChanges(config: AdmissionConfig, way: readonly string[]): UpgradeChange[] {
  const [from = "", to = ""] = [way[0], way.at(-1)];
  return TURNING_KEYS.flatMap((key): UpgradeChange[] => {
    const value = at(config, ...key.split("."));
    if (value === undefined || value === false) return [];
    const [before, after] = [keyStatus(from, key), keyStatus(to, key)];
    if (before === after) return [];
    const id = (
      {
        "unknown-key": "key-unknown",
        retired: "key-ignored",
        "no-effect": "key-no-effect",
        works: "key-works",
      } as const
    )[after];
    const since = sinceWhen(way, (release) => keyStatus(release, key));
    return [{ id, weight: id === "key-works" ? "note" : "refuses", args: { key, to }, ...since }];
  });
}

/** Who comes, by which way: what a config makes likely, and the connection that is known. */
interface Visitor {
  /** Keys of the words: `browser`, `approved-browser`, `cli`, `node`, `this`. */
  readonly who: string;
  readonly via: Via | "this";
  connectionAt(release: string): Connection;
}

function connectionChanges(setup: Setup, way: readonly string[]): UpgradeChange[] {
  const { config } = setup;
  const [from = "", to = ""] = [way[0], way.at(-1)];
  const found: UpgradeChange[] = [];
  for (const visitor of visitorsOf(setup)) {
    const answer = (release: string) => admit({ release, config, connection: visitor.connectionAt(release) });
    const [before, after] = [answer(from), answer(to)];
    const id = changeOf(before, after);
    if (id === undefined) continue;
    const since = sinceWhen(way, (release) => wordOf(answer(release)));
    const { gate = "", reason = "" } = after.outcome === "refused" ? after : before;
    const args = { who: visitor.who, via: visitor.via, gate, reason, to };
    found.push({ id, weight: WEIGHTS[id], args, ...since });
  }
  return found;
}

type ConnectionChange = "refused" | "has-to-pair" | "let-in" | "approved-by-itself" | "other-gate";

const WEIGHTS: Readonly<Record<ConnectionChange, UpgradeChange["weight"]>> = {
  refused: "refuses",
  "has-to-pair": "asks",
  "let-in": "opens",
  "approved-by-itself": "opens",
  "other-gate": "note",
};

function wordOf({ outcome, gate, reason, autoApproved }: Admission): string {
  return outcome === "admitted" ? `admitted ${autoApproved}` : `${gate} ${reason}`;
}

function changeOf(before: Admission, after: Admission): ConnectionChange | undefined {
  if (before.outcome === "admitted") {
    if (after.outcome === "admitted") return undefined;
    return after.gate === "pairing" ? "has-to-pair" : "refused";
  }
  if (after.outcome === "refused") return before.gate === after.gate ? undefined : "other-gate";
  return after.autoApproved ? "approved-by-itself" : "let-in";
}

function visitorsOf({ release, config, connection }: Setup): readonly Visitor[] {
  const own: Visitor[] = [];
  for (const via of viasOf(config)) {
    const through = (given: Connection) => routed({ release, config, connection: given }, via);
    const page = (at: string): Connection => {
      const routedPage = through(newPage(pageScopes(at)));
      const secure = isSecureContext(routedPage.headers.origin ?? "");
      return { ...routedPage, device: { state: browserDevice(at, secure) } };
    };
    own.push({ who: "browser", via, connectionAt: page });
    own.push({
      who: "approved-browser",
      via,
      connectionAt: (at) => {
        const { device, ...rest } = page(at);
        // It was approved for what the page of the release before asked for.
        const approved = { state: "paired", approvedScopes: pageScopes(release) } as const;
        return { ...rest, device: device.state === "absent" ? device : approved };
      },
    });
    own.push({ who: "cli", via, connectionAt: () => through(newClient("cli", "cli", "operator")) });
    own.push({
      who: "node",
      via,
      connectionAt: () => {
        const device = { state: "paired", approvedRole: "node", approvedScopes: [] } as const;
        return { ...through(newClient("node-host", "node", "node")), scopes: [], device };
      },
    });
  }
  if (connection !== undefined) own.push({ who: "this", via: "this", connectionAt: () => connection });
  return own;
}

function newPage(scopes: readonly string[]): Connection {
  return {
    remoteAddress: "127.0.0.1",
    headers: { host: "127.0.0.1", origin: "http://127.0.0.1" },
    client: { id: "openclaw-control-ui", mode: "webchat" },
    role: "operator",
    scopes,
    auth: "valid",
    device: { state: "unpaired" },
  };
}

function newClient(id: string, mode: string, role: string): Connection {
  const { headers: _, ...page } = newPage(["operator.admin", "operator.read", "operator.write"]);
  return { ...page, headers: { host: "127.0.0.1" }, client: { id, mode }, role };
}

/** Ways that this config leaves open. */
function viasOf({ gateway = {} }: AdmissionConfig): readonly Via[] {
  const { bind = "loopback", tailscale, controlUi, trustedProxies = [] } = gateway;
  const isOpen = bind !== "loopback";
  const isServed = tailscale?.mode === "serve" || tailscale?.mode === "funnel";
  const sites = (controlUi?.allowedOrigins ?? []).some((origin) => /^https:\/\//i.test(origin));
  return [
    "direct",
    ...(isOpen ? (["docker", "lan"] as const) : []),
    ...(sites || trustedProxies.length > 0 ? (["proxy"] as const) : []),
    ...(isServed ? (["tailscale"] as const) : []),
  ];
}

/** What changes on the way whatever the config says. */
function besides({ config }: Setup, way: readonly string[]): UpgradeChange[] {
  const [from = "", to = ""] = [way[0], way.at(-1)];
  const forward = compareReleases(from, to) < 0;
  const [low, high] = forward ? [from, to] : [to, from];
  const met = CHANGES_BESIDE.filter(({ first, only, concerns }) => {
    const passed = compareReleases(first, low) > 0 && compareReleases(first, high) <= 0;
    const isWay = only === undefined || (only === "up") === forward;
    return passed && isWay && (concerns?.(config) ?? true);
  });
  // Of several of a kind the last holds.
  const last = met.filter(({ id }, index) => !met.slice(index + 1).some((later) => later.id === id));
  return last.map(({ id, weight, first, args, source }) => {
    return { id, weight, args: { to, ...args }, since: forward ? first : to, source };
  });
}
