import type { CauseMessage } from "../types.ts";

/** The host's side: configuration, switches, credentials of the CLI, files, several gateways. */
export const host: Readonly<Record<string, CauseMessage>> = {
  "flag-retired-or-noop": {
    title: "A switch is set that does not do in this release what it is set for",
    healthy: "No switch is set that this release ignores or rejects",
    what: "{key|gateway.controlUi.allowInsecureAuth} is set, and {release|this release} {effect|ignores it for this connection}.",
    why: "gateway.controlUi.allowInsecureAuth skips pairing up to 2026.2.19. 2026.2.21 ignores it; from 2026.2.22 to 2026.7.35 it helps only a page without device identity on localhost; from 2026.8.1 the key is unknown, `config set` rejects it and the gateway takes it out of openclaw.json at start. gateway.controlUi.dangerouslyDisableDeviceAuth works up to 2026.7.35; from 2026.8.1 it is accepted and ignored.",
    fix: "Remove the key, and mend the refusal itself: most often one approval of the browser is what is missing.",
    verify:
      "`openclaw config get {key|gateway.controlUi.allowInsecureAuth}` finds no such path, and the gateway starts without a warning about the key.",
    caveats:
      "Advice that recommends these switches was written for early releases. Where they still work, whoever has the token gets in without approval.",
    variants: {
      rejected: {
        title: "A switch is set that this release does not know",
        what: "{key|gateway.controlUi.allowInsecureAuth} is not a key of {release|this release}: `config set` rejects it{(detail)}.",
      },
      foretold: {
        title: "A switch will stop working with the upgrade",
        what: "{key|gateway.controlUi.allowInsecureAuth} has an effect now and will have none in {release|the newer release}. Browsers that rely on it will be refused after the upgrade.",
        fix: "Before the upgrade, approve the browsers that are in use; after it, remove the key.",
      },
    },
  },

  "insecure-flags-set": {
    title: "Dangerous switches are on",
    healthy: "No dangerous switch is on",
    what: "{keys|Some switches} weaken how the gateway admits clients.",
    why: "With them, somebody who has the token, or who can make a browser visit a page, gets further than the release would allow by itself. OpenClaw's own audit rates dangerouslyDisableDeviceAuth as critical and allowInsecureAuth as a warning or worse.",
    fix: "Remove the switches, then let each browser that is in use ask once more and approve its request.",
    verify:
      "The line `dangerous config flags enabled` is gone from the log after the restart, and the page still connects.",
    caveats:
      "Browsers that came in by a switch alone are not approved: without it they meet the gate that it held open.",
    variants: {
      elsewhere: {
        title: "Dangerous switches are on in other parts of OpenClaw",
        what: "The gateway lists {keys|some switches} as dangerous. They do not change how it admits clients.",
        why: "They widen what hooks, tools or sandboxes may do once somebody is in. The gateway names them at each start.",
        fix: "Go through them with `openclaw security audit`, and remove what is not needed.",
        verify: "The line `dangerous config flags enabled` no longer names them.",
      },
    },
  },

  "origin-fallback-risky": {
    title: "Pages are accepted by their Host header",
    healthy: "Pages are accepted by a list of origins",
    what: "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback is on: a page passes when its Origin equals the Host that it names itself. Let in by it: {detail|no page is in the log}.",
    why: "A hostile name that resolves to the gateway's address (DNS rebinding) has matching Host and Origin headers, so the check no longer keeps it out.",
    fix: "Put the exact origins that are in use into gateway.controlUi.allowedOrigins, then remove the switch.",
    verify:
      "The page connects, and `websocket origin accepted via Host-header fallback` no longer appears in the log.",
    caveats: "`*` in gateway.controlUi.allowedOrigins is no better: it accepts pages of every origin.",
  },

  "env-token-overrides-config": {
    title: "Two places hold different secrets for the gateway",
    healthy: "Environment and configuration hold the same token",
    what: "The gateway takes {key|gateway.auth.token} from {source|openclaw.json}, and {other|OPENCLAW_GATEWAY_TOKEN in the environment} holds another value. Clients that use the other one are refused.",
    why: "Compose files, .env files, Kubernetes Secrets and service units carry OPENCLAW_GATEWAY_TOKEN, and a wizard or `config set` writes openclaw.json: each can change without the other. The gateway takes its command line first, then openclaw.json, then the environment (all releases looked at). The CLI beside it takes the environment first up to 2026.7.1 and so is refused; from 2026.8.2 it takes openclaw.json first.",
    fix: "Decide which place is the source, give the other one the same value or remove it, and restart the gateway. A container has to be created anew for a changed environment, a service unit installed anew.",
    verify: "`openclaw devices list` answers where the gateway runs, and a page with that token connects.",
    caveats: "This tool compares fingerprints and never shows a token or password.",
    variants: {
      foretold: {
        title: "Two places hold different secrets for the gateway; nobody was refused so far",
        what: "The gateway takes {key|gateway.auth.token} from {source|openclaw.json}, and {other|OPENCLAW_GATEWAY_TOKEN in the environment} holds another value. A client with the other one will be refused.",
      },
    },
  },

  "auth-rate-limited": {
    title: "Too many failed attempts: the gateway makes this address wait",
    healthy: "No address is locked out for wrong tokens",
    what: "{client|A client} at {remote|this address} was refused with `too many failed authentication attempts`.",
    why: "After ten failures within a minute the gateway locks the address or origin out for some minutes. An open page or a script with a stale token fails again and again; behind Docker's network or a proxy all clients share one address. 2026.3.13 still lets a right token through, 2026.4.15 and later (measured) do not.",
    fix: "Close the page or stop the script that holds the stale token, wait until the lock ends, then connect once with the right one.",
    verify:
      "The right token connects, and no newer `rate_limited` or `too many failed authentication attempts` is in the log.",
    caveats: "Trying tokens makes the lock longer. Switching auth off opens the gateway to everybody.",
    variants: {
      over: {
        title: "An address was locked out before; the lock has ended",
        what: "{client|A client} was locked out for failed attempts before; what came later shows that this is past.",
        fix: "Nothing to do, unless a stale page keeps trying.",
        verify: "No newer `too many failed authentication attempts` is in the log.",
      },
    },
  },

  "plaintext-ws-blocked": {
    title: "The client refuses to send its token in clear text",
    healthy: "Clients reach the gateway on loopback or encrypted",
    what: "The client stopped by itself: {url|its address} is plain ws:// and not a loopback address.",
    why: "From 2026.2.18 OpenClaw's clients do not send credentials over plain ws:// to another machine. In 2026.2.18 and 2026.2.19 that also hits the CLI beside a gateway with bind `lan`, because it dials the LAN address.",
    fix: "Use wss://, or an SSH tunnel to 127.0.0.1. Beside the gateway, pass `--url ws://127.0.0.1:{port|18789}` or upgrade.",
    verify: "The client connects, and the message `plaintext ws://` is gone.",
    caveats:
      "From 2026.3.2 OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1 lifts the check; it is for networks in which nobody can listen.",
  },

  "probe-scope-limited": {
    title: "A status command lacks a scope; the gateway itself answers",
    healthy: "Status commands have the scopes that they need",
    what: "`{command|openclaw gateway probe}` reported `missing scope: operator.read`: it reached the gateway and was admitted with few rights.",
    why: "These commands connect without a device, and from 2026.3.13 such a connection has no scopes on remote paths. It is not a pairing failure.",
    fix: "Count the gateway as reachable. For the full answer run the command on the gateway's own host, with a paired CLI.",
    verify:
      "On the gateway's own host `openclaw devices list` answers, and the same command reports no missing scope.",
    caveats: "A CI job should not fail on this line.",
    variants: {
      client: {
        title: "A connected client lacks the scopes for what it asks",
        what: "The gateway admitted {client|a client} and then refused what it asked for, `missing scope: operator.read`{(method)}.",
        why: "A client without a device identity gets in with the shared token and has no scopes (2026.3.13 and later); one with a device has those that it was approved for. Panels of others stay empty then. OpenClaw's own status command leaves such lines too, and means nothing by them.",
        fix: "If a panel or script of yours stays empty: update it to a version that signs with a device, let it connect, and approve its request with the scopes that it needs. If its device is in the list already, compare its approved scopes with these.",
        verify: "The client's panels fill, and no new `missing scope` line appears.",
        caveats:
          "Scopes written into paired.json by hand are overwritten by the running gateway, and not read at all from 2026.8.",
      },
    },
  },

  "trusted-proxy-cli-unauthorized": {
    title: "The CLI has nothing to identify itself with in trusted-proxy mode",
    healthy: "The CLI has its own way in",
    what: "gateway.auth.mode is `trusted-proxy`: browsers come in through the proxy, and {client|the CLI} that dials the gateway itself is `unauthorized`.",
    why: "In that mode the proxy's headers are the credential, and the CLI does not come through the proxy. A shared token cannot be added: the two modes exclude each other.",
    fix: "From 2026.4.27 (but for 2026.5.12) set gateway.auth.password: the CLI on the gateway's host then gets in directly. Earlier releases have no such way; upgrade, or return to token mode.",
    verify: "`openclaw devices list` answers on the host.",
    caveats: "In token mode whoever has the token gets past the proxy's login.",
    variants: {
      node: {
        title: "A node has nothing to identify itself with in trusted-proxy mode",
        what: "gateway.auth.mode is `trusted-proxy`, and a node that does not come through the proxy is refused.",
        fix: "Let the node send what the proxy asks for, or return to token mode, where nodes and browsers share the token.",
        verify: "The node connects, or asks to be approved.",
      },
      "past-the-proxy": {
        title: "The page came without the login that the proxy should bring",
        what: "gateway.auth.mode is `trusted-proxy`, and a browser reached the gateway without a proxy's headers: past the proxy, or through one that adds none.",
        fix: "Open the page at the proxy's address. Let the proxy add X-Forwarded-For and the identity header, and let nothing else reach the gateway's port.",
        verify: "The page connects at the proxy's address.",
      },
      over: {
        title: "A client past the proxy was refused before; it is admitted now",
        what: "{client|A client} was refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
      },
    },
  },

  "trusted-proxy-token-conflict": {
    title: "Trusted-proxy mode and a shared token exclude each other, so the gateway does not start",
    healthy: "The auth mode and the credentials that are set fit together",
    what: "gateway.auth.mode is `trusted-proxy` and a token is set too, in {source|gateway.auth.token or OPENCLAW_GATEWAY_TOKEN}.",
    why: "From 2026.3.31 the gateway refuses to start with both. App catalogues that always set OPENCLAW_GATEWAY_TOKEN lead there.",
    fix: "Remove gateway.auth.token and OPENCLAW_GATEWAY_TOKEN, or set gateway.auth.mode to `token`.",
    verify:
      "The log says `[gateway] ready`, and the page comes in by the mode that `openclaw config get gateway.auth.mode` shows.",
    caveats:
      "In `trusted-proxy` mode the addresses in gateway.trustedProxies are believed when they name a user: keep that list exact. In `token` mode the proxy's login no longer guards the gateway.",
  },

  "state-permissions": {
    title: "The gateway or CLI may not use its state directory",
    healthy: "Gateway and CLI may read and write the state directory",
    what: "{path|A file in the state directory} could not be used: {detail|permission denied}.",
    why: "A mounted directory belongs to another user than the container's (node, uid 1000), or a CLI that ran as root left files that belong to root.",
    fix: "Give the directory to the user that the gateway runs as (in the official image: uid and gid 1000), and run the CLI as that user too: `docker exec -u node …`.",
    verify:
      "No new EACCES or EROFS line appears, `ls -ln` of the state directory shows the gateway's uid, and `openclaw devices list` answers.",
    caveats: "Rights for everybody (777) would let every local user read the tokens.",
    variants: {
      "host-path": {
        title: "A path of the host is used inside of the container",
        what: "OpenClaw wants to make {path|a directory of the host} and may not{(detail)}: that path is the host's, and does not exist in the container.",
        why: "OPENCLAW_CONFIG_DIR and its like name the directory on the host, for Compose to mount. Inside, the same directory is /home/node/.openclaw. Where the variable reaches the container, or the command runs outside of the host that has the path, OpenClaw tries to make it there.",
        fix: "Give the path of the host to Compose alone (`.env`, left side of `volumes`), and inside leave OPENCLAW_STATE_DIR, OPENCLAW_CONFIG_PATH and HOME at the image's own. Giving the host's directory away changes nothing.",
        verify: "The gateway's log names /home/node/.openclaw, and no EACCES comes after its start.",
      },

      foretold: {
        title: "The gateway's user may not use the state directory",
        what: "No error was seen yet; this follows from the container's mounts: to the gateway's user{(uid)} {path|the state directory} means {detail|permission denied}.",
        why: "Devices, tokens and the configuration are kept there. A mounted directory keeps the owner that it has on the host, and a mount for reading takes no change.",
        fix: "Give the directory to the user that the gateway runs as{(uid)}, and run the CLI as that user too. A mount for reading becomes one for writing.",
      },
    },
  },

  "multiple-gateways": {
    title: "More than one gateway, and the clients do not talk to the same one",
    healthy: "One gateway owns this port and this state directory",
    what: "{count|Several} gateways or profiles were found{(detail)}: the request waits at one, and the CLI asks another.",
    why: "A gateway on the host and one in a container on the same port, two profiles, or two state directories each have their own devices and tokens.",
    fix: "Decide which gateway the page uses, stop the other one or give it another port, and point the CLI at the first one.",
    verify:
      "`openclaw gateway status --deep` finds one gateway, and `devices list` shows the request that the page made.",
    caveats:
      "Before one of them is stopped, see which one holds the approved devices: they do not move to the other.",
    variants: {
      "former-name": {
        title: "The gateway of the product's former name still has the port",
        what: "Port {port|of the gateway} is held by {program|an older gateway} (pid {pid|unknown}): the new gateway cannot start, and clients talk to the old one.",
        why: "The update installs OpenClaw beside the service of before, which starts again by itself. It knows neither today's settings nor today's clients, so what it refuses says nothing.",
        fix: "Stop the old service and remove it, then start the new gateway.",
        verify: "`openclaw gateway status` names a process of OpenClaw for the port.",
        caveats:
          "Its state directory holds the old devices and settings: keep it until `openclaw doctor` has taken them over.",
      },

      "port-taken": {
        title: "The host's port is taken, so the container is not started",
        what: "The engine could not publish port {port|of the gateway} for the container {container|of the gateway}: another program or container of the host has it.",
        why: "A gateway on the host, an older container with another name, or a tunnel that was left open holds the port. Clients that dial it reach that one, with its own devices and token.",
        fix: "Find out who holds the port. Stop it, or publish the gateway on another port; then start the container.",
        verify: "The container runs, and `docker ps` shows the port for it.",
        caveats:
          "Before something is stopped, see whether it is the gateway that the approved devices belong to.",
      },
      "shared-state": {
        title: "Two gateways run on one state directory",
        what: "{other|Another container} runs a gateway on the same state directory as {container|this one}: {source|both have it mounted}.",
        why: "Each of them reads the files at its start and writes what it knows over what the other wrote. A request that one of them holds is not found at the other, and an approval may be lost.",
        fix: "Stop one of the two, or give it a state directory of its own, and restart the one that stays.",
        verify:
          "`docker ps` shows one gateway with that mount, and `openclaw devices list` shows the request that the page made.",
        caveats: "Before one is stopped, see which of them the page and the channels use.",
      },
    },
  },

  "wrong-port-or-config-path": {
    title: "The CLI reads another configuration than the gateway",
    healthy: "CLI and gateway use the same configuration",
    what: "The CLI uses {path|another openclaw.json} and dials {url|another port}; the gateway runs with a different one.",
    why: "HOME, OPENCLAW_HOME, OPENCLAW_CONFIG_PATH, OPENCLAW_STATE_DIR or a profile differ between the two, for example after `docker exec` as root, or with a state directory inside a state directory.",
    fix: "Run the CLI as the gateway's user with the same HOME, or set OPENCLAW_CONFIG_PATH and OPENCLAW_STATE_DIR for it. Or pass `--url` with the gateway's port.",
    verify: "The path after `Config:` in the CLI's message is the gateway's.",
    variants: {
      port: {
        title: "The CLI dials another port than the gateway listens on",
        what: "The CLI dialled {url|its own default} and met nobody there; the gateway listens on port {port|another one}.",
      },
      "published-as": {
        title: "The client dials another port than the gateway is published as",
        what: "{url|An address of this host} was dialled, and nobody is there; the container's port is published as {port|another one}.",
        why: "In `HOST:CONTAINER` the first number is the port that the host has; the second, which the gateway calls its own, is the container's.",
        fix: "Dial the published port: `--url` with it, or gateway.remote.url in the client's own configuration.",
        verify: "The target in the CLI's message has the port that `docker ps` shows before `->`.",
      },
      unpublished: {
        title: "The gateway's port is not published",
        what: "The gateway listens on port {port|18789} inside the container {container|of the gateway}, and no port of the container is published: from the host and from other machines nobody reaches it.",
        why: "A container's network is its own. `EXPOSE` in an image is a note and publishes nothing; a port is published with `ports:` in the Compose file or `-p` of `docker run`, when the container is created.",
        fix: "Publish the port on 127.0.0.1 and create the container anew. A proxy in a container of the same network needs no published port.",
        verify:
          "`docker ps` shows `127.0.0.1:{port|18789}->{port|18789}/tcp` for the container, and the page opens there.",
        caveats:
          "Published without an address in front, the port is open on every address of the host, past most firewalls.",
      },
      "published-elsewhere": {
        title: "What is published is not the gateway's port",
        what: "The gateway listens on port {port|18789} inside the container {container|of the gateway}, and the published ports lead to {to|others}: whoever dials them meets nobody, or another program.",
        why: "In `HOST:CONTAINER` the second number is the port inside the container, which gateway.port, OPENCLAW_GATEWAY_PORT or `--port` sets. When one of the two is changed, the other has to follow.",
        fix: "Let the second number be the gateway's port, and create the container anew.",
        verify:
          "`docker ps` shows `->{port|18789}/tcp` for the container, and the page opens at the number before it.",
        caveats:
          "Published without an address in front, the port is open on every address of the host, past most firewalls.",
      },
    },
    caveats:
      'With `--url` the CLI of 2026.2.19 to 2026.7.1 takes the token neither from its configuration nor from the environment, so it has to stand in the line: as `"$OPENCLAW_GATEWAY_TOKEN"`, which keeps it out of the shell\'s history. Other users of this machine can read it while the command runs.',
  },

  "out-of-scope": {
    title: "This is not about how the gateway admits clients",
    healthy: "Nothing in the input belongs to another part of OpenClaw",
    what: "{subject|What is shown here} looks similar, but it is not about how the gateway admits clients.",
    why: "Pairing codes of chat channels, the browser relay, a 401 of a model provider and a channel's own 1006 use the same words for other things.",
    fix: "Look at the part that wrote the line: the channel's settings, the relay, or the provider's key. Approving a device changes nothing there.",
    verify: "The part that wrote the line works again.",
    caveats:
      "Approving a device or changing the gateway's token does not help here, and an approval lets somebody in.",
    variants: {
      "channel-pairing": {
        title: "A chat channel's pairing code, not the gateway's pairing",
        what: "The code belongs to a chat channel: it admits a sender to the chat, not a client to the gateway. Both are called pairing.",
      },
      "channel-connection": {
        title: "A chat channel lost its own connection",
        what: "The line is from a chat channel, which lost or was refused its connection to its own service. Codes such as 1006 and 4004 are that service's.",
      },
      "browser-relay": {
        title: "The browser relay, not the Control UI",
        what: "The line is from the relay that lets OpenClaw drive a browser. The Control UI and its pairing are something else.",
      },
      "model-provider": {
        title: "A model provider refuses its key",
        what: "The line is from a model provider: the 401 or the missing key is about the provider's account, not about the gateway's token.",
      },
      "model-limit": {
        title: "A model provider's limit, not the gateway's",
        what: "The line is from a model provider that takes no more for now: its rate limit, its quota, an empty account, or its own load. The gateway's admission is something else.",
      },
      "model-context": {
        title: "The conversation is too long for the model",
        what: "The line says that what was sent does not fit into the model's context window. Clients and their admission have no part in it.",
      },
      "channel-credentials": {
        title: "A chat channel's service refuses the channel's own token or rights",
        what: "The line is from a chat channel: its service refuses the token, the secret or the intents of the channel's app. That token is not the gateway's.",
      },
      "slow-consumer": {
        title: "A client that was in did not read fast enough",
        what: "`slow consumer` ends a connection that was admitted: the client did not take what the gateway sent. The code 1008 is the same as that of a refusal.",
      },
      "bad-frame": {
        title: "Something at the port does not speak the gateway's protocol",
        what: "The gateway met data that is no message of its protocol. That is no refusal of a client of OpenClaw.",
      },
      memory: {
        title: "The memory search has a fault of its own",
        what: "The line is from the memory search or its embedding provider.",
      },
    },
  },
};
