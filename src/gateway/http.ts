import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { HttpReading } from "../core/facts.ts";
import { isObject, parseBoundedJson } from "../core/json.ts";
import { say } from "../core/saying.ts";
import { cleaner } from "./clean-text.ts";
import { textOf } from "./json.ts";
import { probeUserAgent } from "./protocol.ts";
import { failedAs, type TransportFailure, type TransportOptions, transportFailure } from "./transport.ts";
import { type GatewayUrl, parseGatewayUrl } from "./url.ts";

/** Bytes of one body that are read; the page of every release has its marks in the first two KiB. */
const maxBody = 64 * 1024;
const maxRedirects = 2;

export interface HttpSurfaceOptions extends Omit<TransportOptions, "clean"> {
  readonly clean?: TransportOptions["clean"];
}

/** `HttpReading` with what only this room needs: why nothing came, and what kind of page it was. */
export interface HttpSurface {
  readonly reading: HttpReading;
  readonly failure?: TransportFailure;
  readonly signs: HttpSigns;
}

export interface HttpSigns {
  /** `data-openclaw-control-ui-base-path` on the page: 2026.8.1 and later. */
  readonly basePathAttribute: boolean;
  /** `data-openclaw-terminal-enabled`: seen on 2026.7.35 and later, not on 2026.5.28. */
  readonly terminalAttribute: boolean;
  /** What `__openclaw/control-ui-config.json` answered. */
  readonly config: "page" | "open" | "locked" | "none";
}

/**
 * What an unauthenticated HTTP client sees: `GET /`, `/healthz` and the Control UI's config document.
 * Sends no credentials and no cookies; bounded in time, size and redirects. Never throws for what the
 * network does.
 *
 * @throws {TypeError} `url` is no gateway URL.
 */
export async function readHttpSurface(url: string, options: HttpSurfaceOptions): Promise<HttpReading> {
  return (await surveyHttp(parseGatewayUrl(url), options)).reading;
}

/** {@link readHttpSurface} with the signs by which a release is estimated. */
export async function surveyHttp(url: GatewayUrl, options: HttpSurfaceOptions): Promise<HttpSurface> {
  const clean = options.clean ?? cleaner([]);
  const until = Date.now() + options.timeoutMs;
  const get = (path: string) =>
    getFollowing(`${url.http}${path}`, { ...options, clean, timeoutMs: Math.max(1, until - Date.now()) });

  const page = await get(`${url.basePath}/`);
  const nothing: HttpSigns = { basePathAttribute: false, terminalAttribute: false, config: "none" };
  if (!("status" in page)) return { reading: { looksLike: "none" }, failure: page, signs: nothing };

  const marks = marksOf(page.body);
  const basePath = marks.basePath ?? url.basePath;
  const configPath = `${/^\/[\w./-]{1,200}$/.test(basePath) ? basePath : ""}/__openclaw/control-ui-config.json`;
  const [health, config] = await Promise.all([get("/healthz"), get(configPath)]);
  const live = healthOf(health);
  const configDocument = configOf(config);
  const errorType = errorTypeOf(page);
  const isOpenClaw = marks.isOpenClaw || live === "live" || configDocument.serverVersion !== undefined;

  const reading: HttpReading = {
    status: page.status,
    ...(marks.title === undefined ? {} : { title: clean(marks.title, 100) }),
    health: live,
    ...(configDocument.serverVersion === undefined
      ? {}
      : { serverVersion: clean(configDocument.serverVersion, 40) }),
    ...(marks.buildId === undefined ? {} : { buildId: clean(marks.buildId, 200) }),
    ...(basePath === "" ? {} : { basePath: clean(basePath, 200) }),
    looksLike: isOpenClaw || errorType === "proxy_attribution_required" ? "openclaw" : "other",
    ...(errorType === undefined ? {} : { errorType: clean(errorType, 60) }),
    ...(page.server === undefined ? {} : { server: clean(page.server, 80) }),
  };
  const signs: HttpSigns = {
    basePathAttribute: marks.basePathAttribute,
    terminalAttribute: marks.terminalAttribute,
    config: configDocument.answer,
  };
  return { reading, signs };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly server?: string;
  readonly location?: string;
  readonly body: string;
}

async function getFollowing(start: string, options: TransportOptions): Promise<Answer | TransportFailure> {
  const until = Date.now() + options.timeoutMs;
  let url = start;
  for (let hop = 0; ; hop++) {
    const answer = await getOnce(url, { ...options, timeoutMs: Math.max(1, until - Date.now()) });
    if (!("status" in answer) || answer.location === undefined || hop === maxRedirects) return answer;
    const next = sameHost(url, answer.location);
    if (next === undefined) return answer;
    url = next;
  }
}

