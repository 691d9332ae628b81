import { isLoopbackIp, parseIp, scopeOf } from "../core/address.ts";
import type {
  Admission,
  AdmissionConfig,
  AdmissionInput,
  Connection,
  ConnectionAuth,
  ConnectionDevice,
} from "../core/connection.ts";
import { DEFAULT_PORT } from "../core/default-port.ts";
import type {
  Assessment,
  Confidence,
  Deployment,
  Evidence,
  ProbeReading,
  Release,
  Target,
} from "../core/facts.ts";
import { gateOfAnswer } from "../core/gate.ts";
import type { ConnectedEvent, LogDigest, RefusalGroup, RefusedEvent } from "../core/log-event.ts";
import { evidenceOf, isOwnProbe } from "../core/log-parts.ts";
import { DOCKER_BRIDGE } from "../core/networks.ts";
import { inEnglish, ownWords, type Saying, say } from "../core/saying.ts";
import { admit } from "./admit.ts";
import { fitToGate } from "./fit-to-gate.ts";
import { gatesAhead } from "./gates-ahead.ts";
import { browserDevice, isSecureContext, pageBehaviour } from "./page.ts";

/** What is known of the user's browser and of the way to the gateway; everything but the release may be missing. */
export interface AssessmentSources {
  readonly release: Release;
  readonly target: Target;
  readonly config?: AdmissionConfig;
  readonly deployment?: Deployment;
  /** The usual way in a deployment of this kind; none is known when absent. */
  readonly peers?: UsualPeers;
  readonly logs?: LogDigest;
  readonly probe?: ProbeReading;
  /** Where the user's browser opens the Control UI, as said by the user: `http://192.168.1.5:18789`. */
  readonly origin?: string;
}

/** As whose address the gateway of a deployment sees a browser that nobody has seen, by where the page is opened. */
export interface UsualPeers {
  /** Over HTTPS: the proxy that ends it. */
  readonly proxy: string;
  /** At a localhost name. */
  readonly localhost: string;
  /** At a private address; absent: the browser's own. */
  readonly lan?: string;
  /** Nothing can stand between the gateway and a page on localhost. */
  readonly isDirect: boolean;
}

const UNKNOWN_PEERS: UsualPeers = { proxy: "127.0.0.1", localhost: "127.0.0.1", isDirect: false };

/** What the page of a Control UI asks for (all releases of the measurement). */
const PAGE_SCOPES = ["operator.admin", "operator.approvals", "operator.pairing"];
const CONTROL_UI = { id: "openclaw-control-ui", mode: "webchat" };

/**
 * Builds the connection that a new browser makes (best evidence first: the refusal that the gateway logged,
 * what the user said, the deployment's usual way), asks the model, and holds the answer against what the
 * probe met.
 */
export function assess(sources: AssessmentSources): Assessment {
  const { release, probe } = sources;
  const basis: Evidence[] = [];
  const route = routeOf(sources, basis);
  const device = deviceOf(sources, route, basis);
  const auth = authOf(sources, route, basis);
  const connection: Connection = {
    remoteAddress: route.remoteAddress,
    headers: route.headers,
    client: CONTROL_UI,
    role: "operator",
    scopes: PAGE_SCOPES,
    auth,
    device,
  };
  const config = sources.config ?? unreadConfig(sources, connection);
  const met = sources.config === undefined ? route.seen?.gate : undefined;
  const fitted =
    met === undefined
      ? fitConfig(config, sources, connection, basis)
      : fitToGate({ release: release.version, config, connection }, met);
  const input = { release: release.version, config: fitted, connection };
  const now = admit(input);
  const undecided = undecidedBy(input, now, sources, route);
  return {
    connection,
    basis,
    confidence: weakest(
      route.confidence,
      release.confidence,
      undecided === undefined ? "certain" : "possible",
    ),
    now,
    ...(undecided === undefined ? {} : { undecided: inEnglish(undecided), undecidedSay: undecided }),
    ahead: now.outcome === "refused" ? gatesAhead(input) : [],
    page: pageBehaviour(release.version, now),
    contradictions: probe ? contradictionsOf(probe, connection, input) : [],
  };
}

/**
 * What is not known and would change the answer. A page on localhost may come through a published port, and
 * only a config, a log line or a gateway process of this machine tells; a range of releases may lie on both
 * sides of a boundary.
 */
