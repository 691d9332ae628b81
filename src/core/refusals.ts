import type { Admission, Connection } from "./connection.ts";
import type { Assessment, Evidence, ProbeAttempt, ProbeReading, Reach, Refusal } from "./facts.ts";
import { gateOfAnswer } from "./gate.ts";
import type { ClientErrorEvent, LogDigest, LogEvent, RefusalGroup, RefusedEvent } from "./log-event.ts";
import { clientOf, evidenceOf, isOwnProbe } from "./log-parts.ts";
import { failedStart, loneRefusals } from "./lone-lines.ts";
import { CLIENT_OF, namedElsewhere } from "./named-elsewhere.ts";
import { inEnglish, say } from "./saying.ts";
import { safeText } from "./text.ts";

export { evidenceOf, isOwnProbe };

export interface RefusalSources {
  readonly logs?: LogDigest;
  readonly probe?: ProbeReading;
  readonly assessment?: Assessment;
  /** Only what somebody handed in is known: of other browsers than theirs nothing is foretold beside it. */
  readonly offline?: boolean;
}

/**
 * Everything that was refused, from all sources, in the order in which it should be mended: what stops
 * everybody (transport), the page, then others, each as we met it ourselves and as the gateway or a client wrote it
 * (newest first), what the model foretells. A refusal that the same client passed later is `over`.
 */
export function refusalsOf({ logs, probe, assessment, offline = false }: RefusalSources): Refusal[] {
  const answers = probe?.reach.state === "open";
  const observed = [
    ...(logs && !answers ? failedStart(logs.events) : []),
    ...joined(probe ? probeRefusals(probe) : [], logs ? logRefusals(logs) : []),
  ];
  const foretold = assessment ? modelRefusal(assessment, observed, offline) : undefined;
  const first = [...observed].sort((a, b) => turnOf(a, observed) - turnOf(b, observed));
  return [...first, ...(foretold ? [foretold] : [])];
}

/**
 * The user's page comes before what OpenClaw's own CLI and tools met: whoever asks for the list of devices to let a page
 * in, and is refused there, has two stories, and the page is the first. A CLI that stops by itself before a plain-text socket (2026.2.18 on) stops
 * nobody but itself; one that meets nobody may be told of another gateway, so that comes first.
 */
function turnOf(refusal: Refusal, observed: readonly Refusal[]): number {
  const pageIsAtTheDoor = observed.some(isPageAtTheDoor);
  if (isTransport(refusal) && !(pageIsAtTheDoor && isOwnCommand(refusal))) return 0;
  return isPageAtTheDoor(refusal) ? 1 : 2;
}

function isPageAtTheDoor(refusal: Refusal): boolean {
  const { client, gate, over } = refusal;
  return client === "control-ui" && !over && gate !== "left" && gate !== "unknown" && !isTransport(refusal);
}

function isOwnCommand({ client, from, reason, connection }: Refusal): boolean {
  const own = client === "cli" || connection.client?.id === "gateway-client";
  return own && from !== "probe" && reason === "plaintext-ws";
}

/**
 * What we met and what the gateway wrote of the user's own page at the same gate is one refusal: the line knows
 * the browser's way (peer, Host, proxy headers), and our meeting it shows that it still holds.
 */
function joined(met: readonly Refusal[], written: readonly Refusal[]): Refusal[] {
  const twinOf = (own: Refusal) =>
    written.find(
      (line) =>
        line.gate === own.gate &&
        !line.over &&
        line.connection.headers?.origin !== undefined &&
        line.connection.headers.origin === own.connection.headers?.origin,
    );
  const twins = new Set(met.map(twinOf));
  return [
    ...met.map((own) => {
      const line = twinOf(own);
      return line === undefined ? own : { ...line, evidence: [...own.evidence, ...line.evidence] };
    }),
    ...written.filter((line) => !twins.has(line)),
  ];
}

const isTransport = (refusal: Refusal) => refusal.gate === "transport" || refusal.gate === "starting";

// ---- what we met ourselves

function probeRefusals(probe: ProbeReading): Refusal[] {
  const { reach, http } = probe;
  if (reach.state !== "open") {
    return [
      {
        from: "probe",
        gate: reach.state === "starting" ? "starting" : "transport",
        reason: reach.state,
        ...(http.status === undefined ? {} : { httpStatus: http.status }),
        connection: {},
        client: "other",
        count: 1,
        over: false,
        evidence: [{ fact: "probe", source: probe.url, ...reachWords(reach), origin: { of: "probe" } }],
      },
    ];
  }
  const met = probe.attempts.flatMap((attempt, index) => {
    const refusal = attemptRefusal(attempt, probe.url, index);
    return refusal ? [refusal] : [];
  });
  return [...pageRefusal(probe, met), ...met];
}

