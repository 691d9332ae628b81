import { lookup as lookupHost } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import type { ConnectionAuth } from "../core/connection.ts";
import type { ProbeAttempt, ProbeReading, Reach } from "../core/facts.ts";
import { inEnglish, type Saying, say } from "../core/saying.ts";
import type { Secret } from "../core/secret.ts";
import { attemptAsBrowser } from "./browser-attempt.ts";
import { type Clean, cleaner, type Scrub } from "./clean-text.ts";
import { type HandshakeResult, shakeHands } from "./handshake.ts";
import { attemptOf } from "./handshake-attempt.ts";
import { type HttpSurface, surveyHttp } from "./http.ts";
import {
  type ConnectParams,
  clients,
  controlUiScopes,
  probeClientVersion,
  probeUserAgent,
  protocolRange,
} from "./protocol.ts";
import { estimateRelease } from "./release.ts";
import type { MayReceive, TransportOptions } from "./transport.ts";
import { type GatewayUrl, parseGatewayUrl, reachOfAddress } from "./url.ts";

export interface ProbeOptions {
  /** ws, wss, http or https URL of the gateway. */
  readonly url: string;
  /** The origin of the page that the user opens; that of `url` when absent. */
  readonly origin?: string;
  readonly credentials?: { readonly token?: Secret; readonly password?: Secret };
  /** For everything together, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Send credentials over plain ws:// (or unverified TLS) to a public address too. */
  readonly allowPlaintextToken?: boolean;
  /** Also sign in with a throw-away device identity, which can leave an entry: see `ProbeAttempt.cleanup`. */
  readonly asBrowser?: boolean;
  /** Only whether something answers HTTP as a gateway that is up: no socket, which every release counts or logs. */
  readonly knock?: boolean;
  readonly insecureTls?: boolean;
  /** How long a gateway that says it is starting is asked again, milliseconds; 4000 when absent. */
  readonly startingBudgetMs?: number;
  readonly connectFrom?: { readonly localAddress?: string; readonly lookup?: LookupFunction };
  /** Asked before credentials are sent over a connection; they may go to whoever has the address when absent. */
  readonly mayReceive?: MayReceive;
  /** Extra scrubbing of every text; credentials are removed without it. */
  readonly scrub?: Scrub;
}

/**
 * Asks a gateway what it thinks of us. It sends the credentials at most once; wrong ones count as one failure in the
 * gateway's rate limit (10 a minute). Without `asBrowser` it leaves no device and no pending request.
 *
 * The attempt without credentials counts in no limit of 2026.3.13 and later. In 2026.3.1 and its neighbours it
 * counts once: a missing token is a failure there, for clients with an Origin. In 2026.2.21 it does where
 * `gateway.auth.rateLimit` is set (shipped code). Probing those ten times a minute would lock browsers of this address
 * out. So nothing is retried here but a gateway that is starting, which has not come so far.
 *
 * Never throws for what the network or the peer does.
 *
 * @throws {TypeError} `url` is no gateway URL.
 */
export async function probe(options: ProbeOptions): Promise<ProbeReading> {
  const started = Date.now();
  const secrets = [options.credentials?.token?.reveal(), options.credentials?.password?.reveal()];
  const asked: Asked = {
    options,
    url: parseGatewayUrl(options.url),
    started,
    until: started + options.timeoutMs,
    clean: cleaner(
      secrets.filter((secret) => secret !== undefined),
      options.scrub,
    ),
  };
  const { url, clean } = asked;
  const addresses = await resolve(url, options);
  if (typeof addresses === "string")
    return readingOf(asked, { reach: { state: "dns", detail: clean(addresses, 200) }, http: noHttp });

  const firstHalf = transportOf(asked, addresses);
  const http = await surveyHttp(url, { ...firstHalf, timeoutMs: firstHalf.timeoutMs * 0.4 });
  if (http.failure && http.failure.state !== "reset" && http.failure.state !== "not-openclaw")
    return readingOf(asked, { reach: http.failure, http });
  if (options.knock === true) return readingOf(asked, { reach: http.failure ?? upOf(http), http });

  const page = await tryAsPage(asked, addresses, http);
  const reach = reachOf(page.handshake, http);
  const answered = page.handshake.result === "refused" || page.handshake.result === "admitted";
  const signedIn =
    reach.state === "open" && answered && mayCarryCredentials(url, addresses, options)
      ? await signIn(asked, addresses, http)
      : undefined;
  const withheldFrom = signedIn?.handshake.withheldFrom;
  // Whoever it is, it is not our gateway: nothing more is said to it.
  if (withheldFrom !== undefined)
    return {
      ...readingOf(asked, { reach, http, tries: [page] }),
      withheldFrom: clean(withheldFrom, 60),
    };
  return readingOf(asked, { reach, http, tries: signedIn === undefined ? [page] : [page, signedIn] });
}