/** Where a redirect leads, if it stays on the host (an upgrade from http to https on it counts as staying). */
function sameHost(from: string, location: string): string | undefined {
  try {
    const old = new URL(from);
    const next = new URL(location, from);
    if (next.hostname !== old.hostname || next.username !== "" || next.password !== "") return undefined;
    const stays = next.protocol === old.protocol && next.port === old.port;
    return stays || next.protocol === "https:" ? next.href : undefined;
  } catch {
    return undefined;
  }
}

function getOnce(url: string, options: TransportOptions): Promise<Answer | TransportFailure> {
  return new Promise((resolve) => {
    const request = url.startsWith("https:") ? requestHttps : requestHttp;
    const timeout = AbortSignal.timeout(Math.ceil(options.timeoutMs));
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    let answered: (() => void) | undefined;
    const fail = (error: unknown) => {
      // A body that breaks off or drips past the deadline: what came before still counts.
      if (answered) return answered();
      resolve(
        signal.aborted
          ? failedAs("timeout", say(options.signal?.aborted ? "stopped-waiting" : "no-answer-in-time"))
          : transportFailure(error, options.clean),
      );
    };
    const req = request(
      url,
      {
        method: "GET",
        agent: false,
        signal,
        headers: { "user-agent": probeUserAgent, accept: "text/html, application/json;q=0.9" },
        // Said each time, as in the handshake.
        rejectUnauthorized: options.insecureTls !== true,
        ...options.connectFrom,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const finish = () => {
          const { server, location, "content-type": type } = response.headers;
          resolve({
            status: response.statusCode ?? 0,
            type: type ?? "",
            ...(typeof server === "string" ? { server } : {}),
            ...(location === undefined ? {} : { location }),
            body: Buffer.concat(chunks).subarray(0, maxBody).toString("utf8"),
          });
          req.destroy();
        };
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size >= maxBody) finish();
        });
        answered = finish;
        response.on("end", finish);
        response.on("error", finish);
      },
    );
    req.on("error", fail);
    req.end();
  });
}

interface PageMarks {
  readonly isOpenClaw: boolean;
  readonly title?: string;
  readonly buildId?: string;
  readonly basePath?: string;
  readonly basePathAttribute: boolean;
  readonly terminalAttribute: boolean;
}

function marksOf(body: string): PageMarks {
  const title = /<title>([^<]{1,200})<\/title>/i.exec(body)?.[1]?.trim();
  const attribute = (name: string) =>
    new RegExp(`\\bdata-openclaw-${name}="([^"<>]{0,300})"`).exec(body)?.[1];
  const pathAttribute = attribute("control-ui-base-path");
  // Up to 2026.7 the path is in a script: window.__OPENCLAW_CONTROL_UI_BASE_PATH__="/claw".
  const basePath =
    pathAttribute ?? /__OPENCLAW_CONTROL_UI_BASE_PATH__\s{0,4}=\s{0,4}"([^"<>]{0,200})"/.exec(body)?.[1];
  const buildId = attribute("control-ui-build-id");
  return {
    isOpenClaw:
      /<openclaw-app[\s>]|__OPENCLAW_CONTROL_UI_BASE_PATH__|\bdata-openclaw-/.test(body) ||
      title === "OpenClaw Control",
    ...(title === undefined ? {} : { title }),
    ...(buildId === undefined ? {} : { buildId }),
    ...(basePath === undefined ? {} : { basePath: basePath.replace(/\/+$/, "") }),
    basePathAttribute: pathAttribute !== undefined,
    terminalAttribute: attribute("terminal-enabled") !== undefined,
  };
}

/** 2026.2 answers every path with the page, so only the JSON document counts as health. */
function healthOf(answer: Answer | TransportFailure): "live" | "absent" | "failed" {
  if (!("status" in answer)) return "failed";
  const document = parseBoundedJson(answer.body);
  if (isObject(document) && document.ok === true) return "live";
  return answer.status >= 500 ? "failed" : "absent";
}

function configOf(answer: Answer | TransportFailure): {
  answer: HttpSigns["config"];
  serverVersion?: string;
} {
  if (!("status" in answer)) return { answer: "none" };
  if (answer.status === 401) return { answer: errorTypeOf(answer) === "unauthorized" ? "locked" : "none" };
  const document = parseBoundedJson(answer.body);
  if (answer.status === 200 && isObject(document) && typeof document.basePath === "string") {
    const serverVersion = textOf(document.serverVersion);
    return { answer: "open", ...(serverVersion === undefined ? {} : { serverVersion }) };
  }
  return { answer: answer.status === 200 && marksOf(answer.body).isOpenClaw ? "page" : "none" };
}

/** `error.type` of a JSON error body. */
export function errorTypeOf(answer: { readonly body: string }): string | undefined {
  const document = parseBoundedJson(answer.body);
  const error = isObject(document) ? document.error : undefined;
  return isObject(error) ? textOf(error.type) : undefined;
}
