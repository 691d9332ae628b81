import { isLoopbackHost } from "../../src/core/address.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { EvidenceOrigin, Refusal } from "../../src/core/facts.ts";
import type { Finding, TellApart } from "../../src/core/finding.ts";
import { isEngineAddress } from "../../src/core/networks.ts";
import { atLeast } from "../../src/core/release.ts";
import {
  args,
  type GateFacts,
  isDeviceTokenRefusal,
  originOf,
  releaseOf,
  remoteOf,
  saysSharedTokenToo,
} from "./explain-refusals.ts";

/*
 * Causes that leave the same evidence, each with the one question that separates them: what the check that speaks
 * says of the others that it could be.
 */

/** The pairing gate gave no reason: up to 2026.4.15 an approved device that asks for more is refused in the same words. */
const upgradeOrNew = (from: string): TellApart => ({
  from,
  message: "upgrade-or-new",
  step: { do: "device.list" },
});

function isUnnamed({ reason }: Refusal): boolean {
  return reason === undefined || reason === "pairing-required";
}

function isContained(facts: GateFacts): boolean | undefined {
  const deployment = knownValue(facts.wanted.deployment);
  if (deployment?.traits.contained === true) return true;
  return deployment?.confidence === "certain" ? false : undefined;
}

/** A private peer behind a localhost name is Docker's network, or a forwarder on another machine. */
export function besideDockerNat(refusal: Refusal, facts: GateFacts): readonly TellApart[] {
  const remote = remoteOf(refusal, facts);
  const translates = knownValue(facts.wanted.deployment)?.traits.translates === true;
  if (translates || remote === undefined || isEngineAddress(remote)) return [];
  return [{ from: "first-time-not-paired", message: "published-port-or-remote", args: args({ remote }) }];
}

export function besideFirstTime(refusal: Refusal, facts: GateFacts): readonly TellApart[] {
  const apart: TellApart[] = [];
  const { client, connection, from } = refusal;
  const page = client === "control-ui" || client === "unknown";
  const placeless = connection.headers?.host === undefined && originOf(refusal, facts) === undefined;
  // From 2026.4.7 a page behind a published port is approved by itself.
  const older = atLeast(releaseOf(facts), "2026.4.7") !== true;
  const { traits } = knownValue(facts.wanted.deployment) ?? {};
  const translated = isContained(facts) !== false && traits?.clustered !== true;
  if (from !== "model" && page && placeless && older && translated) {
    apart.push({ from: "docker-nat-not-local", message: "address-bar-localhost" });
  }
  // A page always asks for the same scopes; other clients ask for what a command needs.
  if (isUnnamed(refusal) && client !== "control-ui" && from !== "model") {
    apart.push(upgradeOrNew("scope-upgrade-pending"));
  }
  return apart;
}

export function besideScopeUpgrade(refusal: Refusal): readonly TellApart[] {
  return isUnnamed(refusal) ? [upgradeOrNew("first-time-not-paired")] : [];
}

/** The gateway says the same to a client that calls itself the Control UI and is no browser. */
export function besideSecureContext(refusal: Refusal, facts: GateFacts): readonly TellApart[] {
  // A card of the page itself, which knows that it has no secure context; with the brackets they are the gateway's words.
  const words = refusal.closeReason ?? "";
  const saidByPage = refusal.from === "client" && refusal.client === "control-ui" && !words.includes("(");
  if (saidByPage || refusal.from === "model" || originOf(refusal, facts) !== undefined) return [];
  return [{ from: "third-party-client-no-device-identity", message: "secure-address" }];
}

export function besideDeviceIdentity(refusal: Refusal, facts: GateFacts): readonly TellApart[] {
  const named = refusal.connection.client !== undefined || originOf(refusal, facts) !== undefined;
  if (refusal.client !== "unknown" || named) return [];
  return [{ from: "secure-context-required", message: "which-client" }];
}

export function besideGatewayToken(refusal: Refusal, facts: GateFacts): readonly TellApart[] {
  if (isDeviceTokenRefusal(refusal)) {
    return [{ from: "device-token-mismatch", message: "token-differs", step: { do: "token.show" } }];
  }
  const mode = knownValue(facts.wanted.config)?.effective.gateway?.auth?.mode;
  if (refusal.reason !== undefined || mode !== undefined) return [];
  return [{ from: "gateway-password-missing-or-mismatch", message: "which-auth-mode" }];
}

export function besideDeviceToken(facts: GateFacts): readonly TellApart[] {
  if (!saysSharedTokenToo(facts)) return [];
  return [{ from: "gateway-token-mismatch", message: "same-token-refused", step: { do: "token.show" } }];
}

/** `connect failed` is what the page and the CLI close with, whatever the answer was (BROWSER.md 4). */
export function besideConnectFailed(): readonly TellApart[] {
  return [{ from: "first-time-not-paired", message: "request-waits", step: { do: "device.list" } }];
}