/** Answers of a page that wants a login or a little patience first, which says nothing of the gateway. */
export const ASKS_FIRST: ReadonlySet<number> = new Set([401, 407, 429]);

/** The socket answers as a gateway's, and the page does not come up: nothing runs in the browser that could connect. */
function pageRefusal({ url, http }: ProbeReading, met: readonly Refusal[]): Refusal[] {
  const { status = 0, errorType } = http;
  // What stops the socket as well, and what the gateway says of a proxy, are told of there.
  const isOther = errorType !== undefined || met.some(({ httpStatus = 101 }) => httpStatus !== 101);
  if (status < 400 || ASKS_FIRST.has(status) || isOther) return [];
  const said = say("page-answers", { url: url.replace(/^ws/, "http"), status });
  return [
    {
      from: "probe",
      gate: "transport",
      reason: "page-failed",
      httpStatus: status,
      connection: {},
      client: "control-ui",
      count: 1,
      over: false,
      evidence: [{ fact: "probe", source: url, quote: inEnglish(said), say: said, origin: { of: "probe" } }],
    },
  ];
}

function attemptRefusal(attempt: ProbeAttempt, url: string, index: number): Refusal | undefined {
  if (attempt.result === "admitted") return undefined;
  if (attempt.result === "no-answer") return undefined;
  const { gate, why: reason } = answerOf(attempt);
  // The page attempt goes without device and credentials on purpose: those two refusals are its normal end.
  if (attempt.as === "page" && (gate === "device-identity" || gate === "shared-auth")) return undefined;
  const detailReason = attempt.details?.reason;
  const why = typeof detailReason === "string" ? detailReason : reason;
  const { device, ...connection } = attempt.connection;
  return {
    from: "probe",
    gate,
    ...(why === undefined ? {} : { reason: why }),
    ...(attempt.detailCode === undefined ? {} : { detailCode: attempt.detailCode }),
    ...(attempt.closeCode === undefined ? {} : { closeCode: attempt.closeCode }),
    ...(attempt.closeReason === undefined ? {} : { closeReason: attempt.closeReason }),
    ...(attempt.httpStatus === undefined ? {} : { httpStatus: attempt.httpStatus }),
    connection: { ...connection, device: { state: device === "absent" ? "absent" : "unpaired" } },
    client: attempt.as === "client" ? "other" : "control-ui",
    ...(attempt.requestId === undefined ? {} : { requestId: attempt.requestId }),
    count: 1,
    over: false,
    evidence: [
      {
        fact: "probe",
        source: url,
        quote: describeAttempt(attempt),
        origin: { of: "probe", attempt: index },
      },
    ],
  };
}

/** An upgrade that ended in an HTTP answer other than the gateway's own 403 was stopped on the way to it. */
function answerOf(attempt: ProbeAttempt): { readonly gate: Refusal["gate"]; readonly why?: string } {
  const answer = gateOfAnswer(attempt);
  if (attempt.result !== "not-upgraded" || answer.gate !== "unknown") return answer;
  return { gate: "transport", why: "not-upgraded" };
}

/** A gateway that starts says so itself; of a document of an earlier release the words alone are there. */
export function reachWords({ state, detail, say: own }: Reach): Pick<Evidence, "quote" | "say"> {
  const said = own ?? (state === "starting" ? say("gateway-starting") : undefined);
  return { quote: detail, ...(said === undefined ? {} : { say: said }) };
}

const MODEL = {
  source: inEnglish(say("admission-model")),
  saySource: say("admission-model"),
} as const;

function describeAttempt(attempt: ProbeAttempt): string {
  const parts = [
    attempt.httpStatus !== undefined && attempt.httpStatus !== 101 ? `HTTP ${attempt.httpStatus}` : "",
    attempt.detailCode ?? attempt.errorCode ?? "",
    attempt.closeCode === undefined ? "" : `${attempt.closeCode}`,
    attempt.closeReason || attempt.message || "",
  ];
  return safeText(parts.filter((part) => part !== "").join(" "));
}

// ---- what the gateway and its clients wrote

