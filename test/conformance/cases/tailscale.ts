// Tailscale Serve: its own listener from 2026.8.1 on, the gateway's port before.
import type { Connection } from "../../../src/core/connection.ts";
import { at, type Case, cli, node, PAGE_SCOPES, page, paired } from "../case.ts";

const BOX = at("box.tail1.ts.net", "https://box.tail1.ts.net");
const FORWARDED = {
  "x-forwarded-for": "100.64.0.7",
  "x-forwarded-proto": "https",
  "x-forwarded-host": BOX.host,
};
const LOGIN = {
  ...FORWARDED,
  "tailscale-user-login": "alice@example.com",
  "tailscale-user-name": "Alice",
  "tailscale-headers-info": "x",
};

/** Addresses that the stand-in for Tailscale's daemon knows: the user's own, another user's, nobody's. */
export const TAILNET = { same: "100.64.0.7", other: "100.64.0.8", unknown: "100.64.0.9" } as const;

export function serveCases(): Case[] {
  const cases: Case[] = [];
  for (const listener of ["tailscale", "ordinary"] as const) {
    const push = (name: string, connection: Connection) =>
      cases.push({ name: `serve/${name}, ${listener} listener`, connection: { ...connection, listener } });
    const missing = { headers: { ...BOX, ...LOGIN }, auth: "missing" } as const;
    for (const auth of ["missing", "valid", "wrong"] as const)
      for (const state of ["unpaired", "absent"] as const) {
        const device = { state };
        push(`page, ${auth}, device ${state}`, page({ headers: { ...BOX, ...LOGIN }, auth, device }));
        push(`cli, ${auth}, device ${state}`, cli({ headers: { host: BOX.host, ...LOGIN }, auth, device }));
      }
    for (const tailscaleUser of ["other", "unknown"] as const) {
      const headers = { ...BOX, ...LOGIN, "x-forwarded-for": TAILNET[tailscaleUser] };
      push(
        `page of whom the daemon says ${tailscaleUser}`,
        page({ headers, auth: "missing", tailscaleUser }),
      );
      push(`page of whom the daemon says ${tailscaleUser}, right secret`, page({ headers, tailscaleUser }));
    }
    push("page of a tagged device, missing", page({ headers: { ...BOX, ...FORWARDED }, auth: "missing" }));
    push("page of a tagged device", page({ headers: { ...BOX, ...FORWARDED } }));
    push(
      "page of another site",
      page({ ...missing, headers: { ...missing.headers, origin: "https://evil.example.org" } }),
    );
    push("paired page", page({ ...missing, device: paired() }));
    push("paired page asks for more", page({ ...missing, device: paired(["operator.read"]) }));
    push(
      "paired page with another platform",
      page({
        ...missing,
        client: { id: "openclaw-control-ui", mode: "webchat", platform: "MacIntel" },
        device: paired(PAGE_SCOPES, { pinned: { platform: "Linux x86_64" } }),
      }),
    );
    push("node", node({ headers: { host: BOX.host, ...LOGIN } }));
    push(
      "page forwarded for loopback",
      page({ ...missing, headers: { ...missing.headers, "x-forwarded-for": "127.0.0.1" } }),
    );
    push(
      "page forwarded for loopback, right secret",
      page({ headers: { ...BOX, ...LOGIN, "x-forwarded-for": "127.0.0.1" } }),
    );
    push(
      "page from the funnel",
      page({ headers: { ...BOX, ...FORWARDED, "tailscale-funnel-request": "?1" } }),
    );
    push("webchat", page({ ...missing, client: { id: "webchat", mode: "webchat" } }));
    push(
      "page without x-forwarded-host",
      page({
        headers: {
          ...BOX,
          "x-forwarded-for": "100.64.0.7",
          "x-forwarded-proto": "https",
          "tailscale-user-login": "alice@example.com",
        },
      }),
    );
    push("page that is not forwarded", page());
    push("cli that is not forwarded", cli());
    push(
      "page behind another proxy",
      page({
        headers: { ...at("claw.example.com", "https://claw.example.com"), "x-forwarded-for": "203.0.113.7" },
      }),
    );
  }
  return cases;
}

/** Whether the name that is served counts as allowed by itself. */
export function servedOriginCases(): Case[] {
  const cases: Case[] = [];
  for (const listener of ["tailscale", "ordinary"] as const) {
    const push = (name: string, connection: Connection) =>
      cases.push({ name: `served/${name}, ${listener} listener`, connection: { ...connection, listener } });
    for (const auth of ["missing", "valid"] as const)
      push(`page, ${auth}`, page({ headers: { ...BOX, ...LOGIN }, auth }));
    const other = at("other.tail1.ts.net", "https://other.tail1.ts.net");
    push("page of another name", page({ headers: { ...other, ...LOGIN, "x-forwarded-host": other.host } }));
    push("page at another host", page({ headers: { ...at(`127.0.0.1:18789`, BOX.origin), ...LOGIN } }));
    push("page on loopback", page());
  }
  return cases;
}
