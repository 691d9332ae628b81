import { closest } from "../core/closest.ts";
import type { ConfigProblem } from "../core/facts.ts";
import { isObject } from "../core/json.ts";
import { atLeast } from "../core/release.ts";
import { createScrubber, safeQuote } from "../core/scrub.ts";
import { safeText } from "../core/text.ts";

/** Somebody may have put the token where the mode belongs. */
const scrub = createScrubber();

/**
 * The keys of the parts of `gateway` that decide about connections (`SECTIONS`), by release.
 * Read from the schemas that 18 releases from 2026.2.1 to 2026.9.6 ship; below `rateLimit`, `trustedProxy` and `nodes`
 * from 2.19, 2.26, 3.13, 4.15, 5.28, 6.11, 7.1, 8.2 and 9.6. `without` is the newest of them that
 * lacks the key before it came, `since` the oldest that has it; `until` and `gone` the same at its end. What lies
 * between two looked-at releases is not known, so nothing is said there.
 */
export interface KnownKey {
  readonly type: KeyType;
  readonly without?: string;
  readonly since?: string;
  readonly until?: string;
  readonly gone?: string;
}

export type KeyType =
  | "boolean"
  | "port"
  | "number"
  | "string"
  | "path-prefix"
  | "strings"
  | "secret"
  | "object"
  | "any"
  | readonly string[];

const SINCE_2_2 = { without: "2026.2.1", since: "2026.2.2" } as const;
const SINCE_2_17 = { without: "2026.2.12", since: "2026.2.17" } as const;
const SINCE_2_21 = { without: "2026.2.19", since: "2026.2.21" } as const;
const SINCE_4_20 = { without: "2026.4.7", since: "2026.4.20" } as const;
const SINCE_5_28 = { without: "2026.4.20", since: "2026.5.28" } as const;
const SINCE_8_1 = { without: "2026.7.35", since: "2026.8.1" } as const;
const SINCE_9_6 = { without: "2026.8.2", since: "2026.9.6" } as const;
const SINCE_5_28_OF_NINE = { without: "2026.4.15", since: "2026.5.28" } as const;
const SINCE_8_2_OF_NINE = { without: "2026.7.1", since: "2026.8.2" } as const;
const UNTIL_7_1_OF_NINE = { until: "2026.7.1", gone: "2026.8.2" } as const;
const UNTIL_7_35 = { until: "2026.7.35", gone: "2026.8.1" } as const;