/** What one probe was asked for, and its clock. */
interface Asked {
  readonly options: ProbeOptions;
  readonly url: GatewayUrl;
  /** Milliseconds since 1970, as `until`. */
  readonly started: number;
  readonly until: number;
  readonly clean: Clean;
}

/** One connection, and what is told of it. */
interface Try {
  readonly handshake: HandshakeResult;
  readonly attempt: ProbeAttempt;
}

function readingOf(
  { url, clean, started }: Asked,
  {
    reach,
    http,
    tries = [],
  }: { readonly reach: Reach; readonly http: HttpSurface; readonly tries?: readonly Try[] },
): ProbeReading {
  const shaken = tries.map(({ handshake }) => handshake);
  const release = estimateRelease(http, shaken, clean);
  const skew = clockSkewOf(shaken);
  const protocol = protocolOf(shaken);
  const authMode = authModeOf(shaken);
  return {
    url: url.ws,
    reach,
    http: http.reading,
    attempts: tries.map(({ attempt }) => attempt),
    ...(skew === undefined ? {} : { clockSkewMs: skew }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(authMode === undefined ? {} : { authMode: clean(authMode, 40) }),
    ...(release === undefined ? {} : { release }),
    tookMs: Date.now() - started,
  };
}

/** For what is left of the time, to the addresses that were judged. */
function transportOf(
  { options, until, clean }: Asked,
  addresses: readonly ResolvedAddress[],
): TransportOptions {
  const { signal, insecureTls, connectFrom } = options;
  return {
    timeoutMs: Math.max(1, until - Date.now()),
    clean,
    ...(signal === undefined ? {} : { signal }),
    ...(insecureTls === true ? { insecureTls: true } : {}),
    // Pinned: the address that was judged is the address that is connected to.
    connectFrom: {
      ...(connectFrom?.localAddress === undefined ? {} : { localAddress: connectFrom.localAddress }),
      lookup: pinned(addresses),
    },
  };
}

/** For what has credentials in it. */
function guardedTransportOf(asked: Asked, addresses: readonly ResolvedAddress[]): TransportOptions {
  const { mayReceive } = asked.options;
  return { ...transportOf(asked, addresses), ...(mayReceive === undefined ? {} : { mayReceive }) };
}

function pageHeaders({ options, url }: Asked): Readonly<Record<string, string>> {
  const origin = options.origin ?? url.http;
  return { Host: hostOfPage(origin, url), Origin: origin, "User-Agent": probeUserAgent };
}

/** As the Control UI, without credentials and without a device. */
async function tryAsPage(
  asked: Asked,
  addresses: readonly ResolvedAddress[],
  http: HttpSurface,
): Promise<Try> {
  const { url, options, until, clean } = asked;
  const headers = pageHeaders(asked);
  const shake = () => shakePage(url, headers, http, transportOf(asked, addresses));
  const handshake = await shakeWhileStarting(shake, options, until);
  const client = { client: clients.page, scopes: controlUiScopes };
  return {
    handshake,
    attempt: attemptOf("page", handshake, clean, { url, headers, ...client, auth: "missing" }),
  };
}

/** With the credentials, once: as a browser where that was asked for, else as OpenClaw's command. */
async function signIn(
  asked: Asked,
  addresses: readonly ResolvedAddress[],
  http: HttpSurface,
): Promise<Try | undefined> {
  const { url, options, clean } = asked;
  const transport = () => guardedTransportOf(asked, addresses);
  const auth = revealAuth(options);
  if (options.asBrowser === true)
    return attemptAsBrowser({
      url,
      headers: pageHeaders(asked),
      ...(auth === undefined ? {} : { auth }),
      judgeAuth: (handshake) => authOf(handshake, options),
      sendBuildId: http.signs.basePathAttribute,
      transport,
      clean,
    });
  if (auth === undefined) return undefined;
  const handshake = await shakeClient(url, options, transport());
  const client = { client: clients.cli, scopes: clientScopes };
  const headers = { "User-Agent": probeUserAgent };
  return {
    handshake,
    attempt: attemptOf("client", handshake, clean, {
      url,
      headers,
      ...client,
      auth: authOf(handshake, options),
    }),
  };
}

const noHttp: HttpSurface = {
  reading: { looksLike: "none" },
  signs: { basePathAttribute: false, terminalAttribute: false, config: "none" },
};

/** As little as the gateway gives a reader. */
const clientScopes = ["operator.read"];

function shakePage(
  url: GatewayUrl,
  headers: Readonly<Record<string, string>>,
  http: HttpSurface,
  transport: TransportOptions,
): Promise<HandshakeResult> {
  return shakeHands(url.ws, {
    ...transport,
    headers,
    connect: () => ({
      ...commonParams(clients.page, controlUiScopes),
      // Unknown to the schema before 2026.8.1, required of a page from then on.
      client: {
        ...commonParams(clients.page, controlUiScopes).client,
        ...(http.signs.basePathAttribute ? { buildId: "dev" } : {}),
      },
    }),
  });
}

function shakeClient(
  url: GatewayUrl,
  options: ProbeOptions,
  transport: TransportOptions,
): Promise<HandshakeResult> {
  // No Origin: with one, the gateway takes us for a browser.
  return shakeHands(url.ws, {
    ...transport,
    headers: { "User-Agent": probeUserAgent },
    connect: () => {
      const auth = revealAuth(options);
      return { ...commonParams(clients.cli, clientScopes), ...(auth === undefined ? {} : { auth }) };
    },
  });
}

function commonParams(
  client: { readonly id: string; readonly mode: string },
  scopes: readonly string[],
): ConnectParams {
  return {
    minProtocol: protocolRange.min,
    maxProtocol: protocolRange.max,
    client: { ...client, version: probeClientVersion, platform: "doctor" },
    role: "operator",
    scopes,
    caps: [],
  };
}

function revealAuth(options: ProbeOptions): ConnectParams["auth"] | undefined {
  const { token, password } = options.credentials ?? {};
  if (!token && !password) return undefined;
  return {
    ...(token ? { token: token.reveal() } : {}),
    ...(password ? { password: password.reveal() } : {}),
  };
}

/** The gateway says `UNAVAILABLE` / 1013 while it starts (from 2026.4.29). Only used where no credentials are sent. */
async function shakeWhileStarting(
  shake: () => Promise<HandshakeResult>,
  options: ProbeOptions,
  until: number,
): Promise<HandshakeResult> {
  const giveUpAt = Math.min(until, Date.now() + (options.startingBudgetMs ?? 4000));
  for (;;) {
    const result = await shake();
    const pause = Math.min(2000, Math.max(250, result.error?.retryAfterMs ?? 500));
    if (!isStarting(result) || options.signal?.aborted || Date.now() + pause >= giveUpAt) return result;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

export function isStarting(result: HandshakeResult): boolean {
  if (result.closeCode === 1013) return true;
  return result.error?.code === "UNAVAILABLE" && /starting/i.test(result.error.message);
}

function reached(state: Reach["state"], said: Saying): Reach {
  return { state, detail: inEnglish(said), say: said };
}

/**
 * What HTTP alone tells. A proxy that has nobody behind it yet answers 502 to 504, and so may a gateway that is starting;
 * 2026.4.7 answers `/healthz` with 500 while it serves (measured), so that is no sign.
 */
function upOf({ reading }: HttpSurface): Reach {
  const { status = 0, looksLike } = reading;
  if (looksLike === "openclaw") return reached("open", say("gateway-answers"));
  const state = status >= 502 && status <= 504 ? "starting" : "not-openclaw";
  return reached(state, say("http-instead", { status }));
}

function reachOf(page: HandshakeResult, http: HttpSurface): Reach {
  if (isStarting(page)) return reached("starting", say("gateway-starting"));
  if (page.challenge !== undefined && page.failure === undefined)
    return reached("open", say("gateway-answers"));
  if (page.result === "not-upgraded") {
    const instead = say("http-instead", { status: page.httpStatus ?? "?" });
    const isGateway =
      page.httpErrorType === "proxy_attribution_required" || http.reading.looksLike === "openclaw";
    return reached(isGateway ? "open" : "not-openclaw", instead);
  }
  if (page.challenge === undefined && page.closeCode !== undefined)
    return reached("not-openclaw", say("closed-before", { code: page.closeCode }));
  return page.failure ?? reached("not-openclaw", say("no-challenge"));
}

/** Credentials go over verified TLS, or to an address that no stranger can listen on, or where the user insists. */
function mayCarryCredentials(
  url: GatewayUrl,
  addresses: readonly ResolvedAddress[],
  options: ProbeOptions,
): boolean {
  if (options.allowPlaintextToken === true) return true;
  if (url.secure && options.insecureTls !== true) return true;
  return addresses.every(({ address }) => {
    const reach = reachOfAddress(address);
    return reach === "loopback" || reach === "private";
  });
}

interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

async function resolve(url: GatewayUrl, options: ProbeOptions): Promise<ResolvedAddress[] | string> {
  const custom = options.connectFrom?.lookup;
  try {
    const found = custom
      ? await new Promise<ResolvedAddress[]>((answered, failed) => {
          custom(url.hostname, { all: true }, (error, address, family) => {
            if (error) failed(error);
            else answered(typeof address === "string" ? [{ address, family: family ?? 4 }] : address);
          });
        })
      : await withTimeout(lookupHost(url.hostname, { all: true }), options.timeoutMs);
    return found.length > 0 ? found : "no address";
  } catch (error) {
    return error instanceof Error ? error.message : "the name could not be resolved";
  }
}

function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => failed(new Error("the name was not resolved in time")), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function pinned(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const first = addresses[0];
    if (options.all === true) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };
}

function authOf(client: HandshakeResult, options: ProbeOptions): ConnectionAuth {
  if (!options.credentials?.token && !options.credentials?.password) return "missing";
  const text = `${client.error?.details?.code ?? ""} ${client.error?.message ?? ""}`;
  // A password went to a gateway that wants a token: `token missing` up to 2026.7, `token mismatch` on 2026.9.6.
  if (options.credentials?.token === undefined && /gateway token (?:missing|mismatch)/.test(text))
    return "password-instead-of-token";
  return /mismatch/i.test(text) && !/protocol/i.test(text) ? "wrong" : "valid";
}

function clockSkewOf(shaken: readonly HandshakeResult[]): number | undefined {
  for (const { challenge } of shaken)
    if (challenge?.ts !== undefined) return Math.round(challenge.ts - challenge.receivedAt);
  return undefined;
}

function protocolOf(shaken: readonly HandshakeResult[]): number | undefined {
  for (const { hello, error } of shaken) {
    const protocol = hello?.protocol ?? error?.details?.expectedProtocol;
    if (typeof protocol === "number" && Number.isInteger(protocol)) return protocol;
  }
  return undefined;
}

/** `hello-ok` names it from 2026.3.13 on; a refusal gives it away. */
function authModeOf(shaken: readonly HandshakeResult[]): string | undefined {
  for (const { hello } of shaken) if (hello?.authMode !== undefined) return hello.authMode;
  for (const { error } of shaken) {
    const reason = `${error?.details?.authReason ?? ""} ${error?.message ?? ""}`;
    if (/trusted_proxy/.test(reason)) return "trusted-proxy";
    if (/gateway token|token_(?:missing|mismatch)/.test(reason)) return "token";
    if (/gateway password|password_(?:missing|mismatch)/.test(reason)) return "password";
  }
  return undefined;
}

/**
 * The Host that the page's socket sends. A page that the gateway serves itself dials the page's own host (from
 * 2026.5.18 that matters: the same private host needs no allowed origin). What a proxy makes of it, or a page of
 * another site, is not known; the gateway's own address then.
 */
function hostOfPage(origin: string, url: GatewayUrl): string {
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  const own = new URL(url.http);
  return page !== undefined && page.protocol === own.protocol && page.port === own.port
    ? page.host
    : url.host;
}
