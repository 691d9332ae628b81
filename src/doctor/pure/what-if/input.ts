import { type BadInput, type Parsed, parsed } from "../../../core/bad-input.ts";
import type {
  AdmissionConfig,
  AdmissionInput,
  Connection,
  ConnectionDevice,
} from "../../../core/connection.ts";
import { isObject, parseBoundedJson } from "../../../core/json.ts";
import { isRelease } from "../../../core/release.ts";
import { inEnglish, type Saying, say } from "../../../core/saying.ts";
import { safeText } from "../../../core/text.ts";
import { misfitOfConfig } from "./config-shape.ts";
import { misfitOf } from "./shape.ts";

/** Connections that are asked about in one run. */
export const MAX_INPUTS = 20_000;
const TOO_MANY = say("too-many-inputs", { count: MAX_INPUTS });

/** Of one connection and its config; the model compares every hop with every proxy. */
const MAX_TEXT = 8192;
const MAX_LIST = 1000;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads one object, or JSON lines of them, in the shape of the observed admissions. What a line leaves out
 * is filled with what a new browser with the right token on this machine would have; `release` stands for the
 * release of lines that name none. What is wrong is told with the line's number.
 */
export function parseInputs(
  text: string,
  name: string,
  release: string | undefined,
): Parsed<readonly AdmissionInput[]> {
  try {
    return parsed(inputsOf(text, name, release));
  } catch (error) {
    if (error instanceof Unfit) return { ok: false, bad: error.bad };
    throw error;
  }
}

/** @throws {Unfit} */
function inputsOf(text: string, name: string, release: string | undefined): readonly AdmissionInput[] {
  const whole = parseBoundedJson(text);
  if (isObject(whole)) return [toInput(whole, `${name}`, release)];
  if (Array.isArray(whole)) {
    if (whole.length > MAX_INPUTS) throw usage(name, TOO_MANY);
    return whole.map((item, index) => toInput(item, `${name}[${index}]`, release));
  }
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, index }));
  const told = lines.filter(({ line }) => line.trim() !== "");
  if (told.length > MAX_INPUTS) throw usage(name, TOO_MANY);
  const inputs = told.map(({ line, index }) =>
    toInput(parseBoundedJson(line), `${name}:${index + 1}`, release),
  );
  if (inputs.length === 0) throw usage(name, say("nothing-in-it"));
  return inputs;
}

function toInput(value: unknown, where: string, release: string | undefined): AdmissionInput {
  if (!isObject(value)) throw usage(where, say("no-json-object"));
  const named = value.release ?? release;
  if (typeof named !== "string" || !isRelease(named)) {
    throw usage(
      where,
      named === undefined
        ? say("release-missing")
        : say("release-not-known", { value: safeText(JSON.stringify(named), 60) }),
    );
  }
  if (isTooMuch(value)) throw usage(where, say("too-long-or-many", { count: MAX_TEXT, most: MAX_LIST }));
  if (value.config !== undefined && !isObject(value.config)) throw usage(where, say("config-no-object"));
  if (value.connection !== undefined && !isObject(value.connection))
    throw usage(where, say("connection-no-object"));
  const config: AdmissionConfig = value.config ?? {};
  const misfit = misfitOf(value) ?? misfitOfConfig(named, config);
  if (misfit !== undefined) throw new Unfit({ what: shownInput(where), ...misfit });
  return {
    release: named,
    config,
    connection: toConnection((value.connection ?? {}) as Json, where),
    ...(value.start === "first" || value.start === "later" ? { start: value.start } : {}),
  };
}

/** Its nesting was bounded when it was parsed. */
function isTooMuch(value: unknown): boolean {
  if (typeof value === "string") return value.length > MAX_TEXT;
  if (typeof value !== "object" || value === null) return false;
  const parts: readonly unknown[] = Object.values(value);
  return parts.length > MAX_LIST || parts.some(isTooMuch);
}

/** Of a question that fits (`misfitOf`): what is left out is that of a new browser with the right token. */
function toConnection(value: Json, where: string): Connection {
  const client = isObject(value.client) ? value.client : {};
  const headers = isObject(value.headers) ? (value.headers as Connection["headers"]) : {};
  const device = isObject(value.device) ? value.device : { state: "unpaired" };
  if (device.state === undefined) throw usage(where, say("device-state-missing"));
  return {
    ...value,
    remoteAddress: textOr(value.remoteAddress, "127.0.0.1"),
    headers: Object.fromEntries(Object.entries(headers).map(([key, header]) => [key.toLowerCase(), header])),
    client: { ...client, id: textOr(client.id, "openclaw-control-ui"), mode: textOr(client.mode, "webchat") },
    role: textOr(value.role, "operator"),
    scopes: (value.scopes as Connection["scopes"] | undefined) ?? [
      "operator.admin",
      "operator.approvals",
      "operator.pairing",
    ],
    auth: (value.auth as Connection["auth"] | undefined) ?? "valid",
    device: device as unknown as ConnectionDevice,
  };
}

/** A new browser with the right token on the gateway's own host. */
export function newBrowserHere(): Connection {
  return toConnection({ headers: { host: "127.0.0.1:18789", origin: "http://127.0.0.1:18789" } }, "");
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" ? value : fallback;
}

/** Ends the reading from wherever in it; never leaves this file. */
class Unfit extends Error {
  readonly bad: BadInput;

  constructor(bad: BadInput) {
    super(inEnglish(bad.why));
    this.bad = bad;
  }
}

function usage(where: string, why: Saying): Unfit {
  const todo = say("give-input", {
    input: '{"release": "2026.3.13", "config": {…}, "connection": {…}}',
  });
  return new Unfit({ what: shownInput(where), why, todo });
}

function shownInput(where: string): string {
  return `--input ${safeText(where, 200)}`;
}
