import type { StartupEvent, StartupFailedEvent } from "../../core/log-event.ts";
import { definedOnly, integer, releaseOf, word } from "../keys.ts";
import type { Shape } from "../line.ts";

/** `listening on ws://0.0.0.0:18789 (PID 1)`, `http server listening (…)`, `ready (5 plugins, 0.8s)`, `ready` (9.x). */
export const startup: Shape = {
  name: "startup",
  hints: ["listening on ws://", "http server listening", "ready (", "[gateway] ready"],
  read(line) {
    const listening =
      /listening on ws:\/\/(\[[0-9a-f:.]{2,45}\]|[\w.-]{1,253}):(\d{1,5})\b(?:.{0,200}?\(PID (\d{1,9})\))?/.exec(
        line.text,
      );
    if (listening !== null && !/another gateway|already listening/.test(line.text)) {
      return startupEvent(line.base, {
        bind: listening[1],
        port: integer(listening[2]),
        pid: integer(listening[3]),
      });
    }
    if (/^(?:\[gateway\] )?(?:http server listening|ready) \(|^\[gateway\] ready$/.test(line.text))
      return startupEvent(line.base, {});
    return undefined;
  },
};

function startupEvent(
  base: Parameters<Shape["read"]>[0]["base"],
  fields: { [K in "release" | "bind" | "port" | "pid"]?: StartupEvent[K] | undefined },
): StartupEvent {
  return { type: "startup", ...base, ...definedOnly(fields) };
}

/** The banner of every command: `🦞 OpenClaw 2026.3.13 (61d171a)`; `Gateway version: 2026.9.6`. */
export const banner: Shape = {
  name: "banner",
  hints: ["OpenClaw 20", "OpenClaw v20", "OpenClaw `20", "Gateway version: 20"],
  read(line) {
    const match =
      /OpenClaw [v`]?(20\d\d\.[\w.-]{3,24})`? \((?:[0-9a-f]{6,40}|unknown)\)/.exec(line.text) ??
      /^Gateway version: (20\d\d\.[\w.-]{3,24})$/.exec(line.text);
    const release = releaseOf(match?.[1]);
    return release === undefined ? undefined : startupEvent(line.base, { release });
  },
};

const FAILURES: readonly (readonly [RegExp, StartupFailedEvent["why"]])[] = [
  [/requires gateway\.controlUi\.allowedOrigins/, "allowed-origins-required"],
  [/another gateway instance is already listening|gateway (?:is )?already running/i, "already-running"],
  [/EADDRINUSE|address already in use|port \d{1,5} is already in use/i, "address-in-use"],
  [/mutually exclusive|must not both be|gateway auth mode (?:is|=)/i, "auth-conflict"],
  [/without auth|no auth(?:entication)? (?:is )?configured/i, "auth-required"],
  [/config(?:uration)? (?:is )?invalid|invalid config/i, "invalid-config"],
];

/** `Gateway failed to start: …`, `Refusing to bind gateway to lan without auth.`, `Gateway start blocked: …` */
export const startupFailed: Shape = {
  name: "startup-failed",
  hints: [
    "ateway failed to start",
    "efusing to bind gateway",
    "ateway start blocked",
    "another gateway instance",
    "requires gateway.controlUi.allowedOrigins",
    "ateway refused startup",
    "mutually exclusive",
    "ateway already running",
    "ateway auth mode is trusted-proxy, but",
  ],
  read(line) {
    const { text } = line;
    const said =
      /gateway failed to start|refusing to bind gateway|gateway start blocked|another gateway instance is|gateway refused startup|gateway already running (?:locally|\(pid)|gateway auth mode is trusted-proxy, but/i.test(
        text,
      ) ||
      /requires gateway\.controlUi\.allowedOrigins/.test(text) ||
      (/mutually exclusive/.test(text) && /auth|token/.test(text));
    if (!said) return undefined;
    return {
      type: "startup-failed",
      ...line.base,
      why: FAILURES.find(([wording]) => wording.test(text))?.[1] ?? "other",
    };
  },
};

/** `[reload] config change requires gateway restart (gateway.controlUi.allowInsecureAuth)` */
export const reload: Shape = {
  name: "reload",
  hints: ["config change requires gateway restart", "config hot reload applied", "config change applied"],
  read(line) {
    const match =
      /config (?:change requires gateway restart|hot reload applied|change applied)[^(]{0,40}\(([^)]{1,2000})\)?/.exec(
        line.text,
      );
    if (match === null) return undefined;
    return {
      type: "config-reload",
      ...line.base,
      keys: (match[1] ?? "").split(", ").slice(0, 50),
      restart: match[0].includes("requires gateway restart"),
    };
  },
};

/** `security warning: dangerous config flags enabled: …`, Host-header fallback, bind to a non-loopback address. */
export const securityWarning: Shape = {
  name: "security-warning",
  hints: [
    "dangerous config flags enabled",
    "via Host-header fallback",
    "binding to a non-loopback address",
    "HostHeaderOriginFallback=true",
  ],
  read(line) {
    const { text } = line;
    const flags = /dangerous config flags enabled: (.{1,2000}?)(?:\. Run |\.?$)/.exec(text);
    if (flags !== null) {
      const keys = (flags[1] ?? "").split(", ").map((flag) => flag.replace(/=true$/, ""));
      return { type: "security-warning", ...line.base, warning: "dangerous-flags", keys: keys.slice(0, 50) };
    }
    if (text.includes("via Host-header fallback")) {
      const { conn, host, origin } = {
        conn: word(text, "conn"),
        host: word(text, "host"),
        origin: word(text, "origin"),
      };
      return {
        type: "security-warning",
        ...line.base,
        warning: "host-header-origin",
        keys: [],
        ...definedOnly({ conn, host, origin }),
      };
    }
    if (text.includes("binding to a non-loopback address")) {
      return { type: "security-warning", ...line.base, warning: "non-loopback-bind", keys: [] };
    }
    if (!/gateway\.controlUi\.dangerouslyAllowHostHeaderOriginFallback=true is enabled/.test(text))
      return undefined;
    const keys = ["gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback"];
    return { type: "security-warning", ...line.base, warning: "dangerous-flags", keys };
  },
};

/** Config that the gateway or the CLI rejects, or rewrote at startup (8.1 on). */
export const configError: Shape = {
  name: "config-error",
  hints: [
    "nrecognized key",
    "onfig validation failed",
    "nvalid config",
    "onfig invalid",
    "igrated legacy config keys",
  ],
  read(line) {
    const { text } = line;
    if (/igrated legacy config keys/.test(text)) {
      return { type: "config-error", ...line.base, keys: configKeys(text), kind: "migrated" };
    }
    const unrecognized = /([\w.[\]-]{1,200})?:? ?Unrecognized keys?(?:\(s\) in object)?: (.{1,500})$/i.exec(
      text,
    );
    if (unrecognized !== null) {
      const parent = unrecognized[1] ?? "";
      const names = [...(unrecognized[2] ?? "").matchAll(/["'`]([\w.-]{1,80})["'`]/g)].map(
        (name) => name[1] ?? "",
      );
      const keys = names.map((name) => (/^[\w.-]+$/.test(parent) ? `${parent}.${name}` : name));
      return { type: "config-error", ...line.base, keys: keys.slice(0, 50), kind: "unrecognized-key" };
    }
    // In OpenClaw's own spelling: people write "config invalid" about other things.
    if (!/Config validation failed|Invalid config(?: at\b|:)|Config invalid\b|\(invalid config\)/.test(text))
      return undefined;
    return { type: "config-error", ...line.base, keys: configKeys(text), kind: "invalid" };
  },
};

/** Dotted config paths in a text. */
export function configKeys(text: string): readonly string[] {
  const keys = text.matchAll(
    /\b(?:gateway|agents|channels|plugins|tools|hooks|models)(?:\.[A-Za-z][\w-]{0,60}){1,8}/g,
  );
  return [...new Set([...keys].map(([key]) => key))].slice(0, 50);
}

/** Forwarded headers of an untrusted peer, and a loopback peer with a foreign Host (up to 7.35 / since 1.29). */
export const proxyWarning: Shape = {
  name: "proxy-warning",
  hints: [
    "Proxy headers detected from untrusted",
    "unattributable proxy-shaped traffic",
    "non-local Host header",
  ],
  read(line) {
    const { text } = line;
    if (text.includes("Proxy headers detected from untrusted")) {
      return { type: "proxy-warning", ...line.base, warning: "untrusted" };
    }
    if (text.includes("non-local Host header")) {
      return { type: "proxy-warning", ...line.base, warning: "non-local-host" };
    }
    const match =
      /unattributable proxy-shaped traffic(?: from ([0-9A-Fa-f.:[\]]{2,64}?))?(?=[;,.]? |;|$)/.exec(text);
    if (match === null) return undefined;
    return {
      type: "proxy-warning",
      ...line.base,
      warning: "unattributable",
      ...definedOnly({ remote: match[1] }),
    };
  },
};
