/** What a person does, by message key; and the steps that a deployment has no command for, by `Step.do`. */
export const human: Readonly<Record<string, string>> = {
  // Steps of core that were not turned into a command.
  "config.set": "Set `{key}` to `{value}` in openclaw.json.",
  "config.unset": "Remove `{key}` from openclaw.json.",
  "device.list": "List the requests that wait: `openclaw devices list`, on the gateway's host.",
  "device.approve":
    "Approve the one request: `openclaw devices approve {requestId|REQUEST_ID}`, on the gateway's host.",
  "device.reject": "Reject the one request: `openclaw devices reject {requestId}`, on the gateway's host.",
  "device.remove":
    "End the pairing of device {deviceId}: `openclaw devices remove {deviceId}`, on the gateway's host. Before 2026.2.19, which has no such command, take its entry out of `devices/paired.json`.",
  "dashboard.link": "Get the dashboard's link: `openclaw dashboard --no-open`, on the gateway's host.",
  "token.show": "Read the gateway's token where it is configured, and show it to nobody.",
  "gateway.start": "Start the gateway.",
  "gateway.restart": "Restart the gateway.",
  "service.reinstall":
    "Let OpenClaw write its service anew: `openclaw gateway install --force`, on the gateway's host, as the gateway's user.",
  "gateway.status": "Look at the gateway's state: `openclaw gateway status`, on its host.",
  "logs.show": "Look at the newest lines of the gateway's log.",
  "device.rotate":
    "On the gateway's host: `openclaw devices rotate --device {deviceId} --role {role}`. It prints the new token: show that to nobody.",
  "token.generate":
    "Give the gateway a random token: `openclaw doctor --generate-gateway-token`, on its host.",
  "token.copy":
    "Give {variable|OPENCLAW_GATEWAY_TOKEN} in {path} the value of gateway.auth.token in openclaw.json, in an editor and not in a command line.",
  "compose.publish":
    "In {file}, add `127.0.0.1:{port}:{to}` to `ports` of the service {service}; `pairing-doctor fix --edit-compose` writes it.",
  "compose.on-loopback":
    "In {file}, put `127.0.0.1:` before the published port {to} of the service {service}; `pairing-doctor fix --edit-compose` writes it.",
  "compose.reference":
    "In {file}, let {variable} of the service {service} refer to the variable of that name in `.env`; `pairing-doctor fix --edit-compose` writes it.",
  "compose.bind":
    "In {file}, give `--bind` in the command of the service {service} the value `{value}`; `pairing-doctor fix --edit-compose` writes it.",
  "compose.network":
    "In {file}, set `network_mode: service:{of}` for the service {service}, and take its `networks` and `ports` out; `pairing-doctor fix --edit-compose` writes it.",
  "compose.up":
    "Create the container of {service} anew: `docker compose up -d {service}`, with the project's files.",
  "state-would-be-lost":
    "First mount a directory or volume at {stateDir|the state directory}: it is on no mount, and a container that is created anew would come without its config and its devices.",
  "tailscale.status": "See that Tailscale is connected on the gateway's host: `tailscale status`.",
  "proxy.write":
    "Get the proxy's site file: `pairing-doctor fix --remedy https-proxy --domain {domain|DOMAIN}`.",
  "proxy.edit": "In {path}, give {proxy}'s way to the gateway what it lacks ({adds}).",
  "proxy.reload": "Check {proxy}'s configuration ({config}), and let it be read anew.",
  "doctor.fix": "Run `openclaw doctor --fix` on the gateway's host.",
  "tailscale.serve": "Set gateway.tailscale.mode to `serve`, and restart the gateway.",
  "ssh.tunnel":
    "On the machine with the browser: `ssh -N -L {port|18789}:127.0.0.1:{port|18789} {sshHost|USER@HOST}`.",
  "page.open": "Open {url} in the browser.",

  // Steps that only a person can do.
  "check-request":
    "Compare the request's address, client and time with your own attempt; approve it only if they fit.",
  "choose-request": "Take the requestId of your own attempt from the list.",
  "reload-page": "Reload the page.",
  "hard-reload": "Reload the page without its cache: Ctrl+Shift+R, on a Mac Cmd+Shift+R.",
  "press-connect": "Press Connect on the page, or reload it: this release does not try again by itself.",
  "wait-for-page": "Leave the page open: this release connects by itself within seconds.",
  "open-on-loopback": "Open the page at {url|http://127.0.0.1:18789} from now on.",
  "open-in-browser": "Open the link in the browser that is to be let in, at the address that it uses.",
  "replace-link-origin":
    "In the link, replace the part before `/#` by {origin|the address that the browser uses}, and leave `gatewayUrl` out.",
  "paste-token": "Paste the token into the page's connection settings, and press Connect.",
  "enter-password": "Enter the password in the page's connection settings, and press Connect.",
  "start-by-manager":
    "Where a service manager owns it (`openclaw gateway status` says so), `openclaw gateway start` starts it there: one in a terminal would hold its port.",
  "give-cli-token":
    "The CLI sends OPENCLAW_GATEWAY_TOKEN of its own environment, else gateway.auth.token of its own openclaw.json; where that has gateway.mode `remote`, it sends gateway.remote.token. Give that place the value of the gateway's own gateway.auth.token, in an editor and not in a command line.",
  "align-token":
    "Write the same token into {places|the .env file or service unit and openclaw.json}, then create the container or service anew.",
  "change-losing-copy":
    "The gateway uses the value in {source}. Give {other} that value, in an editor and not in a command line, or take the variable out there; then create the container or service anew.",
  "set-env-token": "Give OPENCLAW_GATEWAY_TOKEN the same value in {source|the gateway's environment}.",
  "recreate-container": "Create the container anew, so that it gets the changed environment.",
  "sync-clock": "Switch time synchronisation (NTP) on where the clock is off.",
  "update-client": "Update {client|the client} to a version made for {release|this gateway's release}.",
  upgrade: "Upgrade OpenClaw to {release|a later release}, with the same state directory.",
  "wait-for-start": "Wait until the log says that the gateway is ready, then try again.",
  "wait-lockout": "Close the page or script that keeps trying, and wait until the lock ends (some minutes).",
  "change-bind-flag":
    "The container's own command says `--bind loopback`, which wins over the config: create the container anew with `--bind lan` in its place. What lies in its mounts stays.",
  "find-origin":
    "Copy the beginning of the address in the browser that is refused: scheme, host and port, up to the third slash. Add it to gateway.controlUi.allowedOrigins.",
  "keep-origins":
    "The command replaces the whole list: if gateway.controlUi.allowedOrigins has entries already, put them into it too.",
  "resolve-name":
    "Look the name up where it was dialled: `getent hosts NAME`, on macOS and Windows `nslookup NAME`. Where nothing comes, compare it with the DNS record, or use the gateway's address.",
  "find-refused-proxy":
    "Take the proxy's address from the gateway's log line `observed unattributable proxy-shaped traffic from ADDRESS`: it is there once for each start, at the first refused request. From 2026.8.1 no [ws] line shows it. Then add that address to gateway.trustedProxies.",
  "proxy-on-same-host":
    "A proxy on the gateway's own host (Caddy, nginx, Tailscale Serve) comes from 127.0.0.1 or ::1. Of one on another machine take the address from `observed unattributable proxy-shaped traffic from ADDRESS` instead.",
  "proxy-beside-gateway":
    "A proxy on the gateway's own host (Caddy, nginx, Tailscale Serve) comes from 127.0.0.1 or ::1. Of one on another machine take the `remote=` beside `fwd=` in the gateway's log instead.",
  "find-proxy-address": "Take the proxy's address from the log line: it is the `remote=` beside `fwd=`.",
  "trust-pod-network":
    "In a cluster that address is one pod's and changes with its next start: list the network of the pods instead (10.42.0.0/16 in K3s, 10.244.0.0/16 with kubeadm and kind).",
  "find-pod-network":
    "{remote|The peer} is a pod, and another one has its place after the next roll-out: add the network that its cluster's pods have their addresses from to gateway.trustedProxies, never this one address. `kubectl get nodes -o jsonpath='{.items[*].spec.podCIDR}'` shows it.",
  "pod-network-of-nodes":
    "Where each node has a range of its own beside {range|this one}, list those that the proxy's pods may run on, too. Every pod of a listed range can claim any client's address: a NetworkPolicy lets the proxy's pods alone to the gateway.",
  "pod-address-changes":
    "This release takes single addresses only, and {remote|a pod's address} changes with each start of the proxy's pod: set it again then, or upgrade.",
  "keep-client-address":
    "Let the client's own address reach the proxy: `externalTrafficPolicy: Local` in the Service of the ingress controller, or the PROXY protocol where a load balancer is in front. Else X-Forwarded-For names a node, whose address is in the same range.",
  "narrow-proxy-range":
    "Narrow the range in gateway.trustedProxies to the proxies themselves: no address that X-Forwarded-For names as a client may be in it.",
  "overwrite-forwarded-for":
    "Let the proxy overwrite X-Forwarded-For with the client's address rather than append to it.",
  "https-proxy":
    "Set up a proxy with HTTPS that passes `Upgrade` and `Connection` on and overwrites X-Forwarded-For.",
  "review-origins":
    "Pages of these origins came in by the switch, too: {origins}. Add those that you know to gateway.controlUi.allowedOrigins.",
  "name-certificate":
    "Put the paths of your certificate and its key into the file, or name them: `--certificate PATH --certificate-key PATH`.",
  "load-proxy-site":
    "Put the site file where {proxy|the proxy} reads its sites, check it (`nginx -t`, `caddy validate`), and let the proxy reload.",
  "trust-proxy-authority":
    "Let the browser's machine trust the proxy's own authority: `caddy trust` on the proxy's host, its root certificate (`pki/authorities/local/root.crt` in Caddy's data directory) on others.",
  "close-listener":
    "Stop the gateway and start it again: one that starts anew within its process keeps its old listener (bind `{bind}`), which anybody can reach without encryption. From then on it listens on 127.0.0.1 alone.",
  "loopback-clients-ask":
    "In this release clients on the gateway's own host, which came in silently, have to be approved once from then on; 2026.3.31 and later do not ask them.",
  "open-at":
    "Open the page at {url} from now on. To the gateway it is a new browser there: give it the token once, and approve it once.",
  "bind-ends-elsewhere":
    "Stop the gateway and start it again before what follows: one that runs on may keep its bind `{bind}`, and does not start with Serve then. It listens on 127.0.0.1 alone from then on, so other machines have to use the .ts.net name too.",
  "install-tailscale": "Install Tailscale on the gateway's host first, and log it in: `tailscale up`.",
  "log-in-tailscale":
    "Connect the gateway's host to your tailnet first, with MagicDNS on: `tailscale up`. Then run this again.",
  "proxy-upgrade-headers":
    "Let the proxy use HTTP/1.1 to the gateway and pass `Upgrade` and `Connection` on.",
  "certificate-of-known-authority":
    "Give the proxy a certificate of an authority that browsers know, or let the browser's machine trust this one's authority.",
  "renew-certificate":
    "Renew the certificate (`certbot renew`, or what made it), let the proxy reload, and see in its log why it was not renewed by itself.",
  "certificate-for-name":
    "Open the page at a name of the certificate (`openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -text` shows them), or get one for this name.",
  "tailscale-serve": "Switch Tailscale Serve on for this machine, and open the page at its .ts.net name.",
  "compose-bind": "In the compose file set OPENCLAW_GATEWAY_BIND (or `--bind`) to `lan`.",
  "publish-on-loopback": "Publish the port as `127.0.0.1:{port|18789}:{port|18789}`.",
  "compose-network-mode": "Add `network_mode: service:openclaw-gateway` to the CLI's service.",
  "edit-configmap": "Change the value in the ConfigMap too: the pod copies it at each start.",
  "port-forward": "Keep `kubectl port-forward` running while the page is in use.",
  "keep-state": "Keep the client's state directory on a volume, or use a normal browser profile.",
  "stop-other-gateway": "Stop the gateway that nobody uses, or give it another port and state directory.",
  "run-as-node": "Run the CLI as the gateway's user (in the official image: `-u node`).",
  "read-json-log": "Run this tool again with the JSON log: `--log FILE`.",
  "compare-shared-token":
    "Compare first, because 2026.2.14 to 2026.2.21 say the same of a different shared token: OPENCLAW_GATEWAY_TOKEN and gateway.auth.token on the gateway's side, gateway.remote.token on the client's. If they differ, that is the cause, and the device token can stay.",
  "rotate-device-token":
    "On the gateway's host: `openclaw devices rotate --device {deviceId|DEVICE_ID} --role {role|operator}`.",
  "forget-device":
    "In the browser, let the page forget its device, or clear the site data of this origin alone.",
  "remove-device": "On the gateway's host: `openclaw devices remove {deviceId|DEVICE_ID}`.",
  "connect-anew": "Let the client connect anew: it asks as a new device, which waits for one approval.",
  "pass-loopback-url":
    'Call the CLI with `--url ws://127.0.0.1:{port|18789} --token "$OPENCLAW_GATEWAY_TOKEN"`, the gateway\'s token in that variable: with that option it reads neither the configured one nor the environment.',
  "nobody-outside":
    "Make sure that nothing outside the gateway's host or container has to reach it: no published port, no other machine.",
  "drop-lan-url":
    "Take the gateway's own LAN address out of gateway.remote.url and OPENCLAW_GATEWAY_URL, or put 127.0.0.1 in its place.",
  "compose-up": "Start the changed services: `docker compose up -d`.",
  "run-in-gateway-container": "Run each CLI command inside the gateway's container, for example:",
  "unnest-home":
    "Set OPENCLAW_HOME (or HOME) to the directory that contains `.openclaw`, not to `.openclaw` itself: {path|the path} has it twice.",
  "same-config":
    "Find the gateway's own openclaw.json (its start-up lines or its service name it), and give the CLI OPENCLAW_CONFIG_PATH and OPENCLAW_STATE_DIR for it, or the gateway's HOME.",
  "mode-local":
    "On the gateway's host set gateway.mode to `local`; on another machine set gateway.remote.url to the gateway's address.",
  "use-wss-url": "Give the client the wss:// address.",
  "stop-gateway": "Stop the gateway, and whatever starts it again by itself.",
  "remove-old-cli": "Remove the older OpenClaw that shares this state directory.",
  "move-identity-aside":
    "If the doctor refuses because the file differs from what it migrated, move {path|the file} out of the state directory and keep the copy.",
  "chown-state":
    "On the host, give the mounted directory to the gateway's user: `sudo chown -R {owner|1000:1000} {path|STATE_DIR}`.",
  "chown-volume":
    "Give {source|the volume} to the gateway's user, from a container that is gone afterwards: `docker run --rm --user 0 --entrypoint chown -v {source|VOLUME}:/state {image|IMAGE} -R {owner|1000:1000} /state`.",
  "recreate-for-port":
    "Create the container anew, which a port needs: with Compose `docker compose up -d`; one of `docker run` is removed and run again with `-p`.",
  "change-at-mount":
    "In the container nothing can write openclaw.json, because of how it is mounted. Make the change where it is mounted from{(place)}, or mount its directory for writing; the next lines fail as it is.",
  "change-in-helm":
    "Change it in the values of the Helm release {owner}, which makes the ConfigMap {name} ({key}), and run `helm upgrade`: what is changed in the cluster alone goes with the next upgrade.",
  "change-in-argocd":
    "Change it in the source of the Argo CD application {owner}, which makes the ConfigMap {name} ({key}): what is changed in the cluster alone is put back at the next sync.",
  "change-in-flux":
    "Change it in the source that Flux's {owner} takes, which makes the ConfigMap {name} ({key}): what is changed in the cluster alone is put back at the next reconciliation.",
  "change-in-operator":
    "Change it in the operator's own resource {owner}, which makes the ConfigMap {name} ({key}): what is changed there alone is put back.",
  "change-in-configmap":
    "Change it in the ConfigMap {name} ({key}) too: it is merged into the file at each start of the pod, and its keys win.",
  "mount-claim":
    "Mount a PersistentVolumeClaim at {path|/home/node/.openclaw} in the workload's manifest, with fsGroup 1000 in its securityContext.",
  "scale-to-one":
    "Set `replicas: 1` in the workload's manifest (or values), with the strategy Recreate where the volume can be mounted once only; remove an autoscaler of it.",
  "set-fs-group":
    "Give the volume to the gateway's user, {owner|1000:1000}: `fsGroup` with that group in the pod's securityContext, or an init container that runs `chown` where the volume's driver does not take fsGroup (hostPath, NFS).",
  "change-in-command":
    "The container's own command writes openclaw.json at each start: `{quote|…}`. Make the change there, and create the container anew; what the next lines change holds until the next start only.",
  "change-in-unraid":
    "In Unraid, edit the container, switch to Advanced View, and make the change in the JSON of Post Arguments, which writes openclaw.json at each start; what the next lines change holds until the next start only.",
  "change-in-coolify":
    "The image makes openclaw.json anew at each start, from its environment and from a file mounted at /app/config/openclaw.json (OPENCLAW_CUSTOM_CONFIG). Put the setting into that file in Coolify, and deploy again; what the next lines change holds until the next start only.",
  "change-in-environment":
    "The image sets this key from its environment at each start. Give {variable|the variable} the value there, in the Compose file or `.env`, and create the container anew; what the next lines change holds until the next start only.",
  "change-in-truenas":
    "TrueNAS sets this key from the app's settings at each start. Edit the app, and give its allowed origins there; what the next lines change holds until the next start only.",
  "mount-state":
    "Mount a directory of the host or a volume at {path|/home/node/.openclaw}, with the gateway's user as owner, and create the container anew.",
  "unit-user": "In the unit, `sudo systemctl edit {unit|UNIT}`: below `[Service]` write `User={owner|USER}`.",
  "service-as-owner":
    "Stop the service of the user that it runs as, and as {owner|the user who configures it} install it: `openclaw gateway install`.",
  "enable-linger": "On the gateway's host, as an administrator: `loginctl enable-linger {user|USER}`.",
  "look-as-owner":
    "If this is the gateway: `sudo -u {user} -i npx openclaw-pairing-doctor`, or name its address to ask it without its files: `npx openclaw-pairing-doctor --target ws://127.0.0.1:PORT`.",
  "free-port":
    "See what has port {port} (`sudo ss -ltnp`), and end it or let user {user} move it; or give the gateway another port (`gateway.port`).",
  "find-port-holder":
    "See who holds the port: `docker ps` for containers, `sudo ss -ltnp` for programs of the host (port {port|18789}).",
  "stop-other-container":
    "Stop the container that is not needed, for example `docker stop {other|CONTAINER}`, or give it a state directory of its own.",
  "copy-state-out":
    "Keep the state first, which is in the container's own layer and goes with it: `docker cp {container|CONTAINER}:{path|/home/node/.openclaw} ./openclaw-state`, and mount that directory at the same path in the new container.",
  "mount-writable":
    "Mount the directory without `:ro` or `readOnly`, on a file system that is not read-only.",
  "approve-with-shared-token":
    'Approve your own request there, past the paired CLI\'s device: `openclaw devices approve {requestId|REQUEST_ID} --url ws://127.0.0.1:{port|18789} --token "$OPENCLAW_GATEWAY_TOKEN"`, with the shared token in that variable.',
  "find-gateways": "List what runs: `openclaw gateway status --deep`, and `docker ps` where Docker is used.",
  "make-setup-code":
    "Get a setup code: in the Control UI under Devices, Pair device, where the release has it, else with `/pair` in a chat that OpenClaw serves. Let the app read it.",
  "update-app":
    "Update the app to a version made for the gateway's release; of a third-party app ask its maker.",
  "add-gateway-again": "In the app, remove this gateway and add it again with that code.",
  "connect-in-app": "Open the app again, and press Connect if it does not connect by itself.",
  "connect-again": "Let the client connect again.",
  "start-node-again":
    "Start the node again: `openclaw node run` or `openclaw node restart`, as it was started before.",
  "mend-syntax":
    "Open {path|openclaw.json} in an editor and look at line {line}, column {column|1} and the line before it: a comma, a quote or a bracket is missing or too many.",
  "mend-key": "In {path|openclaw.json}, take out or correct `{key}`: this release does not take it.",
  "mend-file":
    "Run `openclaw doctor`, which names the place in {path|openclaw.json}, and mend it in an editor.",
  "restarts-by-itself":
    "Nothing has to be started: the container starts again by itself, and reads the file anew.",
  "ask-first":
    "Open the page in the browser that is to be let in: its request is made by that, and waits for five minutes.",
  "locks-out":
    "Not yet: a page that is let in now would be refused afterwards ({gate}), and no approval helps there. Open it another way first (HTTPS, or an SSH tunnel to 127.0.0.1), see it connect, and then go on.",
  "page-switched-off":
    "gateway.controlUi.enabled is false, so the gateway serves no page: take that out if the page is wanted.",
  "page-root": "Look whether the page's files are in {path}, which gateway.controlUi.root names.",
  "page-files":
    "Install the same release of OpenClaw anew, as it was installed before (npm, pnpm or the image), if the log names a file or module that is missing.",
  "who-answers":
    "Find out which program answers at this address: `sudo ss -ltnp` on that machine names it; a proxy's own log has the request.",
  "name-target":
    "Run this command again on the gateway's own machine, or name the gateway's address with --target.",
  "end-port-holder":
    "End the program that has port {port|18789}: {program|see `sudo ss -ltnp`}, pid {pid|as shown there}.",
  "remove-former-service":
    "Stop the old gateway ({program|the older program}, pid {pid|as shown}) and remove its service: `systemctl --user disable --now clawdbot-gateway` or moltbot-gateway, on a Mac `launchctl bootout` of its label; then `npm uninstall -g` the old package.",
  "use-container-path":
    "Take {path|the host's path} out of the environment and the commands inside of the container; in Compose it stays on the left side of `volumes` alone.",
  "compare-scopes": "Look whether the client is in the list, and with which approved scopes.",
  "choose-device":
    "Take the deviceId of your own client from the list; it does not change from request to request.",
  "approve-by-device":
    "In one line, with that id for DEVICE_ID: `openclaw devices approve $(openclaw devices list --json | jq -r '.pending[] | select(.deviceId == \"DEVICE_ID\") | .requestId')`.",
  "listens-where":
    "Find its newest `listening on ws://ADDRESS:PORT`: 127.0.0.1 in a container is this cause; another address, or no such line, is not.",
  "approve-node":
    "Approve the node's own request too: `openclaw nodes pending`, then `openclaw nodes approve`.",
  "raise-handshake-limit":
    "Set OPENCLAW_HANDSHAKE_TIMEOUT_MS for the gateway, in milliseconds: 30000 for half a minute.",
  "version.show": "Run `openclaw --version` where the gateway runs.",
  "security-audit": "Run `openclaw security audit` on the gateway's host.",
  "generate-token": "Unless a token is set already: `openclaw doctor --generate-gateway-token`.",
  "approve-browsers-in-use":
    "Open the page in each browser that is in use, and approve its own request: `openclaw devices list`, then `openclaw devices approve REQUEST_ID`.",
  "check-origins":
    "Look at the origins first: keep only addresses that you open yourself, a name that nobody knows can be somebody's attempt.",
  "set-local-password":
    "On the gateway's host, set gateway.auth.password (or OPENCLAW_GATEWAY_PASSWORD for gateway and CLI) to a new secret, so that the CLI there has a way in.",
  "token-behind-proxy":
    "Set one shared token for gateway and clients, and give it to the page once; in this mode the identity header of the proxy has no effect.",
  "move-proxy":
    "Run the proxy in a container or on a machine of its own, let it reach the gateway at its network address, and put exactly the proxy's address into gateway.trustedProxies.",
  "overwrite-identity-header":
    "Let the proxy overwrite the identity header that gateway.auth.trustedProxy.userHeader names, whatever the client sends.",
  "open-through-proxy": "Open the page at the proxy's address, and sign on there.",
  "unset-env-token":
    "Take OPENCLAW_GATEWAY_TOKEN out of the gateway's environment: .env file, service unit, chart or app settings.",
  "proxy-read-timeout":
    "Raise the proxy's idle and read timeout for this route (nginx: `proxy_read_timeout 3600s`), and switch response buffering off for it.",
  "align-password":
    "Set the same password in {places|the .env file or service unit and openclaw.json}, then create the container or service anew.",
  "move-store-aside": "Move the damaged file out of the state directory, and keep it.",
  "pair-again": "Let each client connect, and approve its own request by its requestId.",
  "use-device-commands":
    "Approve, reject or remove with `openclaw devices approve`, `reject` or `remove`, each with its own id; the files stay as they are.",
  "remove-stale-devices": "Remove the devices that are no longer used: `openclaw devices remove DEVICE_ID`.",
  "look-at-channel-pairing":
    "A code of a chat channel admits a sender to the chat: `openclaw pairing list CHANNEL`, then `openclaw pairing approve CHANNEL CODE` for a sender that is known.",
  "look-at-channel":
    "Look at the channel: `openclaw channels status --probe`, its token or login, and whether its service answers.",
  "look-at-relay":
    "Look at the browser extension and its relay: `openclaw browser status`, and whether a tab is attached.",
  "look-at-provider":
    "Look at the model provider's key or login: `openclaw models status`. Its 401 is not the gateway's.",
  "way-into-wsl":
    "In Windows: run `wsl --shutdown`, start WSL and the gateway again, and open http://localhost:PORT. If nothing answers, see whether %UserProfile%\\.wslconfig switches localhostForwarding off, or set networkingMode=mirrored there; a VPN can block the forwarding, too.",
  "way-into-container":
    "See whether the port is published (`docker ps` shows `->18789/tcp`) and whether the gateway in the container listens on more than loopback (gateway.bind: lan).",
  "way-to-machine":
    "See which address the gateway listens on, and how the browser's machine gets there: an SSH tunnel or Tailscale for a gateway on loopback, else the firewall and the address in between.",
  "look-at-limit":
    "Look at the provider's account: its limits, its balance and its status page. Wait, or name another model as the fallback.",
  "look-at-context": "Begin a new conversation (`/new`) or shorten this one (`/compact`).",
  "look-at-channel-app":
    "Look at the channel's app on its service's pages: its token or secret, and the rights it asks for (for Discord the privileged intents). Then `openclaw channels status --probe`.",
  "look-at-slow-client":
    "The gateway dropped a client that was already in and did not read fast enough. Look at that client's network and machine; it may connect again.",
  "look-at-frames":
    "Something sent data that is no message of the protocol: a port scan, a health check of a load balancer, or another program. Look at who connects to the port.",
  "look-at-memory": "Look at the memory search and its embedding provider: `openclaw memory status`.",
  "page-without-token":
    "Leave the token out of the page: with one, the gateway looks at it instead of the Tailscale user.",
};