function undecidedBy(
  input: AdmissionInput,
  now: Admission,
  { config, deployment, release, peers }: AssessmentSources,
  { seen, remoteAddress }: Route,
): Saying | undefined {
  const other = (changed: AdmissionInput) => admit(changed).outcome !== now.outcome;
  const here = peers?.isDirect === true && deployment?.confidence === "certain";
  const guessed = seen === undefined && config === undefined && !here && remoteAddress === "127.0.0.1";
  // A peer that a page on localhost can have without knowing it.
  const bridged = { ...input, connection: { ...input.connection, remoteAddress: DOCKER_BRIDGE } };
  if (guessed && other(bridged)) {
    return say("peer-not-known");
  }
  if (release.range?.some((end) => other({ ...input, release: end }))) {
    const [from, to] = release.range;
    return say("releases-differ", { from, to });
  }
  return undefined;
}

const USUAL_WAY = { source: inEnglish(say("usual-way")), saySource: say("usual-way") } as const;

interface Route {
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly confidence: Confidence;
  /** The logged refusal that the connection is taken from. */
  readonly seen?: RefusalGroup;
}

function routeOf(sources: AssessmentSources, basis: Evidence[]): Route {
  const { origin: saidOrigin, logs, target } = sources;
  const seen = logs === undefined ? undefined : pageRefusal(logs, saidOrigin);
  if (seen?.latest.remote !== undefined) {
    const { latest } = seen;
    basis.push(evidenceOf(latest));
    return {
      remoteAddress: seen.latest.remote,
      headers: headersOf(latest, saidOrigin ?? pageOfUrl(target.url)),
      confidence: "certain",
      seen,
    };
  }
  const refused = proxiedRoute(sources, basis);
  if (refused !== undefined) return refused;
  const port = sources.config?.gateway?.port ?? DEFAULT_PORT;
  const origin = saidOrigin ?? pageOfUrl(target.url) ?? `http://127.0.0.1:${port}`;
  const headers = { host: hostOf(origin), origin };
  const way = usualWay(origin, sources.peers ?? UNKNOWN_PEERS);
  basis.push({
    fact: saidOrigin === undefined ? "deployment" : "target",
    ...(saidOrigin === undefined ? USUAL_WAY : { source: "--origin" }),
    quote: `origin=${origin} remote=${way.remoteAddress}`,
  });
  return {
    remoteAddress: way.remoteAddress,
    headers: way.forwardedFor === undefined ? headers : { ...headers, "x-forwarded-for": way.forwardedFor },
    confidence: way.confidence,
  };
}

/**
 * The one line that a gateway of 2026.8.1 or later writes of a proxy that it refuses with HTTP 403. A peer that
 * is trusted was refused because it forwards nothing. The page's own address is not in the line.
 */
function proxiedRoute(sources: AssessmentSources, basis: Evidence[]): Route | undefined {
  const trace = sources.logs?.events.findLast(
    (event) => event.type === "proxy-warning" && event.warning === "unattributable",
  );
  if (trace?.type !== "proxy-warning" || trace.remote === undefined) return undefined;
  if (pageConnected(sources) !== undefined) return undefined;
  const { origin: saidOrigin } = sources;
  if (saidOrigin !== undefined && isOwnPage(saidOrigin, sources)) return undefined;
  basis.push(evidenceOf(trace));
  const { trustedProxies = [], controlUi } = sources.config?.gateway ?? {};
  const origin = saidOrigin ?? controlUi?.allowedOrigins?.find((allowed) => allowed.startsWith("https://"));
  return {
    remoteAddress: trace.remote,
    headers: {
      ...(origin === undefined ? {} : { origin, host: hostOf(origin) }),
      ...(trustedProxies.includes(trace.remote) ? {} : { "x-forwarded-for": SOME_PUBLIC }),
    },
    confidence: "likely",
  };
}

/** Plain HTTP on the gateway's own port goes through no proxy. */
function isOwnPage(origin: string, { config }: AssessmentSources): boolean {
  const port = config?.gateway?.port ?? DEFAULT_PORT;
  return origin.startsWith("http:") && hostOf(origin).endsWith(`:${port}`);
}

/** The newest refusal of a page; of the page that the user named, when one did. */
function pageRefusal(logs: LogDigest, saidOrigin: string | undefined): RefusalGroup | undefined {
  return logs.refusals.find(({ latest, connectedLater, gate }) => {
    if (connectedLater || isOwnProbe(latest) || gate === "left" || gate === "timeout" || gate === "starting")
      return false;
    const page = latest.origin !== undefined || latest.client === CONTROL_UI.id;
    return page && (saidOrigin === undefined || latest.origin === saidOrigin);
  });
}

