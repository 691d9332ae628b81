import { isObject } from "../core/json.ts";
import { safeText } from "../core/text.ts";

/** Entries of a recording that are read, frames of each, and characters of a frame. */
const MAX_ENTRIES = 5000;
const MAX_FRAMES = 200;
const MAX_FRAME = 4096;

/**
 * What a browser's recording (HAR) tells of the gateway's socket, as the lines in which browsers and the gateway itself
 * say the same: an upgrade that was refused, answers with an error, and the code that ended it. Headers and whatever
 * else has credentials in it are not read.
 */
export function harLines(value: unknown): readonly string[] {
  const log = isObject(value) && isObject(value.log) ? value.log : {};
  const entries = Array.isArray(log.entries) ? log.entries.slice(0, MAX_ENTRIES) : [];
  return entries.flatMap((entry) => (isObject(entry) ? linesOf(entry) : []));
}

function linesOf(entry: Readonly<Record<string, unknown>>): readonly string[] {
  const request = isObject(entry.request) ? entry.request : {};
  const response = isObject(entry.response) ? entry.response : {};
  const url = typeof request.url === "string" ? withoutSecrets(request.url) : "";
  const frames = Array.isArray(entry._webSocketMessages) ? entry._webSocketMessages : [];
  const isSocket = /^wss?:/.test(url) || frames.length > 0 || entry._resourceType === "websocket";
  if (!isSocket) return refusedPage(response);
  const status = typeof response.status === "number" ? response.status : 0;
  const socket = url.replace(/^http/, "ws");
  const failed = [response._error, entry._error].find((one) => typeof one === "string" && one !== "");
  const upgrade =
    status === 101
      ? []
      : [
          status > 0
            ? `WebSocket connection to '${socket}' failed: Error during WebSocket handshake: Unexpected response code: ${status}`
            : `WebSocket connection to '${socket}' failed${failed === undefined ? "" : `: ${safeText(String(failed), 200)}`}`,
        ];
  return [...answeredBy(response), ...upgrade, ...frames.slice(-MAX_FRAMES).flatMap(frameLines)];
}

/** The one header that has no secret in it and tells what stands in front of the gateway. */
function answeredBy(response: Readonly<Record<string, unknown>>): readonly string[] {
  const headers = Array.isArray(response.headers) ? response.headers.slice(0, 200) : [];
  const server = headers.find(
    (one) => isObject(one) && typeof one.name === "string" && /^(?:server|via)$/i.test(one.name),
  );
  return isObject(server) && typeof server.value === "string"
    ? [`the answer's server header: ${safeText(server.value, 100)}`]
    : [];
}

/** An HTTP answer with the gateway's own words for why it is none of the page. */
function refusedPage(response: Readonly<Record<string, unknown>>): readonly string[] {
  const { status, content } = response;
  if (typeof status !== "number" || status < 400 || !isObject(content) || typeof content.text !== "string")
    return [];
  const text = content.text.slice(0, MAX_FRAME).replace(/[\r\n]+/g, " ");
  return /^\s{0,40}\{\s{0,40}"error"/.test(text) ? [...answeredBy(response), text] : [];
}

/** What the gateway answered; what the page sent has its token in it. */
function frameLines(frame: unknown): readonly string[] {
  if (!isObject(frame) || frame.type === "send" || typeof frame.data !== "string") return [];
  const data = frame.data.slice(0, MAX_FRAME);
  const isError = /"ok"\s{0,4}:\s{0,4}false|"error"|pairing required|unauthorized|origin not allowed/.test(
    data,
  );
  const close = frame.opcode === 8 ? /^(\d{4})[ :]{0,2}(.{0,200})$/.exec(data) : null;
  if (close !== null) return [`WebSocket connection closed: code=${close[1]}, reason="${close[2]}"`];
  return isError ? [data.replace(/[\r\n]+/g, " ")] : [];
}

function withoutSecrets(url: string): string {
  return safeText(url.replace(/[?#].*$/s, ""), 300);
}