function logRefusals(logs: LogDigest): Refusal[] {
  const groups = logs.refusals
    .filter(({ latest }) => !isOwnProbe(latest))
    .map((group) => groupRefusal(group));
  const marked = groups.map((refusal) => ({
    ...refusal,
    over: refusal.over || passedLater(refusal, groups),
  }));
  const lone = loneRefusals(logs.events, marked).map((refusal) => ({
    ...refusal,
    over: refusal.over || attributedLater(refusal, marked),
  }));
  const logged = [...marked, ...mergeAlike(lone)].map((refusal) =>
    namedElsewhere(refusal, logs.events, isTwin),
  );
  const printed = logs.events.flatMap((event) =>
    event.type === "client-error" && !isHeading(event, logs.events) && !isPastCertificate(event, logs)
      ? clientRefusal(event, logged, isSolved(event, logs.events))
      : [],
  );
  return [...logged, ...mergeAlike(printed)].map((refusal) =>
    isSaidPaired(refusal, logs.events) ? { ...refusal, saidPaired: true } : refusal,
  );
}

/** In the same text somebody says that what asks is paired. The gateway's own reason, and its list, say more. */
function isSaidPaired({ gate, evidence }: Refusal, events: readonly LogEvent[]): boolean {
  return (
    gate === "pairing" &&
    events.some(
      ({ source, ...event }) =>
        event.type === "aside" &&
        event.about === "said-paired" &&
        evidence.some((one) => one.source.startsWith(`${source}:`)),
    )
  );
}

function groupRefusal(group: RefusalGroup): Refusal {
  const event = group.latest;
  const why = group.why ?? event.why;
  return {
    from: "log",
    gate: group.gate,
    ...(why === undefined ? {} : { reason: why }),
    ...(event.code === undefined ? {} : { closeCode: event.code }),
    ...(event.reason === undefined ? {} : { closeReason: event.reason }),
    connection: connectionOf(event),
    client: clientOf(event),
    ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
    ...(event.deviceId === undefined ? {} : { deviceId: event.deviceId }),
    ...(group.devices === undefined ? {} : { devices: group.devices }),
    count: group.count,
    ...(group.firstAt === undefined ? {} : { firstAt: group.firstAt }),
    ...(group.lastAt === undefined ? {} : { lastAt: group.lastAt }),
    over: group.connectedLater,
    ...(group.connectedAt === undefined ? {} : { connectedAt: group.connectedAt }),
    ...(group.approvedAt === undefined ? {} : { approvedAt: group.approvedAt }),
    evidence: [evidenceOf(event)],
  };
}

function connectionOf(event: RefusedEvent): Partial<Connection> {
  const headers: Record<string, string> = {};
  if (event.host !== undefined) headers.host = event.host;
  if (event.origin !== undefined) headers.origin = event.origin;
  if (event.fwd !== undefined) headers["x-forwarded-for"] = event.fwd;
  if (event.ua !== undefined) headers["user-agent"] = event.ua;
  return {
    ...(event.remote === undefined ? {} : { remoteAddress: event.remote }),
    headers,
    ...(event.client === undefined ? {} : { client: { id: event.client, mode: event.mode ?? "" } }),
  };
}

/** The order in which a client meets the gates from 2026.2.2 on (BEHAVIOUR.md, section 5). */
const GATE_ORDER: readonly Refusal["gate"][] = [
  "transport",
  "starting",
  "proxy-attribution",
  "schema",
  "protocol",
  "role",
  "origin",
  "device-identity",
  "device-signature",
  "rate-limit",
  "shared-auth",
  "pairing",
];

/** The same page (origin and host) came further at a later time, so the earlier gate is mended. */
function passedLater(refusal: Refusal, all: readonly Refusal[]): boolean {
  const rank = GATE_ORDER.indexOf(refusal.gate);
  if (rank < 0 || refusal.lastAt === undefined) return false;
  const at = Date.parse(refusal.lastAt);
  return all.some((other) => {
    if (other === refusal || other.firstAt === undefined || other.lastAt === undefined) return false;
    if (GATE_ORDER.indexOf(other.gate) <= rank || other.client !== refusal.client) return false;
    const a = refusal.connection.headers;
    const b = other.connection.headers;
    return a?.origin === b?.origin && a?.host === b?.host && Date.parse(other.lastAt) > at;
  });
}

