import { open } from "node:fs/promises";
import { Secret } from "../core/secret.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./usage-error.ts";

export interface CredentialOptions {
  readonly tokenFile?: string;
  readonly tokenStdin?: boolean;
}

export interface Credentials {
  readonly token?: Secret;
  readonly password?: Secret;
  /** Where they are from, for people: `OPENCLAW_GATEWAY_TOKEN`, `--token-file`. */
  readonly source: string;
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
  io: Pick<Io, "env" | "stdin">,
  salt: string,
): Promise<Credentials | undefined> {
  if (options.tokenFile !== undefined && options.tokenStdin === true) {
    throw new UsageError(
      "--token-file and --token-stdin",
      "the token can come from one place only",
      "give one of them",
    );
  }
  if (options.tokenFile !== undefined) {
    const token = await readTokenFile(options.tokenFile);
    return { token: new Secret(token, salt), source: "--token-file" };
  }
  if (options.tokenStdin === true) {
    const token = firstLine(await readAll(io.stdin, MAX_SECRET), "standard input");
    return { token: new Secret(token, salt), source: "--token-stdin" };
  }
  const token = io.env.OPENCLAW_GATEWAY_TOKEN?.trim();
  const password = io.env.OPENCLAW_GATEWAY_PASSWORD?.trim();
  if (!token && !password) return undefined;
  return {
    ...(token ? { token: new Secret(token, salt) } : {}),
    ...(password ? { password: new Secret(password, salt) } : {}),
    source: token ? "OPENCLAW_GATEWAY_TOKEN" : "OPENCLAW_GATEWAY_PASSWORD",
  };
}

/** The path is never repeated: who takes the option for the token's own has typed the token there. */
async function readTokenFile(path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_SECRET) });
      return firstLine(buffer.toString("utf8", 0, bytesRead), "--token-file");
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new UsageError(
      "--token-file",
      `the file cannot be read (${code})`,
      "name a readable file that holds only the token",
    );
  }
}

function firstLine(text: string, where: string): string {
  const line =
    text
      .replace(/^\ufeff/, "")
      .split(/\r?\n/, 1)[0]
      ?.trim() ?? "";
  if (line === "")
    throw new UsageError(where, "there is no token in it", "write the token into its first line");
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
