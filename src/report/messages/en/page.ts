import type { CauseMessage } from "../types.ts";

/** What the page brings: where it was opened, its origin, its secret, its device identity, its build. */
export const page: Readonly<Record<string, CauseMessage>> = {
  "secure-context-required": {
    title: "The page has no secure context, so the browser cannot prove who it is",
    healthy: "The page is open over HTTPS or on localhost",
    what: "The Control UI was opened over plain HTTP at {origin|an address that is not localhost}. Up to 2026.7.35 the page then sends no device identity, and the gateway refuses it before it looks at the token.",
    why: "Browsers offer the cryptography that a device identity needs only in a secure context: HTTPS, or a localhost address. Up to 2026.2.19 the refusal reads `control ui requires HTTPS or localhost (secure context)`, from 2026.2.21 to 2026.7.35 `control ui requires device identity`.",
    fix: "Open the page in a secure context: through an SSH tunnel at http://127.0.0.1:{port|18789}, through Tailscale Serve, or through a proxy with HTTPS. Another way is an upgrade to 2026.8.1 or later, where the page makes its identity without a secure context and then needs one approval.",
    verify:
      "The message about HTTPS or device identity is gone. The next answer may be `origin not allowed` or `pairing required`: those are the gates behind this one.",
    caveats:
      "On plain HTTP the token and the page itself can be read and changed on the way. gateway.controlUi.allowInsecureAuth helps here only up to 2026.2.19, although the card that 2026.5.28 shows recommends it.",
    variants: {
      over: {
        title: "Earlier refusals for want of a secure context; it is mended",
        what: "The Control UI was refused over plain HTTP before. The same client got past this gate later.",
        fix: "Nothing to do.",
        verify: "No newer refusal of this kind is in the log.",
      },
      foretold: {
        title: "A page opened over plain HTTP will be refused",
        what: "No refusal was seen; this follows from the release and its settings. A browser that opens {origin|this address} will be: it has no secure context, and this release demands a device identity.",
      },
    },
  },

  "origin-not-allowed": {
    title: "The gateway does not accept pages from this origin",
    healthy: "The page's origin is allowed",
    what: "The browser opened the Control UI at {origin|an origin}, and that origin is not in gateway.controlUi.allowedOrigins.",
    why: "From 2026.2.2 the gateway compares the Origin header with that list as exact text: scheme, host and port. 2026.2.2 to 2026.2.22 also let a page pass whose Host equals its Origin; later releases do so only for loopback, and from 2026.5.18 for private addresses of the same origin.",
    fix: "Add the exact origin `{origin|https://HOST:PORT}` to gateway.controlUi.allowedOrigins: with scheme, with the port unless it is the scheme's own, without path and without a slash at the end.",
    verify:
      "The page no longer shows `origin not allowed`. A new browser meets `pairing required` next; that is progress.",
    caveats:
      "`*` and dangerouslyAllowHostHeaderOriginFallback also let it pass, and open the gateway to DNS rebinding. 2026.2.1 and earlier do not know the key and refuse to start with it. OPENCLAW_GATEWAY_ALLOWED_ORIGINS is not a variable of OpenClaw; only some images read it.",
    variants: {
      "published-port": {
        title: "The list of origins names the port inside the container, and the browser sees another one",
        what: "The container's port is published as {port|another one}, so that pages come from {origin|that port}; gateway.controlUi.allowedOrigins has {listed|the port inside} only.",
        why: "An origin is scheme, host and port as the browser has them. The port inside the container, which releases from 2026.3.1 on put into the list by themselves, is none that a browser sees.",
      },
      over: {
        title: "Earlier origin refusals; the origin is accepted now",
        what: "Pages from {origin|this origin} were refused before. The same client got past this gate later.",
        fix: "Nothing to do.",
        verify: "No newer `origin not allowed` is in the log.",
      },
      foretold: {
        title: "This origin will not be accepted",
        what: "No refusal was seen; this follows from the release and its settings. A page opened at {origin|this origin} will be: the origin is not in gateway.controlUi.allowedOrigins.",
      },
    },
  },

  "gateway-token-missing": {
    title: "The page sent no gateway token",
    healthy: "Clients send the gateway's token",
    what: "The gateway asks for its shared token, and {client|the page} connected without one.",
    why: "A bare dashboard address carries no token, and a browser keeps one for its own tab or origin: another host name, another port or a private window starts without it. Where the address may carry it depends on the release: `?token=` in 2026.2.1, `#token=` alone in 2026.3.13, both in the releases between and from 2026.4.15 on.",
    fix: "Open the dashboard through a link that carries the token, or paste the token into the page's connection settings. From 2026.8.1 `openclaw dashboard` gives a one-time link that needs no token.",
    verify:
      "The page stops asking for a token, and the log has no new `token_missing`; a browser that is new to the gateway meets pairing next.",
    caveats:
      "A token in an address lands in the browser's history, and with `?` in the logs of proxies too; prefer `#`. 2026.7.1 and 2026.7.35 show the same `Could not connect` card for a missing token, a different token and a missing secure context; `Raw error` below it tells them apart.",
    variants: {
      over: {
        title: "Earlier connections without a token; a token is sent now",
        what: "{client|A client} connected without a token before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer `token_missing` is in the log.",
      },
      foretold: {
        title: "A page without the token will be refused",
        what: "No refusal was seen; this follows from the release and its settings. The gateway asks for its shared token, so a bare dashboard address will not connect.",
      },
    },
  },

  "gateway-token-mismatch": {
    title: "The token that was sent is not the gateway's",
    healthy: "Clients send the right gateway token",
    what: "{client|A client} sent a token, and the running gateway expects another one.",
    why: "The token lives in several places: gateway.auth.token, OPENCLAW_GATEWAY_TOKEN in the environment of the container or service, the compose .env file, gateway.remote.token for the CLI, and the browser's own memory. The running gateway uses {source|one of them}; a change in another one does not reach it.",
    fix: "Make one place the source and give the same value to the rest, restart the gateway so that it reads it, then paste the token into the page once more.",
    verify:
      "The page connects or goes on to pairing, and no new `token_mismatch` appears in the gateway's log.",
    caveats:
      "Ten attempts with a different token within a minute lock the address out for a while; from 2026.4.15 (measured) even the right token waits then. From 2026.3.13 `openclaw config get` hides the token; from 2026.8.1 `openclaw gateway auth-token --show` prints it.",
    variants: {
      over: {
        title: "Earlier token mismatches; the tokens agree now",
        what: "{client|A client} sent a different token before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer `token_mismatch` is in the log.",
      },
      foretold: {
        title: "Two places hold different tokens",
        what: "No refusal was seen, but {source|one place} holds another token than the configuration. Clients that use the other one will be refused.",
      },
    },
  },

  "gateway-password-missing-or-mismatch": {
    title: "The gateway's password is missing or not the one that it expects",
    healthy: "Clients send the gateway's password",
    what: "gateway.auth.mode is `password`, and {client|the page} sent none or a different one{(reason)}.",
    why: "The Control UI keeps a password in memory only, so each new tab and each reload starts without it. OPENCLAW_GATEWAY_PASSWORD in the gateway's environment wins over gateway.auth.password.",
    fix: "Enter the password in the page's connection settings. Where typing it for every tab is a burden, use gateway.auth.mode `token`, which the page can keep.",
    verify: "The page connects or goes on to pairing, and the log shows no new `password_` line.",
    caveats: "A password does not belong in an address. Tailscale Funnel needs auth mode `password`.",
    variants: {
      over: {
        title: "Earlier password refusals; that is past",
        what: "{client|A client} was refused for its password before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer `password_` refusal is in the log.",
      },
    },
  },

  "device-identity-required": {
    title: "The client connected without a device identity",
    healthy: "Clients identify their device",
    what: "{client|The client} sent no device identity, and nothing in its connection excuses it from one.",
    why: "The gateway wants a signed device identity from every client, except from a few that come with a valid token. A client without identity and without token is refused here, and so is one that relies on a switch that its release no longer honours.",
    fix: "Give the client the gateway's token. If it is a third-party client, use a version that signs with a device identity. If it is the Control UI, open it over HTTPS or on localhost.",
    verify:
      "The refusal `device identity required` is gone; a client that signs meets pairing next, once for each device.",
    caveats:
      "gateway.controlUi.dangerouslyDisableDeviceAuth removes this gate up to 2026.7.35 and does nothing from 2026.8.1; it lets in whoever has the token, without any approval.",
    variants: {
      "own-page": {
        title: "The page came without a device identity, and without a token that counts",
        what: "The gateway's own page sent no device identity{(detail)}, and what it sent as credential does not excuse it.",
        why: "The page is no old client: it comes from this gateway. It leaves its identity out where gateway.controlUi.dangerouslyDisableDeviceAuth is set (up to 2026.7.35) or the browser keeps no site data, and then only a valid token lets it in.",
        fix: "Give the page the gateway's token, in its settings or behind `#token=`. Take the switch out if it is set, then reload the page.",
        verify: "The page connects, or meets `pairing required` next, once for this browser.",
      },
      over: {
        title: "Earlier connections without a device identity; that is past",
        what: "{client|A client} connected without a device identity before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer refusal of this kind is in the log.",
      },
      foretold: {
        title: "A client without a device identity will be refused",
        what: "No refusal was seen; this follows from the release and its settings. {client|This client} brings no device identity, and this release demands one here.",
      },
    },
  },

  "device-auth-handshake-invalid": {
    title: "The client's proof of its device does not hold",
    healthy: "Clients prove their device as this release expects",
    what: "{client|The client} sent a device identity, and the gateway rejected its proof: {reason|nonce, signature or device id}.",
    why: "A client signs the gateway's challenge with its device key. From 2026.2.22 the nonce is mandatory and the oldest form of the signature (v1) is gone; 2026.2.26 and later take v2 and v3. A client older than that, or one that signs other fields, fails here, and so does one whose key and device id do not belong together.",
    fix: "Update the client to a version made for this gateway's release. If it is up to date, let it forget its device key and make a new one, then approve it.",
    verify:
      "No new `device signature invalid`, `device nonce` or `device identity mismatch` appears; the client meets pairing or connects.",
    caveats:
      "A proxy or recorder that replays an earlier handshake fails in the same way, and should: the nonce is good for one connection.",
    variants: {
      over: {
        title: "Earlier device proofs did not hold; that is past",
        what: "{client|A client} sent a device proof that was rejected before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer refusal of this kind is in the log.",
      },
    },
  },

  "clock-skew": {
    title: "The client's clock is too far from the gateway's",
    healthy: "The clocks of client and gateway agree",
    what: "The signature of {client|the client} counts as expired: its clock is {skew|more than two minutes} away from the gateway's.",
    why: "The signature carries the client's time. From 2026.2.22 it may be two minutes off (ten before). From 2026.8.1 a current client signs the gateway's own time, so its clock no longer matters.",
    fix: "Let the machine with the wrong time synchronise its clock (NTP). Virtual machines and WSL often drift after sleep. Then reload the page.",
    verify:
      "The page connects, no new `device signature expired` is in the log, and `date -u` says the same on both machines.",
    caveats:
      "Approving the device again, or clearing the site data, changes nothing here. For the gateway's own time to be signed, both sides have to be 2026.8.1 or later.",
    variants: {
      foretold: {
        title: "The gateway's clock is too far from this machine's",
        what: "No refusal was seen; this follows from the clocks: the container's is {skew|minutes} away from this machine's (negative: behind), so that the signature of a browser here will count as expired.",
      },
      over: {
        title: "Earlier signatures were expired; that is past",
        what: "{client|A client} sent signatures with a time too far off before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer `device signature expired` is in the log.",
      },
    },
  },

  "device-token-mismatch": {
    title: "The client holds a device token that the gateway no longer knows",
    healthy: "The client's device token is the gateway's current one",
    what: "{client|The client} sent the token of its device, and the gateway has another one for that device, or none.",
    why: "The token was rotated, or the pairing record was made anew, and the client kept the old one. 2026.2.14 to 2026.2.21 use the same words when the shared gateway token differs, so compare that one first there.",
    fix: "On 2026.2.14 to 2026.2.21, see first whether OPENCLAW_GATEWAY_TOKEN and gateway.auth.token agree. Otherwise rotate the device's token, or remove the device and approve it again; in a browser, let the page forget the device or clear the site data of that origin.",
    verify: "The client connects, and no new `device token mismatch` appears in the log.",
    caveats:
      "Clearing a browser's site data makes it a new device: it has to be approved once more. Rotating needs the scopes of the device that is rotated.",
    variants: {
      over: {
        title: "Earlier stale device tokens; that is past",
        what: "{client|A client} sent a stale device token before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer `device token mismatch` is in the log.",
      },
    },
  },

  "protocol-or-build-skew": {
    title: "Page or client and gateway are of different releases",
    healthy: "Client and gateway speak the same protocol and build",
    what: "{client|The client} speaks another protocol than the gateway{(detail)}: it was refused before anything else was looked at.",
    why: "Protocol 3 is spoken up to 2026.5.7, protocol 4 from 2026.5.12; a client that offers only the other one is closed with 1002. A CLI, an app or a cached page from before an upgrade does that.",
    fix: "Bring both sides to the same release: reload the page without its cache, or update the client that is named here.",
    verify: "No new `protocol mismatch` line appears, and the client goes on to the next gate or connects.",
    caveats:
      "Clear the page's cached files, not its site data: the device key is part of that, and a browser without it needs a new approval.",
    variants: {
      build: {
        title: "The open page is from before the gateway's upgrade",
        what: "The gateway refused the page because it belongs to another build of the Control UI{(clientBuild)}.",
        why: "From 2026.8.1 the gateway compares the page's build with its own and closes with 1008 `protocol mismatch: Control UI updated; reload this page`. A tab that was open during an upgrade, or a cached page, has the old build.",
        fix: "Reload the page without its cache (Ctrl+Shift+R, on a Mac Cmd+Shift+R). If the old page comes back, clear its cached files, not its site data: with the site data the device's approval would go too.",
        verify: "The page connects, and the log has no new `control ui build rejected` line.",
      },
      over: {
        title: "Earlier protocol mismatches; that is past",
        what: "{client|A client} of another release was refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No newer `protocol mismatch` is in the log.",
      },
    },
  },

  "client-side-4008": {
    title: "A browser was refused, and this line does not say why",
    healthy: "Refusals in the log name their cause",
    what: "The log says `code=4008 reason=connect failed`: a page closed its own connection after the gateway had refused it.",
    why: "The page closes with 4008 as soon as it reads the refusal, whatever the refusal was; whether the gateway logs this code or its own 1008 is a race. So 4008 alone means neither pairing nor anything else.",
    fix: "Give this tool the JSON log, where the same line has `cause`; from 2026.7.1 the console's `phase=` tells it too: `auth_validated` is pairing, `auth_credentials_received` the token or the secure context, `ws_upgrade_started` the origin. `openclaw devices list` shows whether a request waits.",
    verify:
      "In place of this finding stands a cause with a name: in the JSON log as `cause`, on the page as its own message.",
    caveats:
      "Approve nothing on the strength of this line alone: the cause may as well be the token, the origin or the secure context.",
  },

  "third-party-client-no-device-identity": {
    title: "A third-party client presents itself as the Control UI, without a device identity",
    healthy: "Clients that present themselves as the Control UI bring a device identity",
    what: "{client|A client} connected under the Control UI's id from {origin|localhost} and brought no device identity. A real page at such an address brings one.",
    why: "Since 2026.2.21 the gateway demands a device identity from the Control UI, and from 2026.2.22 one that signs the gateway's nonce. Dashboards and proxies that were written before that do not sign.",
    fix: "Update that client to a version that signs with its own device key, then approve its device. Where there is none, let it use the gateway as `gateway-client` with the token, if it can.",
    verify: "The client's request appears in `openclaw devices list`, and it connects after the approval.",
    variants: {
      other: {
        title: "A third-party client connects without a device identity",
        what: "{client|A client} that is not OpenClaw's own connected from {origin|an unknown address} and brought no device identity.",
        why: "From 2026.2.2 on the gateway asks clients for a device identity, and from 2026.2.22 for one that signs the gateway's nonce. Dashboards and scripts that were written before that do not sign.",
      },
      over: {
        title: "Earlier refusals of a third-party client without a device identity; that is past",
        what: "{client|A client} that is not OpenClaw's own was refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "The log has no newer refusal of that client.",
      },
    },
    caveats:
      "gateway.controlUi.dangerouslyDisableDeviceAuth is no way out: up to 2026.7.35 it lets in whoever has the token, and from 2026.8.1 it is ignored.",
  },

  "client-identity-not-persisted": {
    title: "A client loses its identity, so each start is a new device",
    healthy: "Clients keep their device identity across restarts",
    what: "{count|Several} devices of the same kind were requested or approved one after the other{(detail)}: the client makes a new key each time.",
    why: "The key is kept in the browser's storage for one origin, or in the client's state directory. A private window, storage that is cleared, another host name or port, or a container without a volume makes a new one.",
    fix: "Keep the place where the identity lives: a normal browser profile and always the same address, or a volume for the client's state directory. Then remove the devices that are no longer used.",
    verify: "After a restart of the client, `openclaw devices list` shows no new request.",
    caveats:
      "The kept state directory holds the device's private key: whoever reads it can act as that device.",
    variants: {
      replicas: {
        title: "Several replicas keep lists of devices of their own",
        what: "{count|Several} pods of the gateway run, each with a state directory of its own: a browser that one of them approved is a stranger to the others.",
        why: "The gateway keeps its devices in files of one process; a Service sends each connection to any of the pods.",
        fix: "Run one replica. The gateway is made for one process on one state directory.",
        verify: "`kubectl get pods` shows one pod, and the browser stays connected over several reloads.",
      },
      "unpersisted-pod": {
        title: "The gateway's own state goes with its pod",
        what: "{path|The state directory} of the pod {container|of the gateway} is on no volume that outlives it: devices, tokens and the configuration end with the pod.",
        why: "An emptyDir and the container's own layer go when the pod is replaced, as each rollout, eviction and change of the node does it. Every client then has to be approved again.",
        fix: "Mount a PersistentVolumeClaim at the state directory.",
        verify:
          "`kubectl get pod -o yaml` shows the claim at the state directory, and `openclaw devices list` shows the same devices after a rollout.",
        caveats: "A claim that only one node may mount (ReadWriteOnce) wants the strategy Recreate.",
      },
      unpersisted: {
        title: "The gateway's own state goes with its container",
        what: "{path|The state directory} of the container {container|of the gateway} is on no mount: devices, tokens and the configuration end with the container.",
        why: "Whatever lies in a container's own layer goes when the container is created anew, as an update and most changes of its settings do; what lies in a tmpfs goes at each stop. Every client then has to be approved again.",
        fix: "Keep a copy of the state directory, and mount a directory or a volume there when the container is created anew.",
        verify:
          "`docker inspect` shows a mount at the state directory, and `openclaw devices list` shows the same devices after the container was created anew.",
        caveats: "The copy holds the gateway's token and keys: keep it where only its user reads it.",
      },
    },
  },
};