function headersOf(event: RefusedEvent, fallbackOrigin: string | undefined): Record<string, string> {
  const origin = event.origin ?? fallbackOrigin;
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(event.host === undefined
      ? origin === undefined
        ? {}
        : { host: hostOf(origin) }
      : { host: event.host }),
    ...(event.fwd === undefined ? {} : { "x-forwarded-for": event.fwd }),
  };
}

interface Way {
  readonly remoteAddress: string;
  readonly forwardedFor?: string;
  readonly confidence: Confidence;
}

/** Documentation addresses (RFC 5737) stand for a client that nobody has seen. */
const SOME_PUBLIC = "203.0.113.1";
const SOME_PRIVATE = "192.168.1.2";

/** Addresses that nobody has seen, so that no report may show them as anybody's. */
export const SUPPOSED: ReadonlySet<string> = new Set([SOME_PUBLIC, SOME_PRIVATE]);

/** How a browser at this origin reaches the gateway, when no log tells. */
function usualWay(origin: string, { proxy, localhost, lan, isDirect }: UsualPeers): Way {
  // TLS ends at a proxy, on the host unless the gateway sits in a network of its own.
  if (origin.startsWith("https:"))
    return { remoteAddress: proxy, forwardedFor: SOME_PUBLIC, confidence: "possible" };
  if (isSecureContext(origin))
    return { remoteAddress: localhost, confidence: isDirect ? "certain" : "likely" };
  const host = hostOf(origin).replace(/:\d+$/, "");
  return {
    remoteAddress: scopeOf(host) === "private" ? (lan ?? SOME_PRIVATE) : SOME_PUBLIC,
    confidence: "likely",
  };
}

/**
 * A new device of the gateway's own host is approved by itself, so one that is refused there without a reason
 * is approved already and waits for more scopes (run 2.1 to 7.1).
 */
function localUpgrade(
  { release, config = {} }: AssessmentSources,
  { seen, ...route }: Route,
): ConnectionDevice | undefined {
  const { headers, remoteAddress } = route;
  const named = (seen?.why ?? seen?.latest.why) !== undefined;
  if (named || !isLoopbackIp(parseIp(remoteAddress))) return undefined;
  const asNew: Connection = {
    remoteAddress,
    headers,
    client: CONTROL_UI,
    role: "operator",
    scopes: PAGE_SCOPES,
    auth: "valid",
    device: { state: "unpaired" },
  };
  const { outcome } = admit({ release: release.version, config, connection: asNew });
  if (outcome !== "admitted") return undefined;
  return { state: "paired", approvedScopes: ["operator.read"], pendingUpgrade: true };
}

/** A page that the gateway let in, and nobody asks about another one: what it brought suffices. */
function pageConnected({ logs, origin }: AssessmentSources): ConnectedEvent | undefined {
  if (logs === undefined || origin !== undefined) return undefined;
  return logs.events
    .filter((event) => event.type === "connected")
    .findLast((event) => event.client === CONTROL_UI.id && !isOwnProbe(event));
}

/** A new browser has no paired device; whether it can have one at all depends on the page and the release. */
function deviceOf(sources: AssessmentSources, route: Route, basis: Evidence[]): ConnectionDevice {
  const { seen } = route;
  const why = seen?.why ?? seen?.latest.why;
  if (seen?.gate === "pairing") {
    if (why === "scope-upgrade") {
      return { state: "paired", approvedScopes: ["operator.read"], pendingUpgrade: true };
    }
    if (why === "role-upgrade") return { state: "paired", approvedRole: "node", approvedScopes: PAGE_SCOPES };
    if (why === "metadata-upgrade") {
      return { state: "paired", approvedScopes: PAGE_SCOPES, metadataChanged: "platform" };
    }
    return localUpgrade(sources, route) ?? { state: "unpaired" };
  }
  if (seen?.gate === "device-identity") return { state: "absent" };
  const connected = seen === undefined ? pageConnected(sources) : undefined;
  if (connected !== undefined) {
    basis.push(evidenceOf(connected));
    return { state: "paired", approvedScopes: PAGE_SCOPES };
  }
  const origin = route.headers.origin ?? "";
  const state = browserDevice(sources.release.version, isSecureContext(origin));
  basis.push({
    fact: "assessment",
    source: "Control UI",
    quote: `device=${state}`,
  });
  return { state };
}