export const KNOWN_KEYS: Readonly<Record<string, KnownKey>> = {
  "gateway.port": { type: "port" },
  "gateway.mode": { type: ["local", "remote"] },
  "gateway.bind": { type: ["auto", "lan", "loopback", "custom", "tailnet"] },
  "gateway.controlUi": { type: "object" },
  "gateway.auth": { type: "object" },
  "gateway.trustedProxies": { type: "strings" },
  "gateway.tailscale": { type: "object" },
  "gateway.remote": { type: "object" },
  "gateway.reload": { type: "object" },
  "gateway.tls": { type: "object" },
  "gateway.http": { type: "object" },
  "gateway.nodes": { type: "object" },
  "gateway.tools": { type: "object", ...SINCE_2_17 },
  "gateway.channelHealthCheckMinutes": { type: "any", ...SINCE_2_17, ...UNTIL_7_35 },
  "gateway.customBindHost": { type: "string", ...SINCE_2_21 },
  "gateway.allowRealIpFallback": { type: "boolean", ...SINCE_2_21 },
  "gateway.push": { type: "object", without: "2026.2.26", since: "2026.3.13" },
  "gateway.webchat": {
    type: "object",
    without: "2026.3.13",
    since: "2026.4.7",
    until: "2026.5.28",
    gone: "2026.6.11",
  },
  "gateway.channelStaleEventThresholdMinutes": {
    type: "any",
    without: "2026.3.13",
    since: "2026.4.7",
    ...UNTIL_7_35,
  },
  "gateway.channelMaxRestartsPerHour": {
    type: "any",
    without: "2026.3.13",
    since: "2026.4.7",
    ...UNTIL_7_35,
  },
  "gateway.handshakeTimeoutMs": { type: "any", ...SINCE_5_28, ...UNTIL_7_35 },
  "gateway.terminal": { type: "object", without: "2026.6.11", since: "2026.7.35" },
  "gateway.publicOrigin": { type: "string", ...SINCE_8_1 },
  "gateway.cliAgents": { type: "object", ...SINCE_8_1 },
  "gateway.roles": { type: "object", ...SINCE_8_1 },
  "gateway.portals": { type: "object", ...SINCE_9_6 },

  "gateway.controlUi.enabled": { type: "boolean" },
  "gateway.controlUi.basePath": { type: "path-prefix" },
  "gateway.controlUi.allowInsecureAuth": { type: "boolean", ...UNTIL_7_35 },
  "gateway.controlUi.dangerouslyDisableDeviceAuth": { type: "boolean" },
  "gateway.controlUi.root": { type: "string", ...SINCE_2_2 },
  "gateway.controlUi.allowedOrigins": { type: "strings", ...SINCE_2_2 },
  "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback": {
    type: "boolean",
    without: "2026.2.22",
    since: "2026.2.23",
  },
  "gateway.controlUi.embedSandbox": { type: "any", ...SINCE_4_20 },
  "gateway.controlUi.allowExternalEmbedUrls": { type: "any", ...SINCE_4_20 },
  "gateway.controlUi.chatMessageMaxWidth": { type: "any", ...SINCE_5_28, ...UNTIL_7_35 },
  "gateway.controlUi.environment": { type: "any", ...SINCE_8_1 },
  "gateway.controlUi.github": { type: "any", ...SINCE_8_1 },
  "gateway.controlUi.toolTitles": { type: "any", ...SINCE_8_1, until: "2026.8.2", gone: "2026.9.6" },
  "gateway.controlUi.sessionObserver": { type: "any", ...SINCE_8_1 },
  "gateway.controlUi.automaticallyFetchFavicons": { type: "any", ...SINCE_8_1 },
  "gateway.controlUi.experimental": { type: "any", ...SINCE_9_6 },
  "gateway.controlUi.communityInvite": { type: "any", ...SINCE_9_6 },

  "gateway.auth.mode": { type: ["token", "password", "none", "trusted-proxy"] },
  "gateway.auth.token": { type: "secret" },
  "gateway.auth.password": { type: "secret" },
  "gateway.auth.allowTailscale": { type: "boolean" },
  "gateway.auth.rateLimit": { type: "object", ...SINCE_2_17 },
  "gateway.auth.trustedProxy": { type: "object", ...SINCE_2_17 },
  "gateway.auth.identityScopes": { type: "object", ...SINCE_8_1 },

  "gateway.auth.rateLimit.maxAttempts": { type: "number" },
  "gateway.auth.rateLimit.windowMs": { type: "number" },
  "gateway.auth.rateLimit.lockoutMs": { type: "number" },
  "gateway.auth.rateLimit.exemptLoopback": { type: "boolean" },

  "gateway.auth.trustedProxy.userHeader": { type: "string" },
  "gateway.auth.trustedProxy.requiredHeaders": { type: "strings" },
  "gateway.auth.trustedProxy.allowUsers": { type: "strings" },
  "gateway.auth.trustedProxy.allowLoopback": { type: "boolean", ...SINCE_5_28_OF_NINE },
  "gateway.auth.trustedProxy.deviceAutoApprove": { type: "object", ...SINCE_8_2_OF_NINE },
  "gateway.auth.trustedProxy.cloudflareAccessOidc": { type: "object", ...SINCE_9_6 },
  "gateway.auth.trustedProxy.deviceAutoApprove.enabled": { type: "boolean" },
  "gateway.auth.trustedProxy.deviceAutoApprove.scopes": { type: "strings" },

  "gateway.nodes.browser": { type: "object" },
  "gateway.nodes.pairing": { type: "object", ...SINCE_5_28_OF_NINE },
  "gateway.nodes.allowCommands": { type: "strings", ...UNTIL_7_1_OF_NINE },
  "gateway.nodes.denyCommands": { type: "strings", ...UNTIL_7_1_OF_NINE },
  "gateway.nodes.pluginTools": { type: "object", ...SINCE_8_2_OF_NINE },
  "gateway.nodes.allowSkills": { type: "boolean", ...SINCE_8_2_OF_NINE },
  "gateway.nodes.commands": { type: "object", ...SINCE_8_2_OF_NINE },
  "gateway.nodes.browser.mode": { type: ["auto", "manual", "off"] },
  "gateway.nodes.browser.node": { type: "string" },
  "gateway.nodes.pairing.autoApproveCidrs": { type: "strings" },
  "gateway.nodes.pairing.autoApproveLocal": { type: "boolean", ...SINCE_8_2_OF_NINE },
  "gateway.nodes.pairing.sshVerify": { type: "any", ...SINCE_8_2_OF_NINE },
  "gateway.nodes.commands.allow": { type: "strings" },
  "gateway.nodes.commands.deny": { type: "strings" },
  "gateway.nodes.pluginTools.enabled": { type: "boolean" },

  "gateway.tailscale.mode": { type: ["off", "serve", "funnel"] },
  "gateway.tailscale.resetOnExit": { type: "boolean", ...UNTIL_7_35 },
  "gateway.tailscale.preserveFunnel": { type: "boolean", ...SINCE_5_28 },
  "gateway.tailscale.serviceName": {
    type: "string",
    without: "2026.5.28",
    since: "2026.6.11",
    ...UNTIL_7_35,
  },
};