/** A forwarded client of the same proxy was refused further on: the gateway knows now whose it is (run 9.6). */
function attributedLater(refusal: Refusal, all: readonly Refusal[]): boolean {
  if (refusal.gate !== "proxy-attribution" || refusal.lastAt === undefined) return false;
  const at = Date.parse(refusal.lastAt);
  return all.some(
    ({ connection, lastAt }) =>
      connection.headers?.["x-forwarded-for"] !== undefined &&
      connection.remoteAddress === refusal.connection.remoteAddress &&
      Date.parse(lastAt ?? "") > at,
  );
}

/** From 2026.9.3 the card of a wrong token has the heading of a missing one; the line below it tells. */
function isHeading({ from, why, source, line }: ClientErrorEvent, events: readonly LogEvent[]): boolean {
  if (from !== "page" || why !== "token_missing") return false;
  return events.some(
    (other) =>
      other.type === "client-error" &&
      other.from === "page" &&
      other.why === "token_mismatch" &&
      other.source === source &&
      other.line > line &&
      other.line <= line + 4,
  );
}

/** A page that the gateway refused came past its certificate, whatever is said of that. */
function isPastCertificate({ why, from }: ClientErrorEvent, { refusals, events }: LogDigest): boolean {
  if (why !== "tls" || from !== "page") return false;
  return (
    refusals.some(({ latest }) => clientOf(latest) === "control-ui") ||
    events.some(
      (other) =>
        other.type === "client-error" &&
        (other.from === "page" || other.from === "unknown") &&
        other.gate !== undefined &&
        other.gate !== "transport" &&
        other.gate !== "unknown",
    )
  );
}

/** Whoever quotes the error says, there or further down or over all of it, that it is over. */
function isSolved({ source, line }: ClientErrorEvent, events: readonly LogEvent[]): boolean {
  return events.some(
    (event) =>
      event.type === "aside" &&
      event.about === "solved" &&
      event.source === source &&
      (event.ofAll === true || event.line >= line),
  );
}

/** What a client printed is news only when no line of the gateway tells of it. */
function clientRefusal(event: ClientErrorEvent, logged: readonly Refusal[], over: boolean): Refusal[] {
  if (event.gate === undefined) return [];
  if (logged.some((refusal) => !refusal.over && isTwin(event, refusal))) return [];
  return [
    {
      from: "client",
      gate: event.gate,
      ...(event.why === undefined ? {} : { reason: event.why }),
      ...(event.detailCode === undefined ? {} : { detailCode: event.detailCode }),
      ...(event.code === undefined ? {} : { closeCode: event.code }),
      ...(event.httpStatus === undefined ? {} : { httpStatus: event.httpStatus }),
      closeReason: event.message,
      connection: dialled(event),
      client: CLIENT_OF[event.from],
      ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
      count: 1,
      ...(event.at === undefined ? {} : { firstAt: event.at, lastAt: event.at }),
      over,
      evidence: [evidenceOf(event)],
    },
  ];
}

/**
 * The block below an error of the CLI. With `Source: local …` it dialled an address of its own host: loopback, or
 * up to 2026.2.19 the interface that `gateway.bind` means (`local lan 172.25.0.2`), which then is its peer address, too.
 */
