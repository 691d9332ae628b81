import type { Catalogue } from "../types.ts";

type Tables = Omit<
  Catalogue,
  | "lang"
  | "causes"
  | "remedies"
  | "human"
  | "sayings"
  | "fix"
  | "startup"
  | "upgrade"
  | "upgradeWeights"
  | "visitors"
  | "ways"
>;

export const tables: Tables = {
  gates: {
    "proxy-attribution": "proxy attribution",
    schema: "connect parameters",
    protocol: "protocol and build",
    role: "role",
    origin: "origin",
    "shared-auth": "gateway token",
    "device-identity": "device identity",
    "device-signature": "device signature",
    pairing: "pairing",
    starting: "start-up",
    timeout: "handshake in time",
    left: "client left by itself",
    "rate-limit": "rate limit",
    unknown: "a gate that the evidence does not name",
    transport: "the network to the gateway",
  },
  reasons: {
    "not-paired": "this device is not approved yet",
    "scope-upgrade": "the device asks for more scopes than it is approved for",
    "role-upgrade": "the device asks for another role than it is approved for",
    "metadata-upgrade": "the device looks different from when it was approved",
    token_missing: "no gateway token was sent",
    token_mismatch: "another token than the gateway's was sent",
    password_missing: "no password was sent",
    password_mismatch: "another password than the gateway's was sent",
    rate_limited: "too many failed attempts",
    token_missing_config: "the gateway has no token configured",
    password_missing_config: "the gateway has no password configured",
    bootstrap_token_invalid: "the one-time link was used or is expired",
    tailscale_user_missing: "the tailnet user is not named",
    tailscale_user_mismatch: "the tailnet user is another one than the headers say",
    tailscale_proxy_missing: "the request did not come through Tailscale Serve",
    tailscale_whois_failed: "the tailnet identity could not be verified",
    trusted_proxy_untrusted_source: "the request did not come from a trusted proxy",
    trusted_proxy_user_missing: "the proxy named no user",
    trusted_proxy_user_not_allowed: "the user that the proxy names is not allowed",
    trusted_proxy_loopback_source: "the proxy comes from loopback",
    trusted_proxy_origin_not_allowed: "the page's origin is not allowed",
    trusted_proxy_no_proxies_configured: "no trusted proxy is configured",
    trusted_proxy_config_missing: "the settings for the trusted proxy are missing",
    device_token_mismatch: "the device token is not the current one",
    "origin-mismatch": "the page's origin is not allowed",
    "origin-not-allowed": "the page's origin is not allowed",
    "control-ui-insecure-auth": "the page has no secure context",
    "control-ui-insecure": "the page has no secure context",
    "device-required": "no device identity was sent",
    "device-identity-required": "no device identity was sent",
    "device-signature": "the device signature is not valid",
    "device-signature-stale": "the device signature is expired",
    "device-nonce-missing": "the signature lacks the gateway's nonce",
    "device-nonce-mismatch": "the signature has another nonce",
    "device-public-key": "the device key is not valid",
    "device-auth-invalid": "the device's proof is not valid",
    "stale-ui": "the page is from another build than the gateway",
    "control-ui-build-mismatch": "the page is from another build than the gateway",
    "protocol-mismatch": "the client speaks another protocol than the gateway",
    "invalid-role": "the gateway does not know the role",
    "pairing-required": "the device has to be approved",
    "device-id-mismatch": "device id and device key do not belong together",
    proxy_attribution_required: "forwarded headers from an address that is not trusted",
    refused: "nothing listens at that address",
    "connection-refused": "nothing listens at that address",
    "not-reachable": "the gateway cannot be reached",
    "no-answer": "no answer",
    "abnormal-closure": "the connection ended without a reason",
    "gateway-closed": "the gateway closed the connection",
    "connect-failed": "the client gave up after a refusal",
    "missing-scope": "a scope is missing",
    scope_mismatch: "the scopes do not fit the device's approval",
    "missing-ingress-attribution": "forwarded headers from an address that is not trusted",
    trusted_proxy_local_interface_source: "the proxy comes from an address of this host",
    reset: "the connection was reset",
    timeout: "no answer in time",
    dns: "the name cannot be resolved",
    tls: "TLS failed",
    starting: "the gateway is still starting",
    "port-held": "another program has the port",
    "invalid-config": "openclaw.json is not valid",
    "startup-failed": "the gateway did not start",
    "not-openclaw": "something else answers there",
    stranger: "another user's process has the port",
    "not-upgraded": "the upgrade was answered with plain HTTP",
    "socket-failed": "the socket failed before it was open",
  },
  tellApart: {
    "published-port-or-remote":
      "Does the gateway run in a container with a published port? Then {remote|that address} is the container network's; else it is another machine, or a forwarder on one.",
    "address-bar-localhost":
      "Which address does the browser's address bar show, and does the gateway run in a container? With localhost and a published port it is this one.",
    "upgrade-or-new":
      "Is the device in the list under Paired already? Then it asks for more than it was approved for; a new device is under Pending alone.",
    "same-token-refused":
      "Is the gateway token that the client sends letter for letter the gateway's? Then it is the client's own device token that is out of date; else it is the gateway token.",
    "token-differs":
      "Does another client get in with the gateway token, or does this one after a new token was pasted? Then it was the gateway token; if it still fails, the device token.",
    "which-auth-mode": "Which gateway.auth.mode is set? With `password` it is the password that is wrong.",
    "secure-address":
      "Does the address bar begin with https://, or with http://localhost or http://127.0.0.1? Then the browser is not what is missing: the client is.",
    "which-client":
      "Is it a browser, on plain http:// and another host than localhost? Then the page has no secure context; a script or an app sends no device identity by itself.",
    "request-waits":
      "Does a request wait in the device list? Then the refusal was for pairing; without one the JSON log has the cause.",
    "listens-where":
      "Does the gateway's log say that it listens on 127.0.0.1, inside a container? Then it runs, and the published port does not reach it.",
    "process-runs":
      "Does the status say that the gateway runs? If not, nothing is behind the published port at all.",
    "same-network":
      "Does the client run in another container than the gateway? There 127.0.0.1 is the container itself.",
    "timeout-or-store":
      "Does the gateway's log say `handshake timeout` at that time? If it says that the list of devices cannot be read, that is the cause; if neither, the gateway was stopped or restarted.",
    "answers-without-proxy":
      "Does the gateway answer on its own port, without the proxy? If so, the proxy does not pass the upgrade; if not, nothing is behind it.",
    "pod-ready":
      "Is the pod ready? If so, the Service or Ingress does not lead to it; if not, the gateway in it is down.",
    "own-address":
      "Is the address that was dialled one of the gateway's own host? Another machine's client has to be approved in any case.",
    "inside-or-command":
      "Was it a command that somebody typed, or did a tool or the gateway itself make the call?",
    "same-device-again":
      "Do the requests come from a new device id each time? Then the client loses its identity between starts; else one approval is enough.",
    "on-the-same-host":
      "Is the browser on the gateway's own host, with no proxy and no container between? Then it had to be let in by itself; else it needs an approval.",
    "which-place":
      "Does the refused client work once both places hold the same value? If it still fails, its own stored secret is the wrong one.",
    "same-config-file":
      "Do the command and the gateway run as the same user, with the same home directory? Otherwise they read different openclaw.json files.",
    "who-holds-the-port":
      "Is the program on that port a gateway of OpenClaw? If it is something else, give the gateway another port.",
    "page-through-proxy":
      "Does a fresh load of the page get through the same proxy right now? If it does, the gateway is up and the proxy stops the WebSocket; if it does not, look at the gateway first.",
    "proxy-only":
      "What does the page show: a pairing request, another refusal, or nothing at all? The warning alone keeps nobody out.",
  },
  releaseSigns: {
    "page-1008": "The page says `disconnected (1008): pairing required`: 2026.2.21 or older.",
    "page-bare-words": "The page says `pairing required` without a number: 2026.2.22 to 2026.5.7.",
    "page-device-card": "The page has a card `Device pairing required`: 2026.5.12 to 2026.9.2.",
    "page-approve-browser": "The page has a card `Approve this browser`: 2026.9.3 or newer.",
    "page-https-or-localhost": "The page says `control ui requires HTTPS or localhost`: 2026.2.19 or older.",
    "page-secure-context-card":
      "The page has a card `Secure browser context required`: 2026.5.12 to 2026.6.35.",
    "page-could-not-connect": "The page has a card `Could not connect`: 2026.7.1 to 2026.7.35.",
    "log-utc":
      "Times in the gateway's log end in `Z`: 2026.2.26 or older; with an offset like `+00:00`: newer.",
    "log-peer": "Refusals in the gateway's log have `peer=`: 2026.4.10 or newer.",
    "protocol-3": "The gateway speaks protocol 3 (`expectedProtocol` in a refusal): 2026.5.7 or older.",
    "protocol-4": "The gateway speaks protocol 4: 2026.5.12 or newer.",
    "log-phase": "Refusals in the gateway's log have `phase=`: 2026.7.1 or newer.",
    "log-cause": "Refusals on the gateway's console have `cause=`: 2026.9.1 or newer.",
  },
  hops: {
    browser: "browser",
    "docker-proxy": "Docker's published port",
    bridge: "Docker's bridge",
    proxy: "reverse proxy",
    "ssh-tunnel": "SSH tunnel",
    "port-forward": "kubectl port-forward",
    "tailscale-serve": "Tailscale Serve",
    gateway: "gateway",
  },
  hopNotes: {
    "secure-context": "secure context",
    "insecure-context": "no secure context",
    "rewrites-source": "replaces the sender's address",
    "adds-forwarded-headers": "adds forwarded headers",
    "arrives-as-loopback": "arrives from 127.0.0.1",
    "counts-as-local": "counts as local",
    "counts-as-remote": "counts as remote",
  },
  notes: {
    text: "{text}",
    "model-contradicted":
      "The evidence says something else than the model of this release. The evidence counts; please report it to this tool's maintainers.",
    "input-empty": "{file} is empty: there was nothing to read.",
    "input-compressed":
      "{file} is compressed, and was not read. Unpack it first: `zcat {file} | pairing-doctor triage -`.",
    "input-binary":
      "{file} is no text, and was not read. Name a log: the gateway's console or its JSON file.",
    "input-config":
      "{file} is an openclaw.json, not a log, and was not read: it tells of nobody who was refused. Name a log; beside a log `--config {file}` of `pairing-doctor diagnose` reads it.",
    "input-manifest":
      "{file} is an object of Kubernetes, no log, and was not read. Hand in what `kubectl logs` prints.",
    "input-env": "{file} is a list of environment variables, no log, and was not read.",
    "input-json": "{file} is a JSON document, no log, and was not read. A JSON log has one object a line.",
    "input-compose":
      "{file} is a Compose file, not a log, and was not read. Name a log: `docker compose logs --no-color openclaw-gateway`.",
    "input-inspect":
      "{file} is the output of `docker inspect`, not a log, and was not read. Name a log: `docker logs CONTAINER`.",
    "client-left":
      "A client ended its connection by itself before the gateway had admitted or refused it, and nothing tells why or what it is. Its own log says more.",
    "release-assumed":
      "The model was not measured on {release|this very release}; the nearest release that was is {nearest|its neighbour}.",
    "unrecognised-refusal":
      "Unrecognised refusal: somebody was turned away in words that no known release has.",
    "release-unknown": "The release is unknown; what depends on it is left open. `--release X` says it.",
    "log-cut-start": "Only the last {megabytes} MiB of {file} were read.",
    "log-cut-end": "Only the first {megabytes} MiB of {file} were read.",
    "release-said": "The release is what `--release` says; nothing confirms it.",
    said: "Taken from the command line, not observed: {what}.",
    "deployment-uncertain": "The deployment looks like {kind}; the signs also fit {alternatives}.",
    "several-targets": "Several gateways were found: {targets}. Choose with `--target`.",
    "probe-left-nothing": "The probe left nothing behind at the gateway.",
    "probe-cleaned-up": "The probe made a request for a throw-away device and took it back.",
    "probe-left-something":
      "The probe's throw-away device could not be taken back: {detail|remove it by hand}.",
    "credentials-withheld":
      "The gateway's secret was not sent: the other end of the connection is a process of user {user}, who may not read the gateway's configuration. `--token-file` with `--target` sends one all the same.",
    "tls-verified-anyway":
      "`NODE_TLS_REJECT_UNAUTHORIZED=0` is set here and has no effect on this tool: it verifies certificates all the same. `--insecure-tls` leaves out that of the gateway.",
    "no-logs": "No gateway log was read; an earlier refusal would not be seen.",
    "symptoms-hidden": "Hidden, because a cause above explains them: {ids}.",
  },
  verdicts: {
    healthy: "Nothing keeps the Control UI out",
    found: "The Control UI is kept out",
    undetermined: "No verdict: something that it needs could not be looked at",
  },
  checkVerdicts: {
    healthy: "healthy",
    found: "found",
    undetermined: "undetermined",
    "not-applicable": "not applicable",
    crashed: "crashed",
  },
  severities: { error: "ERROR", warning: "WARNING", info: "INFO" },
  confidences: { certain: "certain", likely: "likely", possible: "possible" },
  unknownReasons: {
    absent: "it does not exist",
    denied: "not permitted",
    timeout: "no answer in time",
    failed: "it failed",
    "not-asked": "nobody to ask",
  },
  risks: {
    none: "no risk",
    restart: "restarts the gateway",
    "grants-access": "grants access",
    "weakens-security": "weakens security",
  },
  unproven: {
    origin:
      "Only a log names {value}, and any page writes its origin there. Take it only if that is the address of your own page; `--origin {value}` says so.",
    proxy:
      "Only a log names {value}, and whoever connects writes there. Take it only if that is your own proxy, since it then says who every client is; `--proxy {value}` says so.",
  },
  exposures: {
    loopback: "this machine only",
    private: "private network",
    public: "reachable from the Internet",
    unknown: "exposure unknown",
  },
  releaseSources: {
    "hello-ok": "said by the gateway",
    html: "from its page",
    "control-ui-config": "from control-ui-config.json",
    log: "from its log",
    "log-shape": "by its log lines",
    "details.code": "by its answers",
    wording: "by its wording",
    healthz: "by its health page",
    http: "by its HTTP answers",
    "package.json": "from package.json",
    protocol: "from its protocol",
    said: "as given, not observed",
  },
  facts: {
    target: "the target",
    host: "this machine",
    deployment: "the deployment",
    release: "the gateway's release",
    config: "openclaw.json",
    logs: "the gateway's log",
    probe: "the gateway on the wire",
    devices: "the device list",
    refusals: "refused connections",
    assessment: "the model's answer for this browser",
  },
  words: {
    colon: ": ",
    inset: " ({text})",
    comma: ", ",
    clause: ", ",
    or: " or ",
    path: "The path of the connection",
    what: "What",
    why: "Why",
    fix: "Fix",
    verify: "Verify",
    caveats: "Mind",
    evidence: "Evidence",
    more: "and {count} more (--verbose)",
    seen: "seen {count} times",
    admits: "admits this connection",
    refusedAt: "does not help here: still refused at {gate}",
    waits: "needed too, but {gate} refuses first",
    passes: "passes this gate; {gate} waits behind it",
    fillIn: "Put the real value in place of {placeholders}.",
    tellApart: "Or",
    otherCause: "{title}. {question}",
    otherRemedies: "How the others are done: --verbose.",
    semicolon: "; ",
    doesNotStart: "the gateway does not start: {problem}",
    upgradeIntro: "What changes in this setup from {from} to {to}",
    upgradeNothing: "nothing that decides about connections",
    since: "since {since}",
    eras: "By release",
    erasIntro: "The release is not known, and the answer depends on it:",
    eraAdmits: "lets this browser in by itself; a refusal then has a cause that is not in the evidence",
    eraNothing: "nothing to mend",
    eraNoRemedy: "no remedy",
    findRelease: "To find the release",
    ahead: "Gates still ahead",
    aheadIntro: "Behind this refusal the model sees more. They appear one after the other as each is mended:",
    missing: "Could not be looked at",
    provide: "provide it with {option}",
    healthyOfSome: "The checks that ran found nothing; {count} did not run",
    leftOut: "Left out by `--only` or `--skip`, and not judged: {ids}.",
    affects: "leaves open: {ids}",
    crashed: "A check crashed; that is a fault of this tool",
    notes: "Notes",
    next: "Next",
    page: "The page",
    pageShows: "It shows: {text}",
    pageConnects: "After an approval the open page connects by itself.",
    pageStops: "After an approval press Connect or reload: the open page does not try again.",
    releaseUnknown: "release unknown",
    releaseRange: "{from} to {to}",
    refused: "refused at {gate}",
    admitted: "admitted",
    autoApproved: "admitted, and approved by itself",
    assumed: "assumed",
    checksPassed: "{count} checks healthy",
    severity: "Severity",
    variants: "Also",
    explainMore: "What each one means: pairing-doctor explain ID",
    unknownCause: "No text for this finding; it comes from an added check.",
  },
};