/** Nothing answers there: no gateway at all, one that listens inside of its container, or another container's loopback. */
export function besideDown(
  { gate, reason, client, connection }: Refusal,
  facts: GateFacts,
): readonly TellApart[] {
  const refused = gate === "transport" && /^(?:refused|connection-refused|econnrefused)$/.test(reason ?? "");
  if (!refused || isContained(facts) === false) return [];
  const host = connection.headers?.host;
  const own = connection.remoteAddress === "127.0.0.1" || (host !== undefined && isLoopbackHost(host));
  return [
    { from: "bind-loopback-in-container", message: "listens-where", step: { do: "logs.show" } },
    ...(client === "cli" && own
      ? [{ from: "cli-container-wrong-netns", message: "same-network" } as const]
      : []),
  ];
}

/** A published port drops connections when nothing runs behind it, too. */
export function besideLoopbackBind(): readonly TellApart[] {
  return [{ from: "gateway-down-or-starting", message: "process-runs", step: { do: "gateway.status" } }];
}

/** A question for two findings that are both told of one refusal. */
interface Pair {
  readonly ids: readonly [string, string];
  readonly question: Omit<TellApart, "from">;
  /** Only one of the two can be it; else the second says why the first came about. */
  readonly either?: true;
}

const PAIRS: readonly Pair[] = [
  {
    ids: ["edge-blocks-upgrade", "gateway-down-or-starting"],
    question: { message: "answers-without-proxy", step: { do: "gateway.status" } },
    either: true,
  },
  {
    ids: ["kubernetes-exposure", "gateway-down-or-starting"],
    question: { message: "pod-ready", step: { do: "gateway.status" } },
    either: true,
  },
  { ids: ["cli-in-container-lan-ip", "first-time-not-paired"], question: { message: "own-address" } },
  {
    ids: ["cli-in-container-lan-ip", "internal-call-lan-ip"],
    question: { message: "inside-or-command" },
    either: true,
  },
  {
    ids: ["internal-loopback-regression", "first-time-not-paired"],
    question: { message: "inside-or-command" },
  },
  {
    ids: ["internal-loopback-regression", "scope-upgrade-pending"],
    question: { message: "inside-or-command" },
  },
  {
    ids: ["internal-loopback-regression", "first-time-not-paired"],
    question: { message: "upgrade-or-new", step: { do: "device.list" } },
  },
  {
    ids: ["client-identity-not-persisted", "first-time-not-paired"],
    question: { message: "same-device-again", step: { do: "device.list" } },
  },
  ...(
    ["gateway-password-missing-or-mismatch", "device-token-mismatch", "gateway-token-mismatch"] as const
  ).map((id): Pair => ({ ids: ["env-token-overrides-config", id], question: { message: "which-place" } })),
  {
    ids: ["wrong-port-or-config-path", "gateway-token-missing"],
    question: { message: "same-config-file" },
  },
  {
    ids: ["local-autoapprove-regression", "first-time-not-paired"],
    question: { message: "on-the-same-host" },
  },
  {
    ids: ["local-autoapprove-regression", "scope-upgrade-pending"],
    question: { message: "upgrade-or-new", step: { do: "device.list" } },
    either: true,
  },
];

/** Two findings of one refusal, neither of which hides the other, with the question that separates them at the first. */
export function tellPairsApart(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding, index) => {
    if (finding.severity === "info") return finding;
    const pairs = findings.flatMap((other, at) => {
      const pair = PAIRS.find(({ ids }) => ids.includes(finding.id) && ids.includes(other.id));
      if (pair === undefined || at === index || !ofOneRefusal(finding, other)) return [];
      return [{ ...pair, from: other.id, first: index < at }];
    });
    const told = finding.tellApart ?? [];
    const asked = pairs
      .filter(({ first, from }) => first && !told.some((one) => one.from === from))
      .map(({ from, question }) => ({ from, ...question }));
    const doubtful = finding.confidence === "certain" && pairs.some(({ either }) => either);
    return {
      ...finding,
      ...(doubtful ? { confidence: "likely" as const } : {}),
      ...(asked.length === 0 ? {} : { tellApart: [...told, ...asked] }),
    };
  });
}

/** Both stand on the same line, or the same meeting. */
export function ofOneRefusal(a: Finding, b: Finding): boolean {
  if (a.severity === "info" || b.severity === "info") return false;
  return a.evidence.some((one) => b.evidence.some((other) => isSameMeeting(one.origin, other.origin)));
}

function isSameMeeting(one: EvidenceOrigin | undefined, other: EvidenceOrigin | undefined): boolean {
  if (one?.of === "log") return other?.of === "log" && one.log === other.log && one.line === other.line;
  if (one?.of === "probe") return other?.of === "probe" && one.attempt === other.attempt;
  return one?.of === "model" && other?.of === "model";
}
