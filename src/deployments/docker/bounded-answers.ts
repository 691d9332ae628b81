import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from "node:http";
import { request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { isObject, parseBoundedJson } from "../../core/json.ts";

/** Bytes of one document: the list of some thousand containers. */
export const MAX_ANSWER = 16 * 1024 * 1024;
/** Of an error's document, of which one sentence is shown. */
const MAX_ERROR = 65_536;
/** For an answer that is not hurried: stopping waits for a container's own time to end. Milliseconds. */
const PATIENT_MS = 600_000;
/** Of a document, from its head to its end. */
const DOCUMENT_MS = 10_000;

/** An answer that does not end: `ERR_ANSWER_TOO_LONG`, `ERR_ANSWER_LATE`; or that is none: `ERR_ANSWER_UNREADABLE`. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly code: "ERR_ANSWER_TOO_LONG" | "ERR_ANSWER_LATE" | "ERR_ANSWER_UNREADABLE";

  constructor(code: AnswerError["code"]) {
    super(code);
    this.code = code;
  }
}

interface Call {
  readonly isStream?: boolean;
  readonly openStdin?: boolean;
  readonly hijack?: boolean;
  readonly statusCodes: Readonly<Record<number, true | string>>;
}

/** What is used of docker-modem 5, which its types keep private. */
interface Modem {
  readonly protocol: string;
  /** Quiet time, milliseconds; `undefined` where the call may take long. */
  readonly timeout: number | undefined;
  buildPayload(
    error: null,
    isStream: boolean | undefined,
    statusCodes: Call["statusCodes"],
    openStdin: boolean | undefined,
    request: ClientRequest,
    response: IncomingMessage,
    json: null,
    done: Done,
  ): void;
}

type Done = (error: unknown, result?: unknown) => void;

/**
 * Makes a modem give up on answers without end: docker-modem keeps every byte of a document, waits for each as long
 * as there is another within its quiet time, and never calls back when a document breaks off. What is handed on as a
 * stream is bounded by whoever reads it ({@link withinBounds}).
 */
export function boundAnswers(modem: Docker["modem"]): void {
  Object.assign(modem, { buildRequest });
}

function buildRequest(
  this: Modem,
  options: RequestOptions,
  call: Call,
  data: string | Buffer | Readable | undefined,
  callback: Done,
): void {
  let isDone = false;
  const done: Done = (error, result) => {
    if (isDone) return;
    isDone = true;
    clearTimeout(late);
    callback(error, result);
  };
  const giveUp = (): void => {
    request.destroy(new AnswerError("ERR_ANSWER_LATE"));
    done(new AnswerError("ERR_ANSWER_LATE"));
  };
  const late = setTimeout(giveUp, this.timeout === undefined ? PATIENT_MS : this.timeout * 2);
  let request: ClientRequest;
  try {
    request = (this.protocol === "https" ? requestHttps : requestHttp)(options);
  } catch (error) {
    done(error);
    return;
  }
  if (this.timeout !== undefined) request.setTimeout(this.timeout, giveUp);
  if (call.hijack === true)
    request.on("upgrade", (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      done(null, socket);
    });
  request.on("response", (response) => {
    const isGood = call.statusCodes[response.statusCode ?? 0] === true;
    if (isGood && call.isStream === true) {
      this.buildPayload(null, true, call.statusCodes, call.openStdin, request, response, null, done);
      return;
    }
    const stalled = setTimeout(giveUp, DOCUMENT_MS);
    documentOf(response, isGood ? MAX_ANSWER : MAX_ERROR)
      .then((document) => (isGood ? done(null, document) : done(refusal(response, call, document))), done)
      .finally(() => {
        clearTimeout(stalled);
        response.destroy();
      });
  });
  request.on("error", (error) => done(error));
  if (typeof data === "string" || Buffer.isBuffer(data)) request.write(data);
  else if (data !== undefined) {
    data.on("error", (error) => request.destroy(error));
    data.pipe(request);
    return;
  }
  if (call.openStdin !== true) request.end();
}

/** JSON as what it says; anything else as its bytes, as docker-modem has it. */
async function documentOf(response: IncomingMessage, most: number): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    parts.push(chunk);
    size += chunk.length;
    if (size > most) throw new AnswerError("ERR_ANSWER_TOO_LONG");
  }
  const bytes = Buffer.concat(parts);
  const document = parseBoundedJson(bytes.toString("utf8"));
  if (document === undefined && /json/i.test(response.headers["content-type"] ?? "") && size > 0)
    throw new AnswerError("ERR_ANSWER_UNREADABLE");
  return document ?? bytes;
}

/** The engine says no: as docker-modem tells it. */
function refusal({ statusCode = 0 }: IncomingMessage, { statusCodes }: Call, document: unknown): Error {
  const reason = statusCodes[statusCode];
  const { message, error } = isObject(document) ? (document as Refused) : {};
  const cause = String(message ?? error ?? document).slice(0, 2000);
  return Object.assign(new Error(`(HTTP code ${statusCode}) ${reason ?? "unexpected"} - ${cause} `), {
    reason,
    statusCode,
    json: document,
  });
}

interface Refused {
  readonly message?: unknown;
  readonly error?: unknown;
}

/**
 * The bytes of an answer, at most `bytes` of them and for `ms`; its connection is closed afterwards.
 * @throws {AnswerError} there are more, or they come later.
 */
export async function* withinBounds(
  answer: Readable,
  { bytes, ms }: { readonly bytes: number; readonly ms: number },
): AsyncGenerator<Uint8Array> {
  const late = setTimeout(() => answer.destroy(new AnswerError("ERR_ANSWER_LATE")), ms);
  let seen = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      seen += chunk.length;
      if (seen > bytes) throw new AnswerError("ERR_ANSWER_TOO_LONG");
      yield chunk;
    }
  } finally {
    clearTimeout(late);
    answer.destroy();
  }
}
