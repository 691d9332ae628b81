import type { RemedyMessage } from "../types.ts";

export const remedies: Readonly<Record<string, RemedyMessage>> = {
  "approve-device": {
    title: "Approve this one request",
    what: "Works in every release and deployment. The approval stays with this browser profile at this address.",
    caution:
      "It gives the device the scopes that it asks for. Compare address, client and time with your own attempt, and never approve the latest request unseen.",
  },
  "open-dashboard-link": {
    title: "Open the dashboard through its own link",
    what: "From 2026.8.1 the link is good once, for ten minutes, and lets the browser that opens it in, without token and without approval. Earlier releases put the token into it.",
    caution:
      "The link is a secret: whoever opens it first has the owner's rights. Open it at the address that the browser uses.",
  },
  "set-allow-insecure-auth": {
    title: "Switch allowInsecureAuth on",
    what: "Lets the Control UI in with the token alone, without device and approval. Has this effect up to 2026.2.19 only.",
    caution:
      "Whoever gets the token gets in. It is no substitute for HTTPS, and it stops working with the upgrade.",
  },
  "unset-retired-keys": {
    title: "Remove the switches that have no effect",
    what: "Changes nothing about who gets in today; it keeps the configuration valid for the next release.",
  },
  "add-allowed-origin": {
    title: "Allow the origin {origin|of this page}",
    what: "Puts this exact origin into gateway.controlUi.allowedOrigins.",
    caution: "Pages of that origin may talk to the gateway from the user's browser.",
  },
  "set-trusted-proxies": {
    title: "Trust the proxy at {remote|its exact address}",
    what: "Lets the gateway take the client's address from this proxy. It does not approve any browser.",
    caution:
      "The proxy has to overwrite X-Forwarded-For. Never list the Docker bridge for browsers that come through a published port, nor the clients' own network.",
  },
  "keep-client-address": {
    title: "Let the proxy see, and pass on, the client's own address",
    what: "X-Forwarded-For then names a client outside of the trusted range. It does not approve any browser.",
    caution: "With `externalTrafficPolicy: Local` only nodes that run a pod of the proxy answer.",
  },
  "remove-trusted-proxy": {
    title: "Take {remote|the address} out of the trusted proxies",
    what: "Connections from there are judged by their own address again.",
    caution: "If a real proxy uses that address, its clients are no longer told apart.",
  },
  "set-bind-lan": {
    title: "Let the gateway listen on the container's network",
    what: "Sets gateway.bind to `lan`, so that the published port reaches the gateway.",
    caution: "Publish the port on 127.0.0.1 unless other machines are meant to reach it.",
  },
  "give-cli-token": {
    title: "Give the CLI the gateway's token",
    what: "One token for both; the gateway stays as it is, and so do the pages that have the right one.",
  },
  "align-token": {
    title: "Give every place the same token",
    what: "One source for the token; the gateway reads it at its next start.",
    caution: "Pages that kept the other token have to be given the new one.",
  },
  "copy-compose-token": {
    title: "Give {path|the env file} the gateway's token, and create the container anew",
    what: "The gateway takes gateway.auth.token from openclaw.json; {service|the service} gets its environment from {path|the env file}, and a new container is what takes that up. The state stays on its mount.",
    caution:
      "The gateway is away for some seconds. Both values are secrets and are shown by fingerprint only.",
  },
  "refer-to-dotenv": {
    title: "Take the token out of the Compose file, and let it refer to {path|.env}",
    what: "{path|.env} gets the token that the gateway has, {file|the Compose file} refers to it instead of holding another one, and the container is created anew. The state stays on its mount.",
    caution:
      "The gateway is away for some seconds. Keep {path|.env} out of version control; the token that was in {file|the Compose file} may be in its history.",
  },
  "recreate-service": {
    title: "Create the container of {service} anew",
    what: "The container was created before the project's files said this token; its environment changes with a new container only. The state stays on its mount.",
    caution: "The gateway is away for some seconds.",
  },
  "copy-token": {
    title: "Give {path|the env file} the token that the gateway has",
    what: "The gateway takes gateway.auth.token from openclaw.json, and everything beside it that reads the env file gets the same value. Nothing at the gateway changes.",
    caution: "Both values are secrets: they go from file to file and are shown by fingerprint only.",
  },
  "paste-token": {
    title: "Give the page the token",
    what: "The page keeps it for its own tab or origin.",
    caution: "Do not send the token through chats, tickets or screenshots.",
  },
  "enter-password": {
    title: "Enter the password in the page",
    what: "The page keeps it in memory: every new tab asks again.",
  },
  "ssh-tunnel": {
    title: "Open the page through an SSH tunnel",
    what: "The browser gets a localhost address, and the gateway sees a local client. Nothing has to be configured.",
    caution: "It lasts as long as the tunnel is open.",
  },
  "port-forward": {
    title: "Open the page through a port-forward",
    what: "The connection ends inside the pod and counts as local there.",
    caution: "It lasts as long as the command runs.",
  },
  "tailscale-serve": {
    title: "Serve the page on your tailnet",
    what: "Gives the page HTTPS and a name, for the devices of the tailnet only. The gateway sets Serve up itself; it needs the `tailscale` command, logged in.",
    caution:
      "From 2026.4.25 every user of the tailnet who may reach this machine gets in without an approval. Funnel is something else: it opens the page to the Internet.",
  },
  "https-proxy": {
    title: "Put a proxy with HTTPS in front, at {domain|a name of your own}",
    what: "Gives the page a secure context. The proxy has to be trusted, its origin allowed, and each browser approved once.",
    caution:
      "The proxy has to pass WebSockets on and overwrite X-Forwarded-For. Whoever reaches it reaches the gateway's login.",
  },
  "mend-name": {
    title: "Mend the name in the address",
    what: "The gateway stays as it is: it was not asked.",
  },
  "set-gateway-auth": {
    title: "Give the gateway a token, then start it",
    what: "Writes a random token into openclaw.json and sets gateway.auth.mode to `token`.",
    caution: "Clients need that token from then on. A token in the gateway's environment still wins over it.",
  },
  "start-gateway": {
    title: "Start the gateway",
    what: "Then look at its log once: if it ends again, the last lines say why.",
  },
  "wait-for-start": {
    title: "Wait until the gateway is ready",
    what: "A first start takes up to a minute on a small machine.",
  },
  "reload-page": {
    title: "Reload the page",
    what: "Gets the page of the running release, and connects anew.",
  },
  "raise-handshake-limit": {
    title: "Give handshakes more time",
    what: "The gateway then waits longer for a client before it gives up. It helps on a slow or busy machine only.",
  },
  upgrade: {
    title: "Upgrade OpenClaw to {release|a later release}",
    what: "Removes the cause instead of working around it.",
    caution:
      "Ask `pairing-doctor what-if --release {release|X}` first what else changes in whom this gateway admits.",
  },
  "sync-clock": {
    title: "Set the clock right",
    what: "Lets the machine synchronise its time, so that signatures are not expired when they arrive.",
  },
  "update-client": {
    title: "Update the client",
    what: "Brings a client that signs and speaks as this gateway's release expects.",
    caution: "If it then asks for an approval, compare its address and time with your own attempt first.",
  },
  "reject-device": {
    title: "Reject the request",
    what: "For a request that nobody recognises. The device can ask again.",
    caution: "It cannot be undone: the request is gone.",
  },
  "remove-device": {
    title: "Remove the device",
    what: "Takes its approval and its token away; it has to be approved anew.",
    caution: "It cannot be undone: whoever uses this device is out until it asks again and is approved.",
  },
  "rotate-device-token": {
    title: "Give the device a new token",
    what: "The client fetches it with its next approved connection.",
    caution: "It cannot be undone: the device's old token ends at once, also where it still worked.",
  },
  "restart-gateway": {
    title: "Restart the gateway",
    what: "Lets it read what changed in its environment and configuration. Open connections end.",
  },
  "run-doctor-fix": {
    title: "Let OpenClaw's own doctor repair it",
    what: "`openclaw doctor --fix` migrates old files and removes retired keys.",
    caution: "It changes configuration and state: keep a copy of the state directory.",
  },
  "disable-device-auth": {
    title: "Switch device authentication off",
    what: "Lets the Control UI in with the token alone, up to 2026.7.35. From 2026.8.1 the switch is ignored.",
    caution: "OpenClaw's audit rates it as critical: whoever has the token has everything.",
  },
  "wait-lockout": {
    title: "Stop what keeps failing, and wait",
    what: "The lock ends by itself after some minutes without failures; then the right token gets in.",
  },
  "set-bind-loopback": {
    title: "Bind the gateway to loopback",
    what: "Internal calls and the CLI then go to 127.0.0.1, which counts as local.",
    caution:
      "Nothing outside the gateway's host or container reaches it any more, a published port included.",
  },
  "share-network": {
    title: "Let the CLI's container use the gateway's network",
    what: "127.0.0.1 is then the gateway's, and counts as local.",
  },
  "run-in-gateway-container": {
    title: "Run the CLI inside the gateway's container",
    what: "There 127.0.0.1 is the gateway, and the configuration is its own.",
  },
  "publish-port": {
    title: "Publish the gateway's port",
    what: "A new container is made with the port on 127.0.0.1; the state stays where it is mounted.",
  },
  "set-gateway-port": {
    title: "Let the gateway listen on port {port}",
    what: "Sets gateway.port to what the published port leads to.",
  },
  "use-gateway-port": {
    title: "Send the CLI to the port that the gateway listens on",
    what: "Finds out at once whether the port is all that differs.",
  },
  "use-gateway-config": {
    title: "Let the CLI read the gateway's configuration",
    what: "Port, token and device identity are then the gateway's.",
  },
  "use-loopback-url": {
    title: "Send the CLI to 127.0.0.1",
    what: "Beside the gateway the loopback address counts as local.",
  },
  "read-json-log": {
    title: "Read the JSON log",
    what: "The same lines carry the cause there, which the console leaves out up to 2026.5.28.",
  },
  "fix-ownership": {
    title: "Give the state directory back to the gateway's user",
    what: "Gateway and CLI can read and write it again. Nothing else changes.",
    caution: "Change the owner, not the rights: 777 lets every local user read the tokens.",
  },
  "make-writable": {
    title: "Make the state directory writable",
    what: "The gateway keeps devices, tokens and its configuration there.",
  },
  "approve-with-shared-token": {
    title: "Approve from the gateway's own host with the shared token",
    what: "There the shared token carries the scopes that the approving device lacks.",
    caution:
      "It gives the device the scopes that it asks for. Compare address, client and time with your own attempt.",
  },
  "stop-other-gateway": {
    title: "Leave one gateway for each port and state directory",
    what: "Clients, requests and approvals then meet at the same gateway.",
    caution: "Look first which of them holds the devices that are approved.",
  },
  "run-as-config-owner": {
    title: "Run the gateway as {owner|the user who configures it}",
    what: "It then has that user's settings, devices and token.",
    caution: "Devices that were approved for the user that it runs as now have to ask again.",
  },
  "restart-service": {
    title: "Restart the gateway by its own manager",
    what: "It is started by what its unit, its drop-ins and its files of variables say now. Open pages connect again by themselves.",
  },
  "reinstall-service": {
    title: "Let OpenClaw write its service anew",
    what: "`openclaw gateway install --force` writes the unit with what openclaw.json says now, and starts the gateway by it.",
    caution:
      "Changes that somebody made in the unit itself are gone then; a drop-in of `systemctl edit` stays.",
  },
  "enable-linger": {
    title: "Let {user|the user}'s services go on after the last logout",
    what: "Changes nothing about who is let in.",
  },
  "look-as-owner": {
    title: "Look at it as the user that it runs as",
    what: "That user may read the gateway's configuration, log and devices, and change them.",
  },
  "mend-page": {
    title: "Bring the page's files back",
    what: "The gateway then serves its page again; who is let in does not change.",
  },
  "mend-way": {
    title: "Mend the way from the browser to the gateway",
    what: "The gateway itself stays as it is.",
  },
  "look-past-answer": {
    title: "Find out what answers there, and look at the gateway itself",
    what: "Nothing is changed.",
  },
  "free-port": {
    title: "Free the port for the gateway",
    what: "The other program ends or moves; then the gateway can listen.",
    caution: "Find out first what the other program is for, and whose.",
  },
  "add-gateway-in-app": {
    title: "Update the app, and add the gateway to it anew",
    what: "Gives the app what it lacks: a credential, and a release that makes a device identity. Nothing changes at the gateway.",
    caution: "A setup code or its QR picture is a credential: show it to the app alone.",
  },
  "mend-config": {
    title: "Mend openclaw.json",
    what: "The gateway reads the file at its start; nothing else has to change.",
    caution: "Keep a copy of the file first: it holds the token.",
  },
  "use-container-path": {
    title: "Use the container's own path inside of it",
    what: "OpenClaw then finds its state where Compose mounts it.",
  },
  "give-client-a-device": {
    title: "Let the client connect with a device of its own",
    what: "Its scopes then are those that it asks for and that you approve.",
    caution: "Approve only what the client needs: `operator.admin` may change settings and approve others.",
  },
  "approve-by-device": {
    title: "Approve what this one device asks for now",
    what: "For a client that asks anew every few seconds: the id of its newest request is looked up and approved in one line. The device id stays the same.",
    caution:
      "Compare the device's address and time with your own attempt before; the line approves whatever this device asks for.",
  },
  "look-where-it-listens": {
    title: "Look first where the gateway listens",
    what: "Its own start-up line tells this cause from a gateway that is down. Nothing is changed.",
  },
  "pair-app": {
    title: "Pair the app with a setup code",
    what: "The code hands the app an address and a credential; what is left is one approval, and a second one for a node.",
    caution: "A setup code or its QR picture is a credential: show it to the app alone.",
  },
  "unset-dangerous-switches": {
    title: "Remove the switches",
    what: "The gateway then asks every browser for its own identity and approval again.",
    caution: "Browsers that came in by the switch alone are refused until they are approved.",
  },
  "require-token": {
    title: "Let the gateway ask for a token again",
    what: "Sets gateway.auth.mode to `token`. Clients need the token from then on.",
    caution: "Until a token is set, the gateway may refuse to start.",
  },
  "review-switches": {
    title: "Go through the switches",
    what: "`openclaw security audit` names each one and what it opens. It changes nothing.",
  },
  "replace-origin-fallback": {
    title: "List the origins that are in use instead",
    what: "Puts the exact origins into gateway.controlUi.allowedOrigins and removes the switch.",
    caution: "A page that is not in the list is refused with `origin not allowed` afterwards.",
  },
  "set-local-password": {
    title: "Give clients on the gateway's own host a password",
    what: "From 2026.4.27, but for 2026.5.12, the CLI beside the gateway gets in with gateway.auth.password and sends it by itself; browsers still come in through the proxy alone.",
    caution: "It counts for direct connections from the host itself. It is a secret like any other.",
  },
  "use-token-mode": {
    title: "Return to token mode",
    what: "The proxy stays in front, browsers send the shared token, and the CLI uses the same one.",
    caution: "The proxy's login no longer protects the gateway by itself: whoever has the token passes it.",
  },
  "move-proxy": {
    title: "Let the proxy come from an address of its own",
    what: "A proxy in another container or on another machine has an address that no process of the gateway's host can use.",
    caution:
      "List that one address in gateway.trustedProxies, and let nothing else reach the gateway's port.",
  },
  "allow-loopback-proxy": {
    title: "Take identities from the loopback address",
    what: "Sets gateway.auth.trustedProxy.allowLoopback, from 2026.4.27 on.",
    caution:
      "Any process on the host can then pose as any user. Only where the host is yours alone and the proxy overwrites the identity header.",
  },
  "open-through-proxy": {
    title: "Open the page through the proxy",
    what: "Only there is the login that the gateway asks for.",
  },
  "drop-shared-token": {
    title: "Remove the shared token",
    what: "Leaves the proxy's login as the only way in for browsers.",
    caution: "Clients that used the token stop working, the CLI on the host among them.",
  },
  "auto-approve-behind-proxy": {
    title: "Approve the devices of the proxy's users automatically",
    what: "From 2026.8.1 gateway.auth.trustedProxy.deviceAutoApprove approves browsers of users whom the proxy names, without operator.admin.",
    caution:
      "Whoever signs on at the proxy gets a lasting device. Set allowUsers, and let nothing but the proxy reach the gateway.",
  },
  "pass-client": {
    title: "Let the proxy tell the gateway who the client is",
    what: "Its own configuration gets `X-Forwarded-For` and `X-Forwarded-Proto`, written anew for each request; the proxy checks it itself and reads it again.",
    caution: "It does not approve any browser.",
  },
  "pass-upgrade": {
    title: "Let the proxy pass WebSocket upgrades on",
    what: "nginx needs `proxy_http_version 1.1` and the `Upgrade` and `Connection` headers; Caddy and Traefik pass them by themselves; edge platforms have a switch for it.",
    caution: "The gateway's own gates come after that: origin, token, pairing.",
  },
  "mend-certificate": {
    title: "Get a certificate that the browser accepts",
    what: "Of an authority that the browser's machine knows, for the very name in the address bar, and valid now.",
  },
  "align-password": {
    title: "Give every place the same password",
    what: "One source for the password; the gateway reads it at its next start.",
  },
  "repair-pairing-store": {
    title: "Let the gateway write a new list of devices",
    what: "With the damaged file out of the way the gateway starts with an empty list and keeps what is approved.",
    caution: "Every device has to be approved once more. Keep the file: its entries may be wanted.",
  },
  "use-device-commands": {
    title: "Change the list through the gateway",
    what: "`openclaw devices` lists, approves, rejects and removes; the gateway writes its own store.",
  },
  "one-replica": {
    title: "Run one replica",
    what: "All browsers then meet the same list of devices.",
  },
  "keep-gateway-state": {
    title: "Keep the gateway's state on a mount",
    what: "Devices and tokens then outlive the container.",
    caution: "The container is created anew: copy the state out before.",
  },
  "keep-identity": {
    title: "Keep the place where the client's key lives",
    what: "A client that keeps its key is approved once, at one address.",
    caution: "Remove only devices that are no longer used: a removed one has to be approved again.",
  },
  "look-elsewhere": {
    title: "Look at the part that wrote the line",
    what: "Nothing at the gateway has to change, and no device has to be approved.",
  },
  "manage-tailscale-serve": {
    title: "Let the gateway manage Tailscale Serve",
    what: "From 2026.4.25 the Tailscale user whom the gateway verifies gets in without an approval, as long as the page sends no token.",
    caution:
      "Every user of the tailnet who may reach this machine gets in. It is for Serve; Funnel names no user.",
  },
};
