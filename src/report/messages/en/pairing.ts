import type { CauseMessage } from "../types.ts";

/** The last gate: is this device approved, and for what it asks? */
export const pairing: Readonly<Record<string, CauseMessage>> = {
  "first-time-not-paired": {
    title: "This device is not approved yet",
    healthy: "The device is approved, or counts as local",
    what: "{client|The browser} passed every other gate; the gateway has not seen this device before and waits for somebody to approve it.",
    why: "A device that does not count as local needs one approval. Every browser profile and every origin is a device of its own: 127.0.0.1, localhost and another port are three.",
    fix: "On the gateway's host, list the waiting requests, compare address and time, and approve the one request by its id. After that, an open page of 2026.2.26 and earlier or of 2026.9.6 connects by itself; from 2026.3.13 to 2026.8.2 press Connect or reload it.",
    verify: "The page connects, and the device stands in the paired list of `openclaw devices list`.",
    caveats:
      "Approving gives that device the scopes that it asks for, up to full control; approve only what you recognise. A request expires after five minutes and comes back with the next attempt. Clearing the browser's data makes a new device.",
    variants: {
      over: {
        title: "Earlier pairing refusals; that is past",
        what: "{client|A device} was refused with `pairing required` before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "The log has no newer refusal of this device.",
      },
      foretold: {
        title: "A new browser will need one approval",
        what: "No refusal was seen; this follows from the release and its settings. A browser that is new to this gateway will meet `pairing required` on this path.",
      },
    },
  },

  "docker-nat-not-local": {
    title: "Docker's network makes the browser remote, so it needs one approval",
    healthy: "A browser behind a published port counts as local, or is approved",
    what: "The page is open at {origin|a localhost address}, but the gateway in the container sees the connection come from {remote|Docker's own address} and asks for pairing.",
    why: "A published port goes through Docker's network translation: the peer that the gateway sees is the bridge or the virtual machine, not 127.0.0.1. Up to 2026.4.5 such a browser is remote. From 2026.4.7 (but for 2026.5.18 to 2026.5.20) it is approved by itself when the token is right, the address in the browser is a localhost name, the peer is private and no proxy adds headers.",
    fix: "Approve this browser once. On 2026.2.19 and earlier gateway.controlUi.allowInsecureAuth also lets it in; from 2026.2.21 that switch has no effect here. An upgrade to 2026.4.7 or later makes the approval unnecessary on this path.",
    verify:
      "The page at {origin|the same address} connects after a reload, and keeps doing so after a restart of the container.",
    caveats:
      "The bridge address does not belong in gateway.trustedProxies: every neighbouring container has it, and from 2026.8.1 the gateway then answers HTTP 403 to all browsers on this path. The CLI over the bridge needs pairing in nearly every release; run it inside the gateway's container.",
    variants: {
      over: {
        title: "Earlier pairing refusals through Docker's network; that is past",
        what: "Browsers that came from {remote|Docker's own address} were refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "The log has no newer refusal from {remote|that address}.",
      },
      foretold: {
        title: "A new browser will need one approval, because Docker's network makes it remote",
        what: "No refusal was seen; this follows from the release and its settings. A new browser will reach the gateway from {remote|Docker's own address} and meet `pairing required`.",
      },
      cli: {
        title: "Docker's network makes the CLI remote, so it needs pairing itself",
        what: "The CLI reached the gateway from {remote|another container} over Docker's network, and the gateway asks it to pair.",
        fix: "Run the CLI inside the gateway's container, or in its network (`network_mode: service:openclaw-gateway`), where it arrives at 127.0.0.1.",
        verify: "`devices list` answers from there.",
      },
      "asks-everybody": {
        title: "This release approves no browser by itself, so it needs one approval",
        why: "2026.5.18 to 2026.5.20 (and the betas before them) approve no browser by themselves, neither through Docker's network nor on the gateway's own host. The releases before and after them approve such a browser when the token is right, the address in the browser is a localhost name, the peer is private and no proxy adds headers.",
        fix: "Approve this browser once. An upgrade past 2026.5.20 makes the approval unnecessary on this path.",
      },
      hidden: {
        title: "A browser behind a published port is asked to pair, and the log does not show why",
        why: "Such a browser is approved by itself in this release. What stands in the way is not in the line: a header of a proxy that the line leaves out (X-Real-IP, Forwarded, X-Forwarded-Host), another address in the browser than a localhost name, another client that calls itself the Control UI, or a request of the same browser that waits already.",
        fix: "Approve this browser once; that works in every release. Then look at what stands between the browser and the published port.",
      },
    },
  },

  "scope-upgrade-pending": {
    title: "An approved device asks for more than it was approved for",
    healthy: "Approved devices ask for no more than they were approved for",
    what: "The device {deviceId|of this client} is paired, now asks for {scopes|more scopes} and is held back until somebody approves that.",
    why: "Each device is approved for certain scopes. A newer client, another command or a first pairing with fewer scopes makes it ask for more, and the gateway treats that as a new request. Up to 2026.7.35 a waiting upgrade also holds the same device back on localhost; from 2026.8.1 local devices get wider scopes without being asked.",
    fix: "List the requests, compare what is requested with what is approved, and approve the one request by its id.",
    verify: "The client connects, and `openclaw devices list` shows the wider scopes for the device.",
    caveats:
      "The upgrade often asks for operator.admin, which is full control: compare device and address first. The shared token is not the problem; changing it does not help.",
    variants: {
      over: {
        title: "Earlier scope upgrades were held back; that is past",
        what: "A paired device was held back for more scopes before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No upgrade waits in `openclaw devices list`.",
      },
    },
  },

  "role-upgrade-pending": {
    title: "An approved device asks for another role",
    healthy: "Approved devices keep the role that they were approved for",
    what: "The device {deviceId|of this client} is approved as {roleFrom|one role} and connects as {roleTo|another}; that waits for an approval of its own.",
    why: "A device that is approved as operator may not act as node, or the reverse, without somebody's consent. It happens when a client and a node host share one state directory, or when an app starts to offer node features. From 2026.4.2 local devices get the role without being asked.",
    fix: "If the new role is intended, approve the request by its id. If not, give the second client a state directory, and so an identity, of its own.",
    verify:
      "The client connects, and `openclaw devices list` shows the new role for the device; or the request is gone and does not return.",
    caveats: "Approving a role needs operator.admin.",
    variants: {
      over: {
        title: "Earlier role upgrades were held back; that is past",
        what: "A paired device was held back for another role before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No upgrade waits in `openclaw devices list`.",
      },
    },
  },

  "metadata-upgrade-pending": {
    title: "An approved device looks different and has to be approved again",
    healthy: "Approved devices look as they did when they were approved",
    what: "The device {deviceId|of this client} is approved, but {field|its platform or device family} changed, so the gateway wants a new approval.",
    why: "From 2026.2.26 the gateway pins what a device said of its platform. An upgrade of the operating system or the app changes that, and a copied key would too.",
    fix: "If the change is explained by an upgrade, approve the request by its id. List the requests right before: retries can give the request a new id.",
    verify:
      "The device connects again, and `openclaw devices list` has it under the same device id with nothing waiting.",
    caveats:
      "If nobody upgraded anything, treat the request as a copied key: reject it and remove the device.",
    variants: {
      over: {
        title: "Earlier re-approvals were asked for; that is past",
        what: "A paired device had to be approved again before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "No re-approval waits in `openclaw devices list`.",
      },
    },
  },

  "local-autoapprove-regression": {
    title: "A local browser is asked to pair although it should be approved by itself",
    healthy: "A browser on the gateway's own host is approved by itself",
    what: "The browser reached the gateway on the loopback address, without forwarded headers, and still met `pairing required`.",
    why: "Silent approval needs a loopback peer, a valid token, a device identity and a localhost Host and Origin. With all of them present, some releases still ask: 2026.5.18 to 2026.5.20 (and the betas before them) approve no browser by themselves. From 2026.8.1 autoApproveLocal: false asks for it on purpose.",
    fix: "Approve the request by its id; that works in every release. An upgrade to a later release removes the cause, unless autoApproveLocal is set to false.",
    verify: "The page on 127.0.0.1 connects, and a fresh browser profile does so too after the upgrade.",
    caveats:
      "Compare client and time before approving, on localhost too: every process on the host reaches the loopback address.",
    variants: {
      "switched-off": {
        title: "Local browsers are not approved by themselves, because the configuration says so",
        why: "gateway.nodes.pairing.autoApproveLocal is false: from 2026.8.1 that ends silent approval for the gateway's own host, browsers included.",
        fix: "Approve the request by its id, as the setting intends. To have local browsers approved silently again, remove gateway.nodes.pairing.autoApproveLocal.",
      },
      hidden: {
        title: "A local browser is asked to pair, and the log does not show why",
        why: "Such a browser is approved silently in this release. What stands in the way is not in the line: a header that the line leaves out (X-Real-IP, Forwarded, X-Forwarded-Host), 127.0.0.1 in gateway.trustedProxies (2026.2.19 to 2026.3.28), or a request of the same browser that waits already.",
        fix: "Approve the request by its id; that works in every release. Then look at gateway.trustedProxies, and at what stands between the browser and the gateway.",
      },
      over: {
        title: "Earlier pairing refusals on localhost; that is past",
        what: "A local browser was refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "The log has no newer refusal from 127.0.0.1.",
      },
    },
  },

  "internal-loopback-regression": {
    title: "The gateway's own host is asked to pair: a fault of this release",
    healthy: "The CLI, sub-agents and cron on the gateway's host connect without pairing",
    what: "{client|The CLI or a sub-agent} on the gateway's own host was refused with `pairing required` at ws://127.0.0.1.",
    why: "From 2026.2.19 to 2026.2.21 each call of the same host asks for the scopes of its method alone, and wider ones are not approved silently; sub-agents, cron and the browser tool fail while channels go on working. From 2026.3.28 to 2026.7.35 wider scopes of local callers have to be approved again.",
    fix: "Upgrade to 2026.8.1 or later, where local callers with the shared token get wider scopes silently. Until then list the requests and approve them by id.",
    verify: "`openclaw devices list` answers, and a sub-agent or cron run goes through.",
    caveats:
      "Editing paired.json by hand does not last: a running gateway rewrites it, and from 2026.8.2 (measured) it is not read at all.",
  },

  "cli-in-container-lan-ip": {
    title: "The CLI beside the gateway dials its LAN address, so it counts as remote",
    healthy: "The CLI beside the gateway reaches it on 127.0.0.1",
    what: "The CLI connected to {url|the container's LAN address} instead of 127.0.0.1 and has to pair before it may approve anything, itself included.",
    why: "From 2026.2.9 to 2026.2.17 the CLI builds its address from gateway.bind; with `lan` it takes the interface's address, and a peer with that address is not local. 2026.2.18 and 2026.2.19 stop there with a SECURITY ERROR; from 2026.2.22 the CLI uses loopback, unless it was given another URL.",
    fix: "Tell the CLI the address: `--url ws://127.0.0.1:{port|18789}` together with the token, inside the gateway's container. An upgrade to a later release removes the cause.",
    verify: "The CLI's target reads ws://127.0.0.1, and `devices list` answers.",
    caveats:
      'With `--url` the CLI of 2026.2.19 to 2026.7.1 takes the token neither from its configuration nor from the environment, so it has to stand in the line: as `"$OPENCLAW_GATEWAY_TOKEN"`, which keeps it out of the shell\'s history. Other users of this machine can read it while the command runs.',
  },

  "internal-call-lan-ip": {
    title: "The agent's own tools dial the LAN address and are asked to pair",
    healthy: "The agent's tools reach the gateway on 127.0.0.1",
    what: "A tool call of the agent (a sub-agent, cron or the browser) went to {url|the container's LAN address} and was refused with `pairing required`.",
    why: "From 2026.2.9 to 2026.2.17 internal calls build their address from gateway.bind in the same way as the CLI; with `lan` they leave through the interface and come back as remote. From 2026.2.22 they use loopback, unless gateway.remote.url or OPENCLAW_GATEWAY_URL names another address.",
    fix: "Upgrade to a later release. Until then bind to loopback, if nothing outside the container has to reach the gateway.",
    verify: "The tool call goes through, and the log shows no refusal from the container's own address.",
    caveats:
      "Bound to loopback, the gateway cannot be reached from outside the container any more, through a published port neither.",
  },

  "approver-lacks-scope": {
    title: "The device that approves may not approve this",
    healthy: "The CLI may approve the requests that wait",
    what: "The approval failed with `{reason|missing scope: operator.admin}`: the approving device has fewer scopes than the one that waits.",
    why: "Nobody can grant more than they have. A CLI that was paired with fewer scopes cannot approve a Control UI that asks for operator.admin, and a client without device loses its scopes on remote paths.",
    fix: "Approve from the gateway's own host on the loopback address with the shared token. From 2026.8.1 the one-time owner link of `openclaw dashboard` is another way.",
    verify:
      "`devices approve` names the approved device, the request is gone from `openclaw devices list`, and the waiting client connects.",
    caveats:
      "An approval grants what the waiting device asks for, up to full control: compare the request first. Other users of this machine can read the token in the line while the command runs.",
  },

  "stale-request-id": {
    title: "The request id that was approved does not exist any more",
    healthy: "Approvals name a request that waits",
    what: "`devices approve` answered `unknown requestId`.",
    why: "A request lives five minutes, a new attempt can replace it, and some guides show a device id where a request id belongs.",
    fix: "Let the page try again, list the requests, and approve at once with the exact requestId from that list.",
    verify: "`devices approve` names the approved device, and the client connects.",
    caveats:
      "`--latest` approves whoever asked last, which need not be you; from 2026.4.15 (measured) it only previews.",
    variants: {
      over: {
        title: "An earlier approval named an id that was gone; that is past",
        what: "An approval failed with `unknown requestId` before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "The device stands in the paired list.",
      },
    },
  },

  "pairing-store-tampered": {
    title: "The gateway cannot read its list of devices",
    healthy: "The list of devices is the gateway's own",
    what: "{path|devices/paired.json or devices/pending.json} has a shape that the gateway does not read{(detail)}.",
    why: "The files are the gateway's own, and what a damaged one leads to depends on the release. With a file that is no JSON 2026.3.13 goes on with an empty list and overwrites the file at the next approval, so every device is new; 2026.5.28 ends each connection of a device with 1000 and no reason; 2026.9.6 does not start. With a list in place of an object 2026.2.1 approves and keeps nothing, and 2026.9.6 imports no device.",
    fix: "Stop the gateway, move the damaged file aside and keep it, start the gateway, and approve the devices anew with `openclaw devices`.",
    verify: "`openclaw devices list` shows the devices, and they are still there after a restart.",
    caveats:
      "Without the file every device has to be approved once more. Device tokens are in it: do not post it.",
    variants: {
      "left-behind": {
        title: "Device files of an older release lie beside the database",
        what: "{path|devices/paired.json} is there, and the gateway reads state/openclaw.sqlite alone.",
        why: "From 2026.8.1 the start imports the files and renames them to `.migrated`. A file of the old name came later: from a backup, an older OpenClaw, or an editor. Until the next start nothing in it counts.",
        fix: "Use `openclaw devices` to approve, reject and remove. Move the file away, unless the next start is meant to import it.",
      },
      edited: {
        title: "The list of devices may have been edited by hand",
        what: "The text tells of a change to paired.json or pending.json outside of the gateway.",
        why: "The gateway writes these files itself, and an entry lacks its effect without the device's own key. From 2026.8.1 the list lives in state/openclaw.sqlite, and the files are read at most once, at a start.",
        fix: "Use `openclaw devices` to approve, reject and remove.",
      },
    },
  },

  "retired-identity-files": {
    title: "An identity file from an older release blocks the client",
    healthy: "No identity file of an older release is in the way",
    what: "The client stopped at {path|identity/device.json or identity/device-auth.json}: it belongs to an older release and has to be migrated.",
    why: "From 2026.8.1 identities live in the state database. A restored backup or an older CLI on the same state directory brings the old file back.",
    fix: "Stop the gateway, run `openclaw doctor --fix` once with the same state directory, start the gateway, and remove the older CLI.",
    verify: "The client connects with its former device, and the file does not come back.",
    caveats:
      "Keep a copy of the state directory first, and treat it as a secret: the file holds the device's private key.",
  },

  "mobile-or-node-pairing": {
    title: "An app or node waits for its own way of pairing",
    healthy: "Apps and nodes are paired in their own way",
    what: "{client|A mobile app or node host} cannot connect: it needs an address that it can reach and an approval of its own.",
    why: "Apps want a reachable wss:// address; a gateway that is bound to loopback has none. A node is approved once as a device and once more as a node.",
    fix: "Give the gateway an address that the app can reach (Tailscale Serve or a proxy with HTTPS), pair through Devices, Pair device in the Control UI, and approve the request by its id; then approve the node.",
    verify: "The app shows the gateway as connected, and the node stands in the list of nodes.",
    caveats: "A setup code or its QR picture is a credential: do not post it.",
    variants: {
      left: {
        title: "An app ends its connection by itself, before it has said who it is",
        what: "{client|An app} reached the gateway and left before its first message{(detail)}. The gateway refused nothing.",
        why: "An app does that while it has no setup code or token for this gateway, or cannot make a device identity (older and third-party apps). No request of it waits, so there is nothing to approve yet, and no setting of the gateway changes it.",
        fix: "Update the app, remove this gateway in it, and add it again with a new setup code. Its address is right: its connections arrive.",
        verify:
          "The next line of this app in the log is a connect or a refusal with a reason. If it waits for approval then, its request stands in the list of devices.",
      },
      "node-waits": {
        title: "A node host waits for approval, in the list of devices",
        what: "{client|A node host} was refused: its device is not approved yet.",
        why: "A node is a device first: its request stands in `openclaw devices list`. `openclaw nodes pending` stays empty until that one is approved.",
        fix: "List the devices, approve the node's request by its id, and start the node again. Where the release asks a second time, approve the node itself too.",
        verify: "`openclaw nodes status` shows the node as connected.",
        caveats:
          "Compare address and time of the request with your own attempt: a node runs commands for the gateway.",
      },
      "app-waits": {
        title: "An app waits for approval",
        what: "{client|An app} was refused: its device is not approved yet.",
        why: "Each app on each phone is a device of its own, and is approved once. It tries again every few seconds and may get a new request each time.",
        fix: "Open the app, list the devices, and approve its request by its id at once, while the app is in front.",
        verify: "The app shows the gateway as connected.",
        caveats:
          "A setup code from the Control UI (Devices, Pair device) pairs without a race. It is a credential: do not post it.",
      },
    },
  },
};
