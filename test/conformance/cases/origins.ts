// The Origin header: spellings, schemes, other sites, and what `allowedOrigins` makes of them.
import { at, type Case, cli, page } from "../case.ts";
import { BRIDGE, LAN_CLIENT, LAN_HOST, LOOPBACK, LOOPBACK_HOST, OWN_LAN, PORT, PUBLIC } from "../network.ts";

/** `allowedOrigins` of the situation in which these are asked. */
export const ALLOWED_ORIGINS = [
  "https://claw.example.com",
  "https://Upper.Example.COM",
  "https://slash.example.com/",
  `http://${LAN_HOST}`,
  "https://port.example.com:443",
  "https://pathy.example.com/chat",
  "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  "null",
  "https://dot.example.com.",
];

const ON_LOOPBACK: readonly (string | undefined)[] = [
  "null",
  undefined,
  "file://",
  `http://localhost.:${PORT}`,
  `HTTP://LOCALHOST:${PORT}`,
  "http://localhost",
  "http://localhost:3000",
  "https://localhost",
  "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  "chrome-extension://zzzz",
  "tauri://localhost",
  "https://tauri.localhost",
  `http://foo.localhost:${PORT}`,
  `http://127.0.0.1:${PORT}/`,
  `http://127.0.0.1:${PORT}/chat`,
  `http://127.0.0.1:${PORT}?x=1`,
  `http://user:pw@127.0.0.1:${PORT}`,
  `http://[::1]:${PORT}`,
  `http://127.0.0.2:${PORT}`,
  `http://127.1:${PORT}`,
  `http://0.0.0.0:${PORT}`,
  "https://claw.example.com",
  "https://claw.example.com:443",
  "https://CLAW.example.com",
  "https://claw.example.com.",
  "http://claw.example.com",
  "https://claw.example.com/",
  "https://claw.example.com/chat",
  "https://upper.example.com",
  "https://slash.example.com",
  "https://port.example.com",
  "https://pathy.example.com",
  "https://sub.claw.example.com",
  "https://dot.example.com.",
  `ws://127.0.0.1:${PORT}`,
  "about:blank",
  "garbage",
  "capacitor://localhost",
  "app://obsidian.md",
  "moz-extension://abc",
  "vscode-webview://abc",
  `http://localhost:${PORT}, http://127.0.0.1:${PORT}`,
  "https://evil.example.org",
];

const ON_LAN = [
  `http://${LAN_HOST}`,
  `http://${OWN_LAN}`,
  `HTTP://${LAN_HOST}/`,
  `https://${LAN_HOST}`,
  "https://claw.example.com",
  "https://upper.example.com",
  "https://slash.example.com",
  "https://port.example.com",
  "null",
  "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  `http://localhost:${PORT}`,
  "https://dot.example.com.",
  "https://evil.example.org",
];

/** Host and Origin that agree, with and without port, by name and by address. */
const SAME_HOST = [
  ["192.168.1.10", "http://192.168.1.10"],
  ["192.168.1.10:80", "http://192.168.1.10"],
  ["192.168.1.10", "https://192.168.1.10"],
  ["192.168.1.10:443", "https://192.168.1.10"],
  ["MYBOX.local", "http://mybox.local"],
  ["mybox.local.", "http://mybox.local."],
  [`[fd00::5]:${PORT}`, `http://[fd00::5]:${PORT}`],
  ["mybox.lan", "http://mybox.lan"],
  ["mybox.home.arpa", "http://mybox.home.arpa"],
  ["mybox.internal", "http://mybox.internal"],
  ["mybox", "http://mybox"],
  ["mybox.tail1.ts.net", "https://mybox.tail1.ts.net"],
  [`169.254.1.1:${PORT}`, `http://169.254.1.1:${PORT}`],
  [`8.8.8.8:${PORT}`, `http://8.8.8.8:${PORT}`],
] as const;

export function originCases(): Case[] {
  const cases: Case[] = [];
  for (const origin of ON_LOOPBACK) {
    const headers = origin === undefined ? { host: LOOPBACK_HOST } : at(LOOPBACK_HOST, origin);
    cases.push({ name: `origin/page on loopback, ${origin ?? "none"}`, connection: page({ headers }) });
  }
  for (const origin of ON_LAN) {
    const connection = page({ remoteAddress: LAN_CLIENT, headers: at(LAN_HOST, origin) });
    cases.push({ name: `origin/page on the LAN, ${origin}`, connection });
  }
  for (const [host, origin] of SAME_HOST) {
    const connection = page({ remoteAddress: LAN_CLIENT, headers: at(host, origin) });
    cases.push({ name: `origin/page at ${host}, ${origin}`, connection });
  }
  const local = (origin: string) => at(LOOPBACK_HOST, origin);
  const app = { id: "openclaw-ios", mode: "ui" };
  const lan = { remoteAddress: LAN_CLIENT };
  cases.push(
    {
      name: "origin/cli on loopback with a loopback origin",
      connection: cli({ headers: at(LOOPBACK_HOST) }),
    },
    {
      name: "origin/cli on loopback, other site",
      connection: cli({ headers: local("https://evil.example.org") }),
    },
    {
      name: "origin/cli on loopback, allowed site",
      connection: cli({ headers: local("https://claw.example.com") }),
    },
    { name: "origin/cli on the LAN, null", connection: cli({ ...lan, headers: at(LAN_HOST, "null") }) },
    { name: "origin/cli on loopback, empty", connection: cli({ headers: local("") }) },
    {
      name: "origin/app on loopback, capacitor",
      connection: cli({ client: app, headers: local("capacitor://localhost") }),
    },
  );
  return cases;
}

/** Pages that find no list of origins in the config. */
export function seededCases(): Case[] {
  const ways: readonly (readonly [string, string, string])[] = [
    [LOOPBACK, LOOPBACK_HOST, `http://${LOOPBACK_HOST}`],
    [LOOPBACK, `localhost:${PORT}`, `http://localhost:${PORT}`],
    [BRIDGE, `localhost:${PORT}`, `http://localhost:${PORT}`],
    [BRIDGE, LOOPBACK_HOST, `http://${LOOPBACK_HOST}`],
    [LAN_CLIENT, LAN_HOST, `http://${LAN_HOST}`],
    [LAN_CLIENT, LAN_HOST, `http://localhost:${PORT}`],
    [LOOPBACK, LAN_HOST, `http://${LAN_HOST}`],
    [BRIDGE, `[::1]:${PORT}`, `http://[::1]:${PORT}`],
    [PUBLIC, `localhost:${PORT}`, `http://localhost:${PORT}`],
    [PUBLIC, `203.0.113.9:${PORT}`, `http://203.0.113.9:${PORT}`],
    [LOOPBACK, "claw.example.com", "https://claw.example.com"],
    [BRIDGE, `100.64.0.9:${PORT}`, `http://100.64.0.9:${PORT}`],
    [BRIDGE, "mybox.tail1.ts.net", "https://mybox.tail1.ts.net"],
    [BRIDGE, "localhost:8080", "http://localhost:8080"],
    [BRIDGE, "127.0.0.1:8080", "http://127.0.0.1:8080"],
    [BRIDGE, `localhost:${PORT}`, `http://${LOOPBACK_HOST}`],
    [BRIDGE, `localhost:${PORT}`, "http://localhost:3000"],
  ];
  return ways.flatMap(([remoteAddress, host, origin]) =>
    (["unpaired", "absent"] as const).map((state) => ({
      name: `seeded/page from ${remoteAddress} at ${host}, ${origin}, device ${state}`,
      connection: page({ remoteAddress, headers: at(host, origin), device: { state } }),
    })),
  );
}
