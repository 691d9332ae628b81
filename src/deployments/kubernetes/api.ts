import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request as requestHttp } from "node:http";
import { Agent, type RequestOptions, request as requestHttps } from "node:https";
import { performance } from "node:perf_hooks";
import WebSocket from "ws";
import { parseBoundedJson } from "../../core/json.ts";
import { say } from "../../core/saying.ts";
import { textAt } from "../../kinds/kubernetes/fields.ts";
import type { World } from "../world.ts";
import { KubeError } from "./error.ts";
import { type ClusterAccess, clusterAccess } from "./kubeconfig.ts";

/** Bytes of one document: the list of some thousand pods. */
export const MAX_ANSWER = 16 * 1024 * 1024;
/** Of an error's document, of which one sentence is shown. */
const MAX_ERROR = 65_536;
/** Between the question and the end of a document, milliseconds. */
const DOCUMENT_MS = 15_000;
/** Pods and Deployments nest deeper than what others send us. */
const MAX_DEPTH = 128;
const AGENT = "openclaw-pairing-doctor";

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Sent {
  readonly method: "POST" | "PATCH";
  readonly body: unknown;
  /** `application/json` when absent. */
  readonly type?: string;
}

/** Milliseconds and bytes that an answer may take. */
export interface Bounds {
  readonly ms: number;
  readonly bytes: number;
}

/** The API of one cluster. Every answer is bounded in bytes and in time; all throw {@link KubeError}. */
export interface KubeApi {
  readonly cluster: ClusterAccess;
  get(path: string, query?: Query): Promise<unknown>;
  send(path: string, sent: Sent, query?: Query): Promise<unknown>;
  /** A log: its bytes, as they come. */
  stream(path: string, query: Query, bounds: Bounds): AsyncGenerator<Uint8Array>;
  /** A connection of several channels: exec, port-forward. It is paused. */
  dial(path: string, query: Query, protocols: readonly string[], ms: number): Promise<WebSocket>;
  /** The cluster's clock minus ours, as the head of an answer shows it, milliseconds; known to a second and a half. */
  clock(): { readonly aheadMs: number; readonly withinMs: number } | undefined;
}

/** Several looks of one run share a cluster for so long: a credential plugin may take seconds. Milliseconds. */
const SHARED_MS = 60_000;
const shared = new WeakMap<World, Map<string, { readonly at: number; readonly api: Promise<KubeApi> }>>();

/** The cluster that kubectl would ask; looks at its gateways one after another use the same connections. */
export function openCluster(world: World, context: string | undefined): Promise<KubeApi> {
  const clusters = shared.get(world) ?? new Map();
  shared.set(world, clusters);
  const key = context ?? "";
  const kept = clusters.get(key);
  if (kept !== undefined && performance.now() - kept.at < SHARED_MS) return kept.api;
  const api = clusterAccess(world, context).then((access) => kubeApi(access));
  clusters.set(key, { at: performance.now(), api });
  // What failed is tried anew the next time, but no plugin: each try would take as long as the first.
  api.catch((error: unknown) => {
    if (error instanceof KubeError && error.problem === "plugin")
      clusters.set(key, { at: performance.now(), api });
    else clusters.delete(key);
  });
  return api;
}

