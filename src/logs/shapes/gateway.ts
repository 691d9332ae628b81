import type {
  ConfigErrorEvent,
  PortHeldEvent,
  StartupEvent,
  StartupFailedEvent,
} from "../../core/log-event.ts";
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

/** `state database schema migration pending; verifying integrity first` (9.6, shipped code), of each database. */
export const migrating: Shape = {
  name: "migrating",
  hints: ["database schema migration pending"],
  read(line) {
    return /\b(?:state|agent) database schema migration pending\b/.test(line.text)
      ? { type: "migrating", ...line.base }
      : undefined;
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
  [/but no (?:token|password|auth\w{0,10}) (?:is|was|has been) (?:configured|set)/i, "auth-required"],
  [/mutually exclusive|must not both be|gateway auth mode (?:is|=)/i, "auth-conflict"],
  [/migrations? did not complete/i, "migration"],
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
    "ateway auth is set to",
    "did not complete cleanly",
    "EADDRINUSE",
  ],
  read(line) {
    const { text } = line;
    const said =
      /gateway failed to start|refusing to bind gateway|gateway start blocked|another gateway instance is|gateway refused startup|gateway already running (?:locally|\(pid)|gateway auth mode is trusted-proxy, but|gateway auth is set to (?:token|password), but no|startup migrations did not complete/i.test(
        text,
      ) ||
      /requires gateway\.controlUi\.allowedOrigins/.test(text) ||
      // Node's own words for the gateway's port; plugins listen on others.
      /\bEADDRINUSE\b.{0,120}:18789\b|^\[gateway\].{0,200}\bEADDRINUSE\b/.test(text) ||
      (/mutually exclusive/.test(text) && /auth|token/.test(text));
    if (!said) return undefined;
    return {
      type: "startup-failed",
      ...line.base,
      why: FAILURES.find(([wording]) => wording.test(text))?.[1] ?? "other",
    };
  },
};

/**
 * `- pid 5150 me: python3 -m http.server 18789 (0.0.0.0:18789)` of OpenClaw's own look at the port,
 * `python3 5150 me 3u IPv4 … TCP *:18789 (LISTEN)` of lsof, `LISTEN 0 5 0.0.0.0:18789 … users:(("python3",pid=5150,fd=3))` of ss.
 */
const HOLDERS: readonly RegExp[] = [
  /^(?:[-•] )?pid (?<pid>\d{1,9})(?: (?<user>[^\s:]{1,64}))?: (?<program>.{1,200}?) \([^()]{1,60}:(?<port>\d{1,5})\)$/,
  /^(?<program>[\w.@+-]{2,60}) +(?<pid>\d{1,9}) +(?<user>\S{1,64}) .{0,120}\bTCP \S{1,80}:(?<port>\d{1,5}) \(LISTEN\)/,
  /^(?:tcp +)?LISTEN .{0,80}?:(?<port>\d{1,5}) .{0,120}users:\(\("(?<program>[^"]{1,60})",pid=(?<pid>\d{1,9})/,
];

export const portHeld: Shape = {
  name: "port-held",
  hints: ["pid ", "(LISTEN)", "users:(("],
  needles: [...[..."123456789"].map((digit) => `- pid ${digit}`), "• pid ", "(LISTEN)", "users:(("],
  read(line) {
    const groups = HOLDERS.map((pattern) => pattern.exec(line.text)?.groups).find(
      (found) => found !== undefined,
    );
    const port = integer(groups?.port);
    const program = groups?.program;
    if (port === undefined || program === undefined) return undefined;
    const event: PortHeldEvent = {
      type: "port-held",
      ...line.base,
      port,
      program,
      ...definedOnly({ pid: integer(groups?.pid), user: groups?.user }),
    };
    return event;
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

/** `Invalid config at PATH:`, `Failed to read config at PATH SyntaxError: …` (2026.1.29 to 2026.9.6). */
const CONFIG_AT =
  /(?:nvalid config|[Ff]ailed to read config|[Cc]ould not (?:read|parse) config) at ([^\s:"'`]{1,300}(?::\\[^\s:"'`]{1,300})?)/;
/** What JSON5 and JSON say of a text that is none; the value of a `config set` is no file. */
const NO_JSON =
  /(?:JSON5: |JSON5 parse (?:failed|error): |JSON parse error: )(?!.{0,20}for value)(?:SyntaxError: )?(?:JSON5: )?[^:]{0,80}?(?:at (\d{1,6}):(\d{1,6})|$)|in JSON at position \d{1,9}(?: \(line (\d{1,6}) column (\d{1,6})\))?/;
/** A line of the list below: `- models.providers.x: Invalid input: expected object, received string`. */
const PROBLEM =
  /^(?:[-•×✗] ?)?([A-Za-z][\w-]{1,40}(?:\.[\w[\]-]{1,60}){1,8}): (?:Invalid (?:input|option|value)|Expected |Required\b|must )/;

/** Config that the gateway or the CLI rejects, or rewrote at startup (8.1 on). */
export const configError: Shape = {
  name: "config-error",
  hints: [
    "nrecognized key",
    "onfig validation failed",
    "nvalid config",
    "onfig invalid",
    "igrated legacy config keys",
    "read config at",
    "parse config at",
    "JSON5",
    "in JSON at position",
    "nvalid input",
    "nvalid option",
  ],
  needles: [
    ...["nrecognized key", "onfig validation failed", "nvalid config", "onfig invalid"],
    ...["igrated legacy config keys", "read config at", "parse config at", "JSON5: ", "JSON5 parse "],
    ...["in JSON at position", "nvalid input", "nvalid option", "reload skipped"],
    ...["Invalid option", ": Invalid value", ": Expected ", ": Required"],
  ],
  read(line) {
    const { text, base } = line;
    const path = CONFIG_AT.exec(text)?.[1];
    const error = (
      kind: ConfigErrorEvent["kind"],
      keys: readonly string[],
      at: { readonly row?: number | undefined; readonly column?: number | undefined } = {},
    ): ConfigErrorEvent => ({ type: "config-error", ...base, keys, kind, ...definedOnly({ path, ...at }) });
    if (/igrated legacy config keys/.test(text)) return error("migrated", configKeys(text));
    const unrecognized = /([\w.[\]-]{1,200})?:? ?Unrecognized keys?(?:\(s\) in object)?: (.{1,500})$/i.exec(
      text,
    );
    if (unrecognized !== null) {
      const parent = unrecognized[1] ?? "";
      const names = [...(unrecognized[2] ?? "").matchAll(/["'`]([\w.-]{1,80})["'`]/g)].map(
        (name) => name[1] ?? "",
      );
      const keys = names.map((name) => (/^[\w.-]+$/.test(parent) ? `${parent}.${name}` : name));
      const attempt = text.includes("onfig validation failed");
      return error(attempt ? "attempt" : "unrecognized-key", keys.slice(0, 50));
    }
    if (/onfig validation failed/.test(text)) return error("attempt", configKeys(text));
    if (/reload skipped|\(invalid config\)/.test(text)) return error("skipped", configKeys(text));
    const broken = NO_JSON.exec(text);
    // Other programs and OpenClaw's tools parse JSON, too: the file has to be named, or the parser that reads it.
    if (broken !== null && (path !== undefined || /JSON5|openclaw\.json/.test(text))) {
      return error("invalid", [], {
        row: integer(broken[1] ?? broken[3]),
        column: integer(broken[2] ?? broken[4]),
      });
    }
    if (path !== undefined) return error("invalid", configKeys(text));
    const problem = PROBLEM.exec(text)?.[1];
    if (problem !== undefined) return error("unrecognized-key", [problem]);
    // In OpenClaw's own spelling: people write "config invalid" about other things.
    return /Invalid config:|Config invalid\b/.test(text) ? error("invalid", configKeys(text)) : undefined;
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