/** What the browser sends as credential is not seen from outside; a refusal in the log tells, else it is taken as right. */
function authOf({ probe }: AssessmentSources, { seen }: Route, basis: Evidence[]): ConnectionAuth {
  if (seen?.gate === "shared-auth") {
    const why = seen.why ?? seen.latest.why ?? "";
    if (/missing/.test(why)) return "missing";
    return "wrong";
  }
  // Only wrong credentials are counted, so what locked the address out was wrong.
  if (seen?.gate === "rate-limit") return "wrong";
  const admitted = probe?.attempts.some(({ as, result }) => as !== "page" && result === "admitted");
  if (admitted) {
    basis.push({ fact: "probe", source: probe?.url ?? "", ...ownWords(say("token-right")) });
  }
  return "valid";
}

/** Of a config that nobody read the port alone shows: in the log, or in the Host that a browser on this machine dialled. */
function unreadConfig({ logs }: AssessmentSources, { headers }: Connection): AdmissionConfig {
  const logged = logs?.events.findLast((event) => event.type === "startup" && event.port !== undefined);
  const dialled = /^(?:localhost|127\.0\.0\.1|\[::1\]):(\d{1,5})$/.exec(headers.host ?? "")?.[1];
  const port = logged?.type === "startup" ? logged.port : dialled === undefined ? undefined : Number(dialled);
  return port === undefined ? {} : { gateway: { port } };
}

/**
 * Without the config the model would take the defaults. What the probe met says more: an origin that was let
 * through is allowed, one that was refused is not; a proxy that it came through is trusted.
 */
function fitConfig(
  config: AdmissionConfig,
  { probe, config: readConfig }: AssessmentSources,
  connection: Connection,
  basis: Evidence[],
): AdmissionConfig {
  if (readConfig !== undefined || probe === undefined) return config;
  const page = probe.attempts.find((attempt) => attempt.as === "page");
  const origin = page?.connection.headers.origin ?? page?.connection.headers.Origin;
  if (page === undefined || origin === undefined || origin !== connection.headers.origin) return config;
  const { gate } = gateOfAnswer(page);
  const passed = page.result === "admitted" || gate === "device-identity" || gate === "shared-auth";
  if (!passed) return config;
  basis.push({ fact: "probe", source: probe.url, quote: `origin=${origin} ok` });
  // Through the same proxy as the page, from whatever machine: one that is not trusted answers with HTTP 403.
  const isSameWay = connection.headers["x-forwarded-for"] !== undefined && pageOfUrl(probe.url) === origin;
  return {
    gateway: {
      ...config.gateway,
      controlUi: { ...config.gateway?.controlUi, allowedOrigins: [origin] },
      ...(isSameWay ? { trustedProxies: [connection.remoteAddress] } : {}),
    },
  };
}

/**
 * The probe's page attempt is a connection too: same origin, no device, no credentials. The model has to
 * foretell the gate that it met, as far as the probe took the browser's way.
 */
function contradictionsOf(
  probe: ProbeReading,
  connection: Connection,
  input: Parameters<typeof admit>[0],
): Evidence[] {
  const page = probe.attempts.find((attempt) => attempt.as === "page");
  if (page === undefined || page.result === "no-answer") return [];
  const origin = page.connection.headers.origin ?? page.connection.headers.Origin;
  if (origin !== connection.headers.origin) return [];
  const met = page.result === "admitted" ? "admitted" : gateOfAnswer(page).gate;
  // Gates that depend on the peer's address may differ: the probe need not come from where the browser does.
  if (met !== "origin" && met !== "protocol") return [];
  const foretold = admit({
    ...input,
    connection: { ...connection, auth: "missing", device: { state: "absent" } },
  });
  const gate = foretold.outcome === "admitted" ? "admitted" : foretold.gate;
  if (gate === met || foretold.gate === "proxy-attribution") return [];
  return [
    {
      fact: "probe",
      source: probe.url,
      quote: `gate=${met} model=${gate ?? "admitted"} release=${input.release}`,
    },
  ];
}

function weakest(...confidences: readonly Confidence[]): Confidence {
  if (confidences.includes("possible")) return "possible";
  return confidences.includes("likely") ? "likely" : "certain";
}

function pageOfUrl(url: string | undefined): string | undefined {
  const match = /^(wss?):\/\/([^/?#]+)/i.exec(url ?? "");
  if (!match?.[2]) return undefined;
  return `${match[1]?.toLowerCase() === "wss" ? "https" : "http"}://${match[2].toLowerCase()}`;
}

/** `host[:port]` of an origin, as the browser sends it in Host. */
function hostOf(origin: string): string {
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(origin)?.[1] ?? origin;
}