function dialled({ from, target, targetSource }: ClientErrorEvent): Partial<Connection> {
  const client = from === "tool" ? { client: { id: "gateway-client", mode: "backend" } } : {};
  const host = /^wss?:\/\/([^/?#]+)/.exec(target ?? "")?.[1];
  const own = /^local lan ([\d.]{7,15})$/.exec(targetSource ?? "")?.[1];
  const remote = targetSource === "local loopback" ? "127.0.0.1" : own;
  const dialledHost = host ?? own;
  if (dialledHost === undefined) return client;
  return {
    ...client,
    ...(remote === undefined ? {} : { remoteAddress: remote, fromGatewayHost: true }),
    headers: { host: dialledHost },
  };
}

/** What a client printed, and what the gateway wrote of it. */
function isTwin(event: ClientErrorEvent, refusal: Refusal): boolean {
  return (
    refusal.gate === event.gate &&
    (event.requestId === undefined ||
      refusal.requestId === undefined ||
      refusal.requestId === event.requestId) &&
    (event.why === undefined || refusal.reason === undefined || event.why === refusal.reason) &&
    sameClient(event, refusal)
  );
}

function sameClient(event: ClientErrorEvent, refusal: Refusal): boolean {
  // `gateway connect failed` is what the client in the gateway prints, too.
  const internal = refusal.connection.client?.id === "gateway-client" && event.target === undefined;
  if (event.from === "cli") return refusal.client === "cli" || refusal.client === "unknown" || internal;
  if (event.from === "page") return refusal.client === "control-ui" || refusal.client === "unknown";
  if (event.from === "node" || event.from === "app")
    return refusal.client === event.from || refusal.client === "unknown";
  if (event.from === "tool") return refusal.client === "other" || refusal.client === "unknown";
  return true;
}

/** One refusal for each (client, gate, reason, over); the CLI alone prints the same error up to three times. */
function mergeAlike(refusals: readonly Refusal[]): Refusal[] {
  const merged = new Map<string, Refusal>();
  for (const refusal of refusals) {
    const key = `${refusal.client} ${refusal.gate} ${refusal.reason ?? ""} ${refusal.over}`;
    const before = merged.get(key);
    merged.set(
      key,
      before
        ? {
            ...before,
            // The first may be a headline, and the block of another one says where it dialled.
            connection: { ...refusal.connection, ...before.connection },
            count: before.count + 1,
            evidence: [...before.evidence, ...refusal.evidence].slice(0, 3),
          }
        : refusal,
    );
  }
  return [...merged.values()];
}

// ---- what the model foretells

/**
 * Gates that depend on what the model cannot know: the socket, the clock, the credential. A page that was
 * seen there does not get as far as the model foretells; what waits behind is in `Assessment.ahead`.
 */
const OUT_OF_MODEL: ReadonlySet<Refusal["gate"]> = new Set([
  "transport",
  "starting",
  "timeout",
  "schema",
  "protocol",
  "role",
  "device-signature",
  "rate-limit",
  "shared-auth",
]);

/** A refusal that stops this page: its own, or one that stops everybody. */
function isPage({ gate, client, connection }: Refusal, origin: string | undefined): boolean {
  if (gate === "transport" || gate === "starting") return true;
  if (client !== "control-ui" && client !== "unknown") return false;
  const seen = connection.headers?.origin;
  return seen === undefined || seen === origin;
}

/**
 * What the page met behind the door shows that it came through it: which of Tailscale's headers its Serve sent,
 * by which the gateway knows its own listener, no log line tells.
 */
function isPastAttribution(refusal: Refusal, { gate }: Admission, origin: string | undefined): boolean {
  if (gate !== "proxy-attribution" || refusal.from !== "log" || refusal.client !== "control-ui") return false;
  if (origin === undefined || refusal.connection.headers?.origin !== origin) return false;
  const forwarded = refusal.connection.headers["x-forwarded-for"] !== undefined;
  return forwarded && GATE_ORDER.indexOf(refusal.gate) > GATE_ORDER.indexOf(gate);
}

/** The model's refusal of the user's browser, unless somebody saw that very refusal or one before it. */
function modelRefusal(
  assessment: Assessment,
  observed: readonly Refusal[],
  offline: boolean,
): Refusal | undefined {
  const { now, connection } = assessment;
  if (now.outcome === "admitted" || now.gate === undefined) return undefined;
  const origin = connection.headers.origin;
  // A way that is only the usual one says nothing beside a page that was seen on its own.
  const supposed = assessment.basis.some(({ fact }) => fact === "deployment");
  const seen = observed.some(
    (refusal) =>
      !refusal.over &&
      (refusal.gate === now.gate ||
        (OUT_OF_MODEL.has(refusal.gate) && isPage(refusal, origin)) ||
        (supposed && (offline || refusal.client === "control-ui")) ||
        isPastAttribution(refusal, now, origin)),
  );
  if (seen) return undefined;
  return {
    from: "model",
    gate: now.gate,
    ...(now.reason === undefined ? {} : { reason: now.reason }),
    ...(now.detailCode === undefined ? {} : { detailCode: now.detailCode }),
    ...(now.closeCode === undefined ? {} : { closeCode: now.closeCode }),
    ...(now.closeReason === undefined ? {} : { closeReason: now.closeReason }),
    httpStatus: now.httpStatus,
    connection,
    client: "control-ui",
    count: 0,
    over: false,
    evidence: [
      {
        fact: "assessment",
        ...MODEL,
        quote: safeText(now.closeReason ?? `HTTP ${now.httpStatus}`),
        origin: { of: "model" },
      },
      ...assessment.basis,
    ],
  };
}
