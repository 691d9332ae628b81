import { type Saying, say } from "../core/saying.ts";
import { Secret } from "../core/secret.ts";
import type { InputOptions } from "../deployments/input.ts";
import type { Credentials } from "../doctor/live/look.ts";
import type { Io } from "./io.ts";
import { readNamed } from "./named-input.ts";
import { UsageError } from "./usage-error.ts";

export interface CredentialOptions {
  readonly tokenFile?: string;
  readonly tokenStdin?: boolean;
}

/** Longest token that is read, bytes. */
const MAX_SECRET = 8192;

/**
 * Credentials that the user hands in, or `undefined`. What the gateway's own config holds comes later and
 * only fills a gap.
 *
 * @throws {UsageError} the file cannot be read, or is empty.
 */
export async function handedCredentials(
  options: CredentialOptions,
  io: Pick<Io, "env" | "stdin" | "signal">,
  salt: string,
): Promise<Credentials | undefined> {
  if (options.tokenFile !== undefined && options.tokenStdin === true) {
    throw new UsageError(
      say("both-options", { one: "--token-file", other: "--token-stdin" }),
      say("one-token"),
      say("give-one"),
    );
  }
  if (options.tokenFile !== undefined) {
    const token = await readTokenFile(options.tokenFile, io);
    return { token: new Secret(token, salt) };
  }
  if (options.tokenStdin === true) {
    const token = firstLine(await readAll(io.stdin, MAX_SECRET), say("standard-input"));
    return { token: new Secret(token, salt) };
  }
  const token = io.env.OPENCLAW_GATEWAY_TOKEN?.trim();
  const password = io.env.OPENCLAW_GATEWAY_PASSWORD?.trim();
  if (!token && !password) return undefined;
  return {
    ...(token ? { token: new Secret(token, salt) } : {}),
    ...(password ? { password: new Secret(password, salt) } : {}),
  };
}

/** @throws {UsageError} it cannot be read, or is empty. */
export async function readTokenFile(
  path: string,
  io: Pick<Io, "signal">,
  asked: Pick<InputOptions, "allows"> = {},
): Promise<string> {
  // What was named may be the token itself, by mistake.
  const what = "--token-file";
  const file = { path, what, todo: say("name-token-file") };
  return firstLine(await readNamed(file, { ...asked, maxBytes: MAX_SECRET, firstLine: true }, io), what);
}

function firstLine(text: string, where: string | Saying): string {
  const line =
    text
      .replace(/^\ufeff/, "")
      .split(/\r?\n/, 1)[0]
      ?.trim() ?? "";
  if (line === "") throw new UsageError(where, say("no-token-in-it"), say("token-first-line"));
  return line;
}

/** At most `max` bytes of a stream, as UTF-8. */
export async function readAll(stream: NodeJS.ReadableStream, max: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    chunks.push(bytes);
    size += bytes.length;
    if (size >= max) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, max);
}
