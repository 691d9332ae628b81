import type { CauseMessage } from "../types.ts";

/** Between the browser and the gateway: reach, containers, proxies, clusters. */
export const network: Readonly<Record<string, CauseMessage>> = {
  "gateway-down-or-starting": {
    title: "Nothing answers at the gateway's address",
    healthy: "The gateway is up and answers",
    what: "No gateway accepted the connection at {url|its address}{(detail)}.",
    why: "The process is stopped, ends during its start (an openclaw.json that it rejects, a port in use), or listens on another address or port. Pairing is not the question yet: nobody is there to ask it.",
    fix: "Look at the state and the newest lines of the log, then start the gateway. If it ends again by itself, the last lines before the end name the reason; an image upgrade may also run migrations for a while before it listens.",
    verify:
      "The page loads at {page|the gateway's address}. From 2026.3.13 `/health` answers `live`; 2026.2.1 answers every path with the page.",
    caveats:
      "`openclaw gateway status` ends with exit code 0 even while nothing answers: read what it prints.",
    variants: {
      "invalid-config": {
        title: "openclaw.json is not valid, so the gateway does not start with it",
        what: "OpenClaw rejects {path|its openclaw.json}. At fault: {key|the text itself}; line {line|as quoted}, column {column|as quoted}.",
        why: "A missing comma or quote, or a key that this release does not know, ends the gateway at its start and each command of the CLI. A gateway that runs on keeps what it read before, until its next start. Who is let in is not the question yet.",
        fix: "Mend that place in {path|openclaw.json} in an editor; a key of a newer or older release has to go. `openclaw doctor --fix` takes unknown keys out, and does not mend a missing comma.",
        verify:
          "`openclaw config get gateway` prints settings without a complaint, and the log says `listening on`.",
        caveats: "Keep a copy of the file first, and treat it as a secret: it holds the token.",
      },
      "auth-required": {
        title: "No token or password is set, so the gateway does not start",
        what: "The gateway ended at its start{(detail)}: it asks for a credential, and none is set.",
        why: "On an address that others reach the gateway does not start unguarded, and in the mode `token` or `password` it does not start without that secret. A variable that is empty, or that does not reach the container or service, counts as none. Nobody was admitted or refused: it ends before it listens.",
        fix: "Set a token: `openclaw doctor --generate-gateway-token` writes one into openclaw.json and sets the mode to `token`; or give the gateway's environment OPENCLAW_GATEWAY_TOKEN. A gateway that only its own host uses may be bound to loopback instead.",
        verify: "The log says `listening on`, and goes on after it.",
        caveats:
          "Keep the token out of chats and command lines. Started by hand once more without it, the gateway ends in the same way.",
      },
      dns: {
        title: "The gateway's name does not resolve, so nobody was asked",
        what: "The name in {url|the address} leads to no machine from where it was dialled{(detail)}. Whether a gateway runs was not seen.",
        why: "A typing error in the address, a DNS record that is missing or not spread yet, or a name that only another network knows: a Compose or cluster service outside its network, a `.ts.net` or VPN name without the VPN. `EAI_AGAIN` is a resolver that does not answer for now.",
        fix: "Look the name up on the machine that dials it, and mend the address or the DNS record. Starting or restarting the gateway changes nothing here.",
        verify: "The name resolves, and this command reaches the gateway.",
        caveats:
          "A container has its own resolver: the name may resolve on the host and not inside it, or the other way round.",
      },
      "answers-inside": {
        title: "The gateway runs; the way from the browser to it is what fails",
        what: "Asked where it runs, the gateway answers; from where the browser is, nobody accepts the connection.",
        why: "The gateway listens inside its own network (WSL, a container, a server), and nothing leads there from outside: no forwarding, no published port, or a bind to loopback.",
        fix: "Leave the gateway as it is, and mend the way to it.",
      },
      "port-held": {
        title: "Another program has the gateway's port, so the gateway does not start",
        what: "Port {port|of the gateway} is held by {program|another program} (pid {pid|unknown}, user {user|unknown}), which is no gateway.",
        why: "Only one program can listen on a port. Whatever answers there is not OpenClaw: its pages, errors and silences say nothing of pairing.",
        fix: "End that program or move it to another port, then start the gateway; or give the gateway another port (`gateway.port`), and open the page there.",
        verify: "`openclaw gateway status` names the gateway's own process for the port.",
        caveats: "Find out first what the other program is for. Type no token into a page that it serves.",
      },
      "not-openclaw": {
        title: "Something answers at this address that is no gateway",
        what: "What answers at {url|the address} does not answer as an OpenClaw gateway does{(detail)}. Whether the gateway behind it would let a browser in could not be looked at.",
        why: "Another program has the port, the address or the port is not the gateway's, or a proxy or a login page in front of it answers in its place. Older lines of a log tell of another time.",
        fix: "Find out what answers there: on that machine `sudo ss -ltnp` names the program, and a proxy's own log has the request. Then look at the gateway itself, past the proxy.",
        verify: "The page at {url|this address} is OpenClaw's, and this command says which release it is.",
        caveats: "Type no token into a page of which you do not know who serves it.",
      },
      "page-failed": {
        title: "The gateway runs, and its page does not come up",
        what: "The socket at {url|the address} answers as a gateway's, and the page answers HTTP {status|with an error}. No browser can connect without the page.",
        why: "The files of the Control UI are missing or broken (an upgrade that was cut off, `Cannot find module` in the log, gateway.controlUi.root), or the page is switched off (gateway.controlUi.enabled) or served below another path (404). Pairing is not the question yet.",
        fix: "Read the newest lines of the gateway's log: they name the file. Install the release anew in the same way as before, then restart the gateway.",
        verify: "The page loads in a browser, and this command no longer names an HTTP status.",
        caveats: "Installing anew leaves the configuration and the paired devices as they are.",
      },

      over: {
        title: "The gateway was out of reach before; it answers now",
        what: "Clients met a closed port or a starting gateway before; it answers now.",
        fix: "Nothing to do, unless it happens again: then look at what ends the process.",
        verify: "The gateway answers.",
      },
      foretold: {
        title: "The gateway will not be reachable at this address",
        what: "No attempt was seen; this follows from the settings. With this configuration the gateway does not listen at {url|the address that clients use}.",
      },
      stranger: {
        title: "Another user's process has the gateway's port",
        what: "Port {port|of the gateway} is held by {program|a program} of the user {user|of another account}{(pid)}. It is not the gateway of the configuration that is looked at, so nothing it says was believed, and it was sent nothing.",
        why: "On a machine that several people use anybody may listen on a port from 1024 on, and call a program as they like. Only a process of the configuration's owner, of root or of your own user counts as the gateway.",
        fix: "If that process is the gateway, look at it as its own user. If it is not, it has to leave the port before the gateway can start there; until then no token should be typed into a page at this address.",
        verify: "`sudo ss -ltnp` names the gateway's own user for the port, and this command finds it.",
        caveats:
          "Whoever opened the page at this address while another program had the port should take a new gateway token.",
      },
    },
  },

  "gateway-starting-1013": {
    title: "The gateway was still starting when clients knocked; that is normal",
    healthy: "No client is turned away because the gateway is starting",
    what: "{count|Some} connections were closed with 1013 `gateway starting`.",
    why: "An open page tries again while the gateway restarts. From 2026.4.29 the gateway answers 1013 until it is ready, which means: try again later.",
    fix: "Nothing to do while it ends by itself within a minute. If it goes on, look at what holds the start up.",
    verify: "The log says `[gateway] ready` or `listening on`, and no 1013 line comes after it.",
    caveats: "A check in CI should try again on 1013 rather than fail.",
    variants: {
      restarting: {
        title: "The gateway restarted and closed the connections that it had",
        what: "{count|Some} connections were closed with 1012 `service restart`: the client was in, and the gateway stopped or restarted.",
        why: "A gateway that is stopped, updated or given new settings closes its connections with 1012. That is no refusal: an open page connects again by itself once the gateway is back.",
        fix: "Nothing to do while it comes back within a minute. If it goes on restarting, look at what ends it: its log, the service manager or the container's memory limit.",
        verify: "The log says `[gateway] ready` or `listening on`, and no 1012 line comes after it.",
      },
      over: {
        title: "The gateway was starting for a moment; it is ready now",
        what: "{count|Some} connections were closed with 1013 `gateway starting`, and none since.",
        fix: "Nothing to do.",
      },
    },
  },

  "handshake-timeout-1000": {
    title: "The connection ran out of time before the gateway could answer",
    healthy: "Handshakes end within the gateway's time limit",
    what: "{client|A client} was closed with 1000 or 1006 and no reason while its handshake was still going on.",
    why: "2026.3.11 to 2026.3.13 allow two seconds on the client and three on the gateway; a busy or small machine needs longer. 2026.3.22 and later allow ten. It looks like a refusal and is none.",
    fix: "Upgrade to 2026.3.22 or later. On a slow machine raise OPENCLAW_HANDSHAKE_TIMEOUT_MS for the gateway.",
    verify: "No new `handshake timeout` line appears, and the client gets an answer.",
    caveats:
      "It looks like pairing and is not: no approval and no other token changes it. A slow or busy machine can run into the longer limit too.",
    variants: {
      over: {
        title: "Earlier handshakes ran out of time; that is past",
        what: "{client|A client} ran out of time before; what came later shows that this is past.",
        fix: "Nothing to do, unless it comes back under load.",
        verify: "No newer `handshake timeout` line is in the log.",
      },
    },
  },

  "bind-loopback-in-container": {
    title: "The gateway listens only inside its container, so the published port leads nowhere",
    healthy: "The gateway in the container listens on the container's network",
    what: "gateway.bind is {bind|loopback} in a container with a network of its own: connections to the published port are reset or come back empty, while checks inside the container pass.",
    why: "Docker delivers a published port to the container's own address, and the gateway listens on 127.0.0.1 alone there. The official compose file sets `lan`; a plain `docker run` starts with loopback.",
    fix: "Set gateway.bind to `lan` (the word, not 0.0.0.0) with an auth mode in place, publish the port as 127.0.0.1:{port|18789}, and restart. The host's network (`network_mode: host`) is the other way.",
    verify:
      "The page loads from the host. After that the browser's origin and pairing are looked at, which the closed port hid.",
    caveats:
      "`lan` with a port published on 0.0.0.0 opens the gateway to every network of the host. 2026.2.23 to 2026.2.26 refuse to start with `lan` until gateway.controlUi.allowedOrigins is set. If OPENCLAW_GATEWAY_BIND or `--bind` sets the address, change it there.",
    variants: {
      service: {
        title: "A Service leads to the gateway's port, where nobody listens",
        what: "The Service {service|in front of it} delivers to the pod's address at port {port|18789}, and the gateway listens on the pod's loopback alone: a port-forward works, everything else is refused.",
        why: "A probe that runs inside the pod (exec) stays green, so the pod is Ready and the Service has an endpoint. Upstream's own manifest is like that on purpose, for `kubectl port-forward`.",
        fix: "For one person stay with the port-forward. For an Ingress or another pod set gateway.bind to `lan`, with gateway.controlUi.allowedOrigins and, behind a proxy, gateway.trustedProxies.",
        verify: "The page loads on the path that was chosen.",
      },
      kubernetes: {
        title: "The gateway listens only inside its pod, so the Service leads nowhere",
        what: "gateway.bind is {bind|loopback} in the pod: a Service or Ingress cannot reach it, while a port-forward can.",
        why: "A Service delivers to the pod's address, and the gateway listens on 127.0.0.1 alone. The official manifest does so on purpose and expects a port-forward.",
        fix: "For one person keep loopback and use `kubectl port-forward`. For a Service or Ingress set gateway.bind to `lan`, with TLS, gateway.controlUi.allowedOrigins and the proxy's address in gateway.trustedProxies.",
        verify: "The page loads on the path that was chosen.",
      },
      over: {
        title: "The gateway listened only inside its container before; it is reachable now",
        what: "The published port led nowhere before; it answers now.",
        fix: "Nothing to do.",
        verify: "The page loads from the host.",
      },
      foretold: {
        title: "The published port will lead nowhere",
        what: "No attempt was seen; this follows from the settings. gateway.bind is {bind|loopback} in a container with a network of its own, so the published port cannot reach the gateway.",
      },
    },
  },

  "allowed-origins-required-startup": {
    title: "The gateway refuses to start without a list of origins",
    healthy: "The gateway has the origins that its bind address demands",
    what: "The gateway ended during its start: with {bind|a bind address other than loopback} it demands gateway.controlUi.allowedOrigins.",
    why: "2026.2.23 to 2026.2.26 do not start on such an address without the list. Releases from 2026.3.1 on fill in the local origins by themselves.",
    fix: "Set gateway.controlUi.allowedOrigins to the exact origin that the browser uses, such as `{origin|http://127.0.0.1:18789}`, and start the gateway. An upgrade to 2026.3.1 or later helps for local origins.",
    verify:
      "The log says `listening on` and goes on after it; `openclaw config get gateway.controlUi.allowedOrigins` shows the list.",
    caveats: "A CLI container that shares the gateway's network goes down with it in a restart loop.",
  },

  "proxy-not-trusted": {
    title: "The gateway does not trust the proxy in front of it",
    healthy: "Proxies that add forwarded headers are trusted by their exact address",
    what: "A proxy adds forwarded headers, and its address{(remote)} is not in gateway.trustedProxies: the gateway cannot tell who the client is.",
    why: "A connection with forwarded headers from an untrusted peer is never local, and the log names the proxy where the client should be. Up to 2026.7.35 that is a warning (`Proxy headers detected from untrusted address`); from 2026.8.1 it is HTTP 403.",
    fix: "Add the proxy's exact address to gateway.trustedProxies and let the proxy overwrite X-Forwarded-For. A new browser then still needs its origin in gateway.controlUi.allowedOrigins (from 2026.2.2) and one approval.",
    verify: "The warning is gone, and the log names the real client in `fwd=` or `remote=`.",
    caveats:
      "Up to 2026.7.35 this alone lets no new browser in. Releases up to 2026.2.12 take single addresses only, no ranges. On 2026.2.19 to 2026.3.28, 127.0.0.1 in the list makes plain local connections remote. Taking the headers away, or trusting wide ranges, would let the whole network count as local.",
    variants: {
      over: {
        title: "The proxy was not trusted before; it is now",
        what: "Requests through the proxy were not attributed before; later ones are.",
        fix: "Nothing to do.",
        verify: "No newer warning about proxy headers is in the log.",
      },
      foretold: {
        title: "The proxy will not be trusted",
        what: "No refusal was seen; this follows from the release and its settings. Requests through the proxy carry forwarded headers, and they come from {remote|an address}, which is not in gateway.trustedProxies.",
      },
    },
  },

  "proxy-attribution-required": {
    title: "The gateway refuses the proxy's requests, the page included",
    healthy: "The gateway can tell which client is behind the proxy",
    what: "The gateway answers HTTP 403 `proxy_attribution_required`: the request from {remote|the proxy} carries forwarded headers, and the gateway finds no client in them that it may believe.",
    why: "From 2026.8.1 that ends every request, for one of three reasons: the peer is not in gateway.trustedProxies; every address of the chain is in it, so that no client is left; or the proxy appends to X-Forwarded-For what a client had put there. No WebSocket opens, so the log has no [ws] line; `observed unattributable proxy-shaped traffic` appears once for each start of the gateway.",
    fix: "See which of the three it is in gateway.trustedProxies. If the peer is missing there, add its exact address (127.0.0.1 and ::1 for a proxy on the same host, the proxy's pod range in a cluster). If a range in it covers the clients, narrow it to the proxy. Let the proxy overwrite X-Forwarded-For.",
    verify:
      "The page loads instead of the JSON error. `/healthz` proves nothing here: it answers 200 in both cases.",
    caveats:
      "Keep client networks out of the list: a chain with trusted addresses alone names no client, and is refused too. Behind this gate wait the origin and pairing.",
    variants: {
      "no-forwarded-headers": {
        title: "A trusted proxy address sends requests without forwarded headers, and they are refused",
        what: "{remote|An address} is in gateway.trustedProxies, but requests from it carry no forwarded headers: the gateway answers HTTP 403 `proxy_attribution_required`.",
        why: "From 2026.8.1 a request from a trusted proxy has to name its client. With Docker's bridge address in the list, every browser that comes through the published port looks like a proxy that names none.",
        fix: "Take {remote|that address} out of gateway.trustedProxies.",
        caveats: "If a real proxy uses that address too, give it a network of its own and list that one.",
      },
      "client-in-range": {
        title: "The proxy is trusted, and so is every address that it names",
        what: "The gateway answers HTTP 403 `proxy_attribution_required` although {remote|the proxy} is in {range|a range} of gateway.trustedProxies: no address in its forwarded headers is outside of the range.",
        why: "From 2026.8.1 the client is the last address of X-Forwarded-For that is no trusted proxy. In a cluster the nodes put an address of their own in the place of the client's (`externalTrafficPolicy: Cluster`), and that one is in the pods' range; a proxy that appends to what a client sent is refused in the same words.",
        fix: "Let the client's own address reach the proxy, or narrow the range to the proxies.",
        caveats:
          "Which of the two it is shows in the proxy's own access log: the address there is what it forwards.",
      },
      "range-since": {
        title: "The proxy was refused before its range was trusted; of later requests nothing was seen",
        what: "Requests from {remote|the proxy} met HTTP 403 `proxy_attribution_required` before {range|a range} with that address stood in gateway.trustedProxies. The gateway writes that line once for each of its starts, so that a later refusal leaves none.",
        fix: "Open the page once more. If it loads, there is nothing to do here. If it is HTTP 403 again, let the client's own address reach the proxy, or narrow the range to the proxies.",
      },
      over: {
        title: "The gateway refused the proxy's requests before; it takes them now",
        what: "Requests through the proxy met HTTP 403 before; later ones are attributed.",
        fix: "Nothing to do.",
        verify: "The page loads through the proxy.",
      },
      foretold: {
        title: "From this release on the gateway will refuse the proxy's requests",
        what: "No refusal was seen; this follows from the release and its settings. Requests through the proxy carry forwarded headers, and they come from {remote|an address}, which is not in gateway.trustedProxies; from 2026.8.1 they end in HTTP 403.",
      },
    },
  },

  "loopback-in-trusted-proxies": {
    title: "127.0.0.1 among the trusted proxies makes local clients remote",
    healthy: "Local clients stay local beside the trusted proxies",
    what: "gateway.trustedProxies has {key|a loopback address}, and clients on the gateway's own host are asked to pair although no proxy is between.",
    why: "2026.2.19 to 2026.3.28 take a trusted loopback peer for a proxy even without forwarded headers. 2026.2.1 and releases from 2026.3.31 on do not.",
    fix: "Upgrade to 2026.3.31 or later, or take the loopback address out of the list if no proxy on this host needs it. Approving the device works meanwhile: the CLI falls back to the local files for that.",
    verify: "A plain page at http://127.0.0.1:{port|18789} connects without a new request.",
    caveats:
      "A proxy on the same host needs the entry: without it the gateway cannot tell the proxy's clients apart, and from 2026.8.1 answers them HTTP 403.",
    variants: {
      foretold: {
        title: "127.0.0.1 among the trusted proxies will make local clients remote",
        what: "No refusal was seen; this follows from the release and its settings. With this release and {key|a loopback address} in gateway.trustedProxies, clients on the gateway's own host will be asked to pair.",
      },
    },
  },

  "edge-blocks-upgrade": {
    title: "A proxy in front stops the WebSocket",
    healthy: "WebSocket upgrades reach the gateway",
    what: "The page loads, but its WebSocket ends in front of the gateway{(detail)}: no [ws] line of it reaches the gateway's log.",
    why: "The edge does not pass `Upgrade` and `Connection` on, answers the upgrade itself, or closes a socket that is idle for a while. The gateway never sees the connection, so its settings do not matter yet.",
    fix: "Let the proxy use HTTP/1.1 to the gateway, pass `Upgrade` and `Connection` on, and raise its read timeout. On an edge platform switch WebSockets on for this route.",
    verify:
      "The upgrade answers 101, and a [ws] line appears in the gateway's log; the next gate shows there.",
    caveats:
      "Behind this gate wait the forwarded headers, the origin and pairing. A proxy in front has to overwrite X-Forwarded-For, or clients could name any address as their own.",
    variants: {
      over: {
        title: "A proxy stopped the WebSocket before; it reaches the gateway now",
        what: "Upgrades ended in front of the gateway before; later ones arrived.",
        fix: "Nothing to do.",
        verify: "New [ws] lines appear in the gateway's log.",
      },
    },
  },

  "tailscale-serve-pairing": {
    title: "Tailscale Serve is a proxy to the gateway, so the browser needs its origin and an approval",
    healthy: "Browsers that come through Tailscale Serve are recognised or approved",
    what: "The page is open at {origin|a .ts.net address}; the gateway sees a loopback peer with forwarded headers and {reason|asks for pairing}.",
    why: "Serve hands requests over from 127.0.0.1 with headers that name the tailnet client. The gateway can check that identity only for the listener that it manages itself (gateway.tailscale.mode `serve`); a Serve that was set up by hand is a proxy like any other. Before 2026.4.25 even a verified Tailscale identity does not spare the browser its pairing.",
    fix: "Let the gateway manage Serve: gateway.tailscale.mode `serve` with gateway.auth.allowTailscale, and the .ts.net origin in gateway.controlUi.allowedOrigins. With a Serve of your own, list 127.0.0.1 and ::1 in gateway.trustedProxies and approve the browser once.",
    verify: "The page at the .ts.net address connects, and the log has no new refusal with that origin.",
    caveats:
      "Funnel is open to the Internet: it needs auth mode `password`, and `none` never belongs there. `openclaw configure gateway.tailscale.serve` is no command.",
    variants: {
      over: {
        title: "Browsers through Tailscale Serve were refused before; they are admitted now",
        what: "Browsers at {origin|the .ts.net address} were refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "The page at the .ts.net address connects.",
      },
    },
  },

  "trusted-proxy-still-pairs": {
    title: "Single sign-on succeeded, and the gateway still wants the device approved",
    healthy: "Users behind the authenticating proxy are admitted as configured",
    what: "gateway.auth.mode is `trusted-proxy`, the proxy named the user, and the browser met `pairing required`.",
    why: "From 2026.2.24 to 2026.5.12 such a login spares the Control UI pairing; later releases ask every browser that has a device identity.",
    fix: "Approve the browser once by its request id. From 2026.8.1 gateway.auth.trustedProxy.deviceAutoApprove does that for users of the proxy.",
    verify: "The browser connects after sign-on; with auto-approval a fresh profile does so too.",
    caveats:
      "Automatic approval leaves out operator.admin by default; think before widening that. It is as strong as the proxy's exclusive way to the gateway. In this mode the CLI that approves needs a way in of its own: see trusted-proxy-cli-unauthorized.",
    variants: {
      over: {
        title: "Browsers behind the single sign-on had to be approved; they are admitted now",
        what: "A browser met `pairing required` after the sign-on; what came later shows that this is past.",
        fix: "Nothing to do.",
      },
    },
  },

  "trusted-proxy-loopback-source": {
    title: "The authenticating proxy on this host is refused because it comes from loopback",
    healthy: "The authenticating proxy comes from an address that the gateway takes it from",
    what: "gateway.auth.mode is `trusted-proxy`, and the proxy's requests come from {remote|127.0.0.1}: `trusted_proxy_loopback_source`.",
    why: "Every process on the host can use the loopback address and write the same headers, so from 2026.3.31 the gateway does not take an identity from there unless it is told to.",
    fix: "If nothing else on the host can reach the gateway's port, set gateway.auth.trustedProxy.allowLoopback to true, with the loopback address in gateway.trustedProxies; releases before 2026.4.27 do not have that key and need the proxy on an address of its own. Token mode is the other way.",
    verify: "The browser comes in through the proxy, and the line is gone from the log.",
    caveats: "With allowLoopback, any local process can pose as any user.",
    variants: {
      "own-address": {
        title: "The authenticating proxy is refused because its address is the gateway host's own",
        what: "gateway.auth.mode is `trusted-proxy`, and the proxy's requests come from {remote|an address} that is one of the gateway host's own: `trusted_proxy_local_interface_source`.",
        why: "From 2026.5.14 the gateway takes no identity from an address of its own host, because every process there can use it; allowLoopback is for 127.0.0.1 and ::1 alone.",
        fix: "Give the proxy an address of its own, in another container or on another machine, and list that one in gateway.trustedProxies. Token mode is the other way.",
      },
      over: {
        title: "The authenticating proxy was refused before; its users are admitted now",
        what: "Requests of the proxy at {remote|a loopback address} were refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
      },
    },
  },

  "kubernetes-exposure": {
    title: "The way into the cluster changes what the gateway sees",
    healthy: "The way into the cluster fits the gateway's settings",
    what: "The page is refused through {via|the Ingress or Service}; a port-forward to the same pod may work.",
    why: "A port-forward ends inside the pod and arrives from 127.0.0.1, so it counts as local. An Ingress is a proxy with forwarded headers and an origin of its own, and the official manifest binds the gateway to loopback, where a Service cannot reach it.",
    fix: "For one person use `kubectl port-forward`. For an Ingress: gateway.bind `lan`, TLS, the public origin in gateway.controlUi.allowedOrigins, the Ingress controller's pod range in gateway.trustedProxies, and one approval for each browser.",
    verify: "The page connects on the path that was chosen, and the log names the real client.",
    caveats:
      "Where the configuration is copied from a ConfigMap at each start, a change inside the pod is gone after the next one: change the ConfigMap. A NetworkPolicy protects only if the cluster enforces it.",
    variants: {
      "no-endpoint": {
        title: "The Ingress has nobody behind its Service",
        what: "The proxy of the cluster answers instead of the gateway. The pod is not ready, or its gateway listens on the pod's loopback, as the official manifest has it.",
        why: "A Service reaches the pod's network address. A gateway that is bound to loopback is reached by a port-forward alone, which ends inside the pod.",
        fix: "For one person use `kubectl port-forward`. For an Ingress: gateway.bind `lan`, with authentication and the public origin in gateway.controlUi.allowedOrigins.",
        verify: "The page loads through the Ingress.",
      },
      over: {
        title: "The way into the cluster was refused before; it is admitted now",
        what: "Browsers through {via|the Ingress or Service} were refused before; what came later shows that this is past.",
        fix: "Nothing to do.",
        verify: "The page connects on that path.",
      },
    },
  },

  "cli-container-wrong-netns": {
    title: "The CLI's container looks for the gateway in its own network",
    healthy: "The CLI's container reaches the gateway",
    what: "The CLI got ECONNREFUSED or 1006 at {url|ws://127.0.0.1:18789}: in its container 127.0.0.1 is the container itself, and no gateway runs there.",
    why: "Each container has a loopback of its own. The official compose file lets `openclaw-cli` share the gateway's network since February 2026; older copies do not.",
    fix: "Add `network_mode: service:openclaw-gateway` to the CLI's service, or run the CLI inside the gateway's container.",
    verify: "`devices list` answers from the CLI's container.",
    caveats:
      "A CLI that shares the gateway's network goes down with the gateway. Over the bridge's address instead, the CLI is remote and needs pairing itself in nearly every release.",
    variants: {
      foretold: {
        title: "The CLI's service will look for the gateway in its own network",
        what: "No failed command was seen; this follows from the Compose file: the service {client|of the CLI} has a network of its own, so that its 127.0.0.1 is not the gateway's.",
      },
    },
  },

  "certificate-not-trusted": {
    title: "The certificate in front of the page is of no known authority",
    healthy: "The certificate in front of the page is valid for its name",
    what: "Whoever checks the certificate of {host|the page's address} turns back: it is self-signed, or of an authority that is not known on this machine.",
    why: "A browser shows its warning instead of the page, and opens no WebSocket to an address whose certificate it does not accept, also where somebody went on past the warning elsewhere. The gateway hears nothing of it, so no approval and no setting of OpenClaw helps.",
    fix: "Give the address a certificate of an authority that browsers know (Caddy gets one by itself for a public name; `tailscale cert` and Tailscale Serve have one for a .ts.net name), or let the browser's machine trust the authority. Until then an SSH tunnel needs no certificate.",
    verify:
      "`curl -I https://HOST/` on the browser's machine answers without `-k`, and this command, given that address, is let through.",
    caveats:
      "`--insecure-tls` and a click past the warning look away; they mend nothing, and the token goes to whoever answers.",
    variants: {
      expired: {
        title: "The certificate in front of the page is not valid at this time",
        what: "The certificate of {host|the page's address} has expired, or is not valid yet.",
        fix: "Renew it, and let the proxy reload; see why it was not renewed by itself (its log, port 80 for the authority's question, a stopped timer). Where the date is right, the clock of the browser's machine is wrong.",
      },
      name: {
        title: "The certificate in front of the page is of another name",
        what: "The certificate that comes back is not for {host|the page's address}.",
        fix: "Open the page at a name that is in the certificate, or get one for this name; with several sites, see that the proxy has one for this name and does not answer with its default.",
      },
      over: {
        title: "The certificate was refused before; it is accepted now",
        what: "Clients turned back at the certificate before; what came later shows that this is past.",
        fix: "Nothing to do.",
      },
    },
  },
};