/** Values of `gateway.auth.mode` that came later than the key: first release that takes them (schemas). */
const LATER_VALUES: Readonly<Record<string, Readonly<Record<string, { without: string; since: string }>>>> = {
  "gateway.auth.mode": {
    none: { without: "2026.2.12", since: "2026.2.19" },
    "trusted-proxy": { without: "2026.2.12", since: "2026.2.17" },
  },
};

/** The newest release whose schema is in the table. */
export const NEWEST_KNOWN = "2026.9.6";

const SECTIONS = [
  "gateway",
  "gateway.controlUi",
  "gateway.auth",
  "gateway.auth.rateLimit",
  "gateway.auth.trustedProxy",
  "gateway.auth.trustedProxy.deviceAutoApprove",
  "gateway.nodes",
  "gateway.nodes.browser",
  "gateway.nodes.commands",
  "gateway.nodes.pairing",
  "gateway.nodes.pluginTools",
  "gateway.tailscale",
] as const;

/** Keys that people put one level too high, with the place where they belong. */
const MISPLACED: Readonly<Record<string, string>> = {
  controlUi: "gateway.controlUi",
  trustedProxies: "gateway.trustedProxies",
  allowedOrigins: "gateway.controlUi.allowedOrigins",
  allowInsecureAuth: "gateway.controlUi.allowInsecureAuth",
  "gateway.token": "gateway.auth.token",
  "gateway.password": "gateway.auth.password",
  "gateway.allowedOrigins": "gateway.controlUi.allowedOrigins",
  "gateway.allowInsecureAuth": "gateway.controlUi.allowInsecureAuth",
  "gateway.dangerouslyDisableDeviceAuth": "gateway.controlUi.dangerouslyDisableDeviceAuth",
  "gateway.basePath": "gateway.controlUi.basePath",
  "gateway.auth.trustedProxies": "gateway.trustedProxies",
  "gateway.controlUi.trustedProxies": "gateway.trustedProxies",
  "gateway.controlUi.token": "gateway.auth.token",
};

/** At most this many problems; a config that is wholly something else needs no longer list. */
const MAX_PROBLEMS = 50;

/**
 * Keys that the release does not know, has retired or ignores, and values of the wrong type, in the parts of the
 * config that admission depends on. Without a release only what is wrong in every release is said.
 */
export function keyProblems(
  config: unknown,
  release: string | undefined,
  lineOf: (path: string) => number | undefined = () => undefined,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (kind: ConfigProblem["kind"], key: string, detail: string): void => {
    if (problems.length >= MAX_PROBLEMS) return;
    const line = lineOf(key);
    problems.push({
      kind,
      key: safeText(key, 120),
      detail: safeText(detail, 300),
      ...(line === undefined ? {} : { line }),
    });
  };
  if (!isObject(config)) return problems;

  for (const key of Object.keys(config).slice(0, 1000)) {
    const place = MISPLACED[key];
    if (place !== undefined && Object.hasOwn(MISPLACED, key)) add("unknown-key", key, `this key is ${place}`);
  }
  for (const section of SECTIONS) {
    const node = at(config, section);
    if (node === undefined) continue;
    if (!isObject(node)) {
      // Where its own key is in the table, that says so.
      if (Object.hasOwn(KNOWN_KEYS, section) && section.split(".").length > 2) continue;
      add("wrong-type", section, `an object belongs here, not ${nameOfType(node)}`);
      continue;
    }
    for (const [name, value] of Object.entries(node).slice(0, 1000)) {
      if (name === "$include") continue;
      const path = `${section}.${name}`;
      if (!Object.hasOwn(KNOWN_KEYS, path)) {
        unknownKey(path, release, add);
        continue;
      }
      const known = KNOWN_KEYS[path];
      if (known !== undefined) checkKnown(path, known, value, release, add);
    }
  }
  return problems;
}

type Add = (kind: ConfigProblem["kind"], key: string, detail: string) => void;

/** The key that somebody means by one that there is not: the place where it belongs, or the nearest beside it. */
export function keyMeant(path: string): string | undefined {
  if (Object.hasOwn(MISPLACED, path)) return MISPLACED[path];
  const section = parentOf(path);
  return closest(
    path,
    Object.keys(KNOWN_KEYS).filter((key) => parentOf(key) === section),
  );
}

