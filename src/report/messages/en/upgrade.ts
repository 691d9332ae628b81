import type { Catalogue } from "../types.ts";

/** Why a gateway does not start, and what is other in another release. */
export const upgrade: Pick<Catalogue, "startup" | "upgrade" | "upgradeWeights" | "visitors" | "ways"> = {
  startup: {
    "unknown-key": "it does not know the key {key}",
    "unknown-mode": 'it knows no auth mode "{mode}"',
    "open-to-network": "it does not bind to {bind} without authentication",
    "custom-without-host": "bind custom needs an address in gateway.customBindHost",
    "secret-ambiguous": "with a token and a password it wants gateway.auth.mode to say which counts",
    "serve-needs-loopback": "Tailscale serve and funnel need bind loopback",
    "funnel-needs-password": "Tailscale funnel needs auth mode password",
    "origins-required": "a Control UI that others can reach needs gateway.controlUi.allowedOrigins",
    "user-header-required": "auth mode trusted-proxy needs gateway.auth.trustedProxy.userHeader",
    "proxies-required": "auth mode trusted-proxy needs gateway.trustedProxies",
    "login-beside-token": "auth mode trusted-proxy and a shared token exclude each other",
    "login-needs-loopback-proxy":
      "auth mode trusted-proxy on bind loopback needs a trusted proxy on loopback",
  },
  upgrade: {
    "does-not-start": "{to} does not start with this config: {problem}",
    "starts-again": "{to} starts with this config; this release does not: {problem}",
    "key-unknown": "{to} does not know {key}: remove it, what it did is gone",
    "key-ignored": "{to} ignores {key}: what it did is gone",
    "key-no-effect": "{key} does not let anybody in any more",
    "key-works": "{key} takes effect",
    refused: "{who} {way} is refused at the gate: {gate} ({reason})",
    "has-to-pair": "{who} {way} has to be approved ({reason})",
    "let-in": "{who} {way} is let in, and is refused today",
    "approved-by-itself": "{who} {way} is approved without a question, and is refused today",
    "other-gate": "{who} {way} is refused at another gate: {gate} ({reason})",
    "node-version": "it needs Node {node} or newer of these lines; a container image brings its own",
    "protocol-4":
      "the protocol changes: apps, nodes and CLIs of the other side of 2026.5.12 are refused until they are of the same side",
    "page-reload": "pages that stay open through the upgrade are told to reload",
    "lan-page-signs": "a page on plain HTTP at a LAN address brings a device identity and can be approved",
    "state-moves":
      "approved devices move from devices/*.json into state/openclaw.sqlite; keep a backup, the older release does not read it",
    "state-comes-back":
      "the older release does not read state/openclaw.sqlite: devices that were approved since the upgrade have to be approved again",
  },
  upgradeWeights: {
    stops: "stops the gateway",
    refuses: "locks out",
    asks: "asks for approval",
    opens: "lets in",
    note: "note",
  },
  visitors: {
    browser: "a new browser",
    "approved-browser": "a browser that is approved today",
    cli: "a CLI with the right secret",
    node: "a node that is approved today",
    this: "this connection",
  },
  ways: {
    direct: "on the gateway's own machine",
    docker: "through a published Docker port",
    lan: "at the LAN address",
    proxy: "behind a proxy on the gateway's machine",
    tailscale: "through Tailscale Serve",
    ssh: "through an SSH tunnel",
    "port-forward": "through a port-forward",
    this: "on its way",
  },
};