export function kubeApi(
  cluster: ClusterAccess,
  limits: Bounds = { ms: DOCUMENT_MS, bytes: MAX_ANSWER },
): KubeApi {
  const base = cluster.config.getCurrentCluster()?.server ?? "";
  const secure = base.startsWith("https:");
  let prepared: Promise<RequestOptions> | undefined;
  let clock: { readonly aheadMs: number; readonly withinMs: number } | undefined;

  /** Certificates, token, proxy; one agent for all, so that connections are used again. */
  const credentials = (): Promise<RequestOptions> => {
    prepared ??= prepare(cluster);
    return prepared;
  };
  const urlOf = (path: string, query: Query = {}): URL => {
    const url = new URL(`${base.replace(/\/$/, "")}${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
    }
    return url;
  };

  const ask = async (
    url: URL,
    { method, body, type = "application/json" }: Partial<Sent>,
    ms: number,
  ): Promise<{ readonly response: IncomingMessage; readonly late: AbortSignal }> => {
    const late = AbortSignal.timeout(ms);
    const options = await within(credentials(), late);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const asked = performance.now();
    return new Promise((resolve, reject) => {
      const request = (secure ? requestHttps : requestHttp)(url, {
        ...options,
        method: method ?? "GET",
        headers: {
          ...options.headers,
          "User-Agent": AGENT,
          Accept: "application/json, */*",
          ...(text === undefined ? {} : { "Content-Type": type, "Content-Length": Buffer.byteLength(text) }),
        },
      });
      const onLate = (): void => {
        request.destroy();
        reject(new KubeError("late"));
      };
      late.addEventListener("abort", onLate, { once: true });
      request.on("error", (error) => reject(late.aborted ? new KubeError("late") : connectionError(error)));
      request.on("response", (response) => {
        late.removeEventListener("abort", onLate);
        response.on("error", () => undefined);
        late.addEventListener("abort", () => response.destroy(), { once: true });
        clock = clockOf(response.headers, performance.now() - asked) ?? clock;
        resolve({ response, late });
      });
      request.end(text);
    });
  };

  const document = async (url: URL, sent: Partial<Sent>): Promise<unknown> => {
    const { response, late } = await ask(url, sent, limits.ms);
    const { statusCode: status = 0 } = response;
    const good = status >= 200 && status < 300;
    const text = (await bytesOf(response, good ? limits.bytes : MAX_ERROR, late, !good)).toString("utf8");
    const value = parseBoundedJson(text, MAX_DEPTH);
    if (!good) throw statusError(status, value, text);
    if (value === undefined) throw new KubeError("failed", say("kube-no-json"));
    return value;
  };

  return {
    cluster,
    get: (path, query) => document(urlOf(path, query), {}),
    send: (path, sent, query) => document(urlOf(path, query), sent),
    clock: () => clock,
    async *stream(path, query, { ms, bytes }) {
      const { response, late } = await ask(urlOf(path, query), {}, ms);
      const { statusCode: status = 0 } = response;
      if (status < 200 || status >= 300) {
        const text = (await bytesOf(response, MAX_ERROR, late, true)).toString("utf8");
        throw statusError(status, parseBoundedJson(text, MAX_DEPTH), text);
      }
      let seen = 0;
      try {
        for await (const chunk of response as AsyncIterable<Buffer>) {
          seen += chunk.length;
          if (seen > bytes) throw new KubeError("too-long");
          yield chunk;
        }
      } catch (error) {
        if (error instanceof KubeError) throw error;
        throw late.aborted ? new KubeError("late") : connectionError(error);
      } finally {
        response.destroy();
      }
      if (late.aborted) throw new KubeError("late");
    },
    dial: async (path, query, protocols, ms) => {
      const { agent, auth, headers } = await within(credentials(), AbortSignal.timeout(ms));
      const url = urlOf(path, query);
      url.protocol = secure ? "wss:" : "ws:";
      const socket = new WebSocket(url, [...protocols], {
        ...(agent === undefined || agent === false || agent === true ? {} : { agent }),
        ...(auth === undefined || auth === null ? {} : { auth }),
        headers: { ...(headers as Record<string, string>), "User-Agent": AGENT },
        handshakeTimeout: ms,
        maxPayload: MAX_ANSWER,
        perMessageDeflate: false,
        followRedirects: false,
      });
      return new Promise((resolve, reject) => {
        socket.once("open", () => {
          // What comes at once waits until somebody listens.
          socket.pause();
          resolve(socket);
        });
        socket.once("error", (error) => reject(connectionError(error)));
        socket.on("error", () => undefined);
        socket.once("unexpected-response", (_request, response) => {
          // What an API server says of a refused exec is in the body, which the library drops (1.4).
          bytesOf(response, MAX_ERROR, AbortSignal.timeout(ms), true)
            .then((bytes) => {
              const text = bytes.toString("utf8");
              reject(statusError(response.statusCode ?? 0, parseBoundedJson(text, MAX_DEPTH), text));
            })
            .finally(() => socket.terminate());
        });
      });
    },
  };
}

async function prepare({ config }: ClusterAccess): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw error instanceof KubeError ? error : authError(error);
  }
  const { agent } = options;
  if (agent instanceof Agent) Object.assign(agent, { keepAlive: true, maxSockets: 16 });
  return options;
}

/** A certificate or a key that is none. What it says may quote credentials. */
function authError(error: unknown): KubeError {
  const code = codeOf(error);
  return new KubeError("kubeconfig", say("kubeconfig-credentials", code === "" ? {} : { code }));
}

function within<T>(promise: Promise<T>, late: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    late.addEventListener("abort", () => reject(new KubeError("late")), {
      once: true,
    });
    promise.then(resolve, reject);
  });
}

/** `cut`: the beginning suffices. */
async function bytesOf(
  response: IncomingMessage,
  most: number,
  late: AbortSignal,
  cut: boolean,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  const onLate = (): void => {
    response.destroy();
  };
  late.addEventListener("abort", onLate, { once: true });
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      parts.push(chunk);
      size += chunk.length;
      if (size <= most) continue;
      response.destroy();
      if (cut) break;
      throw new KubeError("too-long");
    }
  } catch (error) {
    if (error instanceof KubeError) throw error;
    if (!cut) throw late.aborted ? new KubeError("late") : connectionError(error);
  } finally {
    late.removeEventListener("abort", onLate);
  }
  if (late.aborted && !cut) throw new KubeError("late");
  return Buffer.concat(parts).subarray(0, most);
}

function statusError(status: number, document: unknown, text: string): KubeError {
  const message = textAt(document, "message") ?? text.slice(0, 500);
  if (status === 401) return new KubeError("unauthorized", message, status);
  if (status === 403) return new KubeError("forbidden", message, status);
  if (status === 404) return new KubeError("absent", message, status);
  if (status === 409) return new KubeError("conflict", message, status);
  return new KubeError("failed", `HTTP ${status}${message === "" ? "" : `: ${message}`}`, status);
}

const DOWN = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ENETDOWN",
]);
const TLS =
  /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO|INVALID_CA)/;

function connectionError(error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  const code = codeOf(error);
  const detail = code === "" ? (error instanceof Error ? error.message : say("no-answer-at-all")) : code;
  if (DOWN.has(code)) return new KubeError("down", detail);
  return new KubeError(TLS.test(code) ? "tls" : "failed", detail);
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  if (typeof code === "string") return code;
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : "";
}

/** `Date` has whole seconds, and was written somewhere between the question and the answer. */
function clockOf({ date }: IncomingHttpHeaders, tookMs: number) {
  const read = typeof date === "string" ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(read)) return undefined;
  return {
    aheadMs: Math.round(read + 500 - (Date.now() - tookMs / 2)),
    withinMs: Math.ceil(500 + tookMs / 2),
  };
}