function unknownKey(path: string, release: string | undefined, add: Add): void {
  if (Object.hasOwn(MISPLACED, path)) {
    add("unknown-key", path, `this key is ${MISPLACED[path] ?? ""}`);
    return;
  }
  const close = keyMeant(path);
  // A release newer than the table may have keys of its own; then only a near miss is worth a word.
  const newer = release !== undefined && atLeast(release, NEWEST_KNOWN) === true && release !== NEWEST_KNOWN;
  if (close !== undefined) add("unknown-key", path, `no such key; did you mean ${close}?`);
  else if (!newer) add("unknown-key", path, `no release up to ${NEWEST_KNOWN} has this key`);
}

function checkKnown(
  path: string,
  known: KnownKey,
  value: unknown,
  release: string | undefined,
  add: Add,
): void {
  const stays = releaseProblem(path, known, value, release);
  if (stays !== undefined) add(stays.kind, path, stays.detail);
  // A retired key's value does not matter any more.
  if (stays !== undefined && stays.kind !== "ignored-key") return;
  const wrong = typeProblem(path, known.type, value, release);
  if (wrong !== undefined) add("wrong-type", path, wrong);
}

function releaseProblem(
  path: string,
  known: KnownKey,
  value: unknown,
  release: string | undefined,
): { kind: ConfigProblem["kind"]; detail: string } | undefined {
  if (release === undefined) return undefined;
  if (known.without !== undefined && notAfter(release, known.without)) {
    const since = known.since ?? "a later release";
    return { kind: "unknown-key", detail: `${release} does not know this key yet; ${since} does` };
  }
  if (known.gone !== undefined && atLeast(release, known.gone) === true) {
    const until = known.until ?? "an earlier release";
    return { kind: "retired-key", detail: `this key is gone; ${until} still had it` };
  }
  // Run 2026.8.1, 2026.8.2, 2026.9.6: accepted, kept in the file, without effect and without a warning.
  if (
    path.endsWith(".dangerouslyDisableDeviceAuth") &&
    value === true &&
    atLeast(release, "2026.8.1") === true
  )
    return { kind: "ignored-key", detail: "accepted but without effect since 2026.8.1" };
  return undefined;
}

function notAfter(release: string, boundary: string): boolean {
  return release === boundary || atLeast(release, boundary) === false;
}

function typeProblem(
  path: string,
  type: KeyType,
  value: unknown,
  release: string | undefined,
): string | undefined {
  if (type === "any") return undefined;
  if (typeof type !== "string") {
    if (typeof value !== "string") return `one of ${type.join(", ")} belongs here, not ${nameOfType(value)}`;
    if (isReference(value)) return undefined;
    if (!type.includes(value))
      return `one of ${type.join(", ")} belongs here, not "${safeQuote(value, scrub, 60)}"`;
    const later = LATER_VALUES[path]?.[value];
    if (later !== undefined && release !== undefined && notAfter(release, later.without))
      return `${release} does not know the value "${value}"; ${later.since} does`;
    return undefined;
  }
  switch (type) {
    case "boolean":
      return typeof value === "boolean" ? undefined : `true or false belongs here, not ${nameOfType(value)}`;
    case "port":
      return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65536
        ? undefined
        : `a port number belongs here, not ${nameOfType(value)}`;
    case "number":
      return typeof value === "number" ? undefined : `a number belongs here, not ${nameOfType(value)}`;
    case "string":
      return typeof value === "string" ? undefined : `a text belongs here, not ${nameOfType(value)}`;
    case "path-prefix":
      if (typeof value !== "string") return `a path prefix belongs here, not ${nameOfType(value)}`;
      // Run 2026.2.1, 2026.3.13, 2026.9.6: accepted, and then / answers 404.
      return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(value.trim()) || value.trim().startsWith("//")
        ? "a path prefix such as /openclaw belongs here, not a URL; with a URL the Control UI is not found at /"
        : undefined;
    case "strings":
      if (!Array.isArray(value)) return `a list of texts belongs here, not ${nameOfType(value)}`;
      return value.every((item) => typeof item === "string")
        ? undefined
        : "every item of this list must be a text";
    case "secret":
      return typeof value === "string" || isObject(value)
        ? undefined
        : `a text or a secret reference belongs here, not ${nameOfType(value)}`;
    case "object":
      return isObject(value) ? undefined : `an object belongs here, not ${nameOfType(value)}`;
  }
}

function isReference(value: string): boolean {
  return value.includes("${");
}

function nameOfType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string")
    return value === "true" || value === "false" ? `the text "${value}"` : "a text";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return `the number ${value}`;
  return "an object";
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("."));
}

function at(config: Readonly<Record<string, unknown>>, path: string): unknown {
  let node: unknown = config;
  for (const part of path.split(".")) {
    if (!isObject(node) || !Object.hasOwn(node, part)) return undefined;
    node = node[part];
  }
  return node;
}
