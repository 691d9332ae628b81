import { browserDevice, isSecureContext, pageScopes } from "../../../admission/page.ts";
import { FINAL_RELEASES } from "../../../admission/releases.ts";
import type {
  AdmissionConfig,
  AdmissionInput,
  Connection,
  ConnectionDevice,
} from "../../../core/connection.ts";
import { DEPLOYMENT_KINDS } from "../../../core/deployment-kind.ts";
import { isRelease } from "../../../core/release.ts";
import type { Saying } from "../../../core/saying.ts";
import { type Change, changed, idleKeys, routed } from "./change.ts";
import { VIAS } from "./vias.ts";

const SWITCH = ["no", "yes"] as const;

/** What somebody may choose of who comes, by which way, to a gateway of which settings; the first of each is usual. */
export const CHOICES = {
  deployment: DEPLOYMENT_KINDS,
  via: VIAS,
  browser: ["new", "waiting", "approved"],
  secret: ["valid", "wrong", "missing"],
  bind: ["loopback", "lan", "tailnet", "auto"],
  mode: ["token", "password", "trusted-proxy", "none"],
  originAllowed: SWITCH,
  proxyTrusted: SWITCH,
  allowTailscale: ["unset", "yes", "no"],
  allowInsecureAuth: SWITCH,
  deviceAuthOff: SWITCH,
  hostFallback: SWITCH,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ChoiceKey = keyof typeof CHOICES;
export type Choices = { readonly [K in ChoiceKey]: (typeof CHOICES)[K][number] } & {
  readonly release: string;
};

/** Settings of openclaw.json that a choice stands for. */
export const SETTING_OF = {
  bind: "gateway.bind",
  mode: "gateway.auth.mode",
  originAllowed: "gateway.controlUi.allowedOrigins",
  proxyTrusted: "gateway.trustedProxies",
  allowTailscale: "gateway.auth.allowTailscale",
  allowInsecureAuth: "gateway.controlUi.allowInsecureAuth",
  deviceAuthOff: "gateway.controlUi.dangerouslyDisableDeviceAuth",
  hostFallback: "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
} as const satisfies Partial<Record<ChoiceKey, string>>;

/** Releases to choose from, the newest first. */
export const CHOICE_RELEASES: readonly string[] = FINAL_RELEASES.toReversed();

export const USUAL: Choices = {
  release: CHOICE_RELEASES[0] ?? "",
  deployment: "docker",
  via: "docker",
  browser: "new",
  secret: "valid",
  bind: "lan",
  mode: "token",
  originAllowed: "yes",
  proxyTrusted: "no",
  allowTailscale: "unset",
  allowInsecureAuth: "no",
  deviceAuthOff: "no",
  hostFallback: "no",
};

/** Choices by their names, as a link has them; what is no choice is passed over. */
export function choicesFrom(said: Readonly<Record<string, string>>): Choices {
  const release = said.release !== undefined && isRelease(said.release) ? said.release : USUAL.release;
  const entries = Object.entries(CHOICES).flatMap(([key, values]: [string, readonly string[]]) => {
    const value = said[key];
    return value !== undefined && values.includes(value) ? [[key, value]] : [];
  });
  return { ...USUAL, ...Object.fromEntries(entries), release };
}

/** The choices that are not the usual ones, and the release. */
export function saidOf(choices: Choices): Readonly<Record<string, string>> {
  const others = (Object.keys(CHOICES) as ChoiceKey[]).filter((key) => choices[key] !== USUAL[key]);
  return Object.fromEntries([["release", choices.release], ...others.map((key) => [key, choices[key]])]);
}

export interface Chosen {
  /** The connection that the choices describe, and the config of the gateway that it meets. */
  readonly input: AdmissionInput;
  /** Of settings that do nothing in this release, or that it does not know, as far as somebody asked for them. */
  readonly notes: readonly Saying[];
}

export function chosen(choices: Choices): Chosen {
  const { release, via, secret } = choices;
  const config = baseConfig(choices);
  const page: Connection = {
    remoteAddress: "127.0.0.1",
    headers: { host: "127.0.0.1", origin: "http://127.0.0.1" },
    client: { id: "openclaw-control-ui", mode: "webchat" },
    role: "operator",
    scopes: pageScopes(release),
    auth: secret,
    device: { state: "unpaired" },
  };
  const there = routed({ release, config, connection: page }, via);
  const isLoggedIn = choices.mode === "trusted-proxy" && via === "proxy";
  const connection = {
    ...there,
    headers: isLoggedIn ? { ...there.headers, [USER_HEADER]: "user" } : there.headers,
    device: deviceOf(choices, there.headers.origin ?? ""),
  };
  const change = changeOf(choices, connection);
  const input = changed({ release, config, connection }, change);
  const asked = change.set.filter(({ key }) => key !== SETTING_OF.originAllowed);
  return { input, notes: idleKeys(input, { ...change, set: asked }) };
}

const USER_HEADER = "x-forwarded-user";

function deviceOf({ release, browser }: Choices, origin: string): ConnectionDevice {
  if (browserDevice(release, isSecureContext(origin)) === "absent") return { state: "absent" };
  if (browser === "approved") return { state: "paired", approvedScopes: pageScopes(release) };
  return { state: browser === "waiting" ? "pending" : "unpaired" };
}

/** What every release knows; the other settings go through {@link changed}, which leaves out what a release does not know. */
function baseConfig({ bind, mode, via }: Choices): AdmissionConfig {
  return {
    gateway: {
      bind,
      auth: {
        mode,
        ...(mode === "token" || mode === "password" ? { [mode]: "set" } : {}),
        ...(mode === "trusted-proxy" ? { trustedProxy: { userHeader: USER_HEADER } } : {}),
      },
      ...(via === "tailscale" ? { tailscale: { mode: "serve" } } : {}),
    },
  };
}

type Setting = Exclude<keyof typeof SETTING_OF, "bind" | "mode">;

function changeOf(choices: Choices, { headers: { origin = "" }, remoteAddress }: Connection): Change {
  const values = {
    originAllowed: [origin],
    proxyTrusted: [remoteAddress],
    allowTailscale: choices.allowTailscale === "yes",
    allowInsecureAuth: true,
    deviceAuthOff: true,
    hostFallback: true,
  } as const satisfies Record<Setting, unknown>;
  const wanted = (Object.keys(values) as Setting[]).filter((key) =>
    key === "allowTailscale" ? choices[key] !== "unset" : choices[key] === "yes",
  );
  return {
    set: wanted.map((key) => ({ do: "config.set", key: SETTING_OF[key], value: values[key] })),
    unset: [],
  };
}
