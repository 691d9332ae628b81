import { runToEnd } from "../command.ts";
import { destinationWords, type SshHost } from "./address.ts";

/** What the user's own configuration makes of a host. */
export interface SshSettings {
  /** The host's name or address as others know it: what was written may be an alias. */
  readonly hostname: string;
  /** It is reached through another host or a program, so that its address need not lead there from here. */
  readonly isBehind: boolean;
}

/** `ssh -G` reads files only. */
const SETTINGS_MS = 3000;

/** Asks `ssh`, without a connection; what was written, where it does not tell. */
export async function settingsOf(
  host: SshHost,
  env: Readonly<Record<string, string | undefined>>,
  identity?: string,
): Promise<SshSettings> {
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const key = identity === undefined ? [] : ["-i", identity];
  const settings = await runToEnd(["ssh", "-G", ...key, ...destinationWords(host)], {
    env: Object.fromEntries(set),
    cwd: process.cwd(),
    signal: AbortSignal.timeout(SETTINGS_MS),
    timeoutMs: SETTINGS_MS,
  });
  const text = settings.known && settings.value.exitCode === 0 ? settings.value.stdout : "";
  const name = /^hostname ([A-Za-z0-9_.:-]{1,253})$/m.exec(text)?.[1];
  return {
    hostname: name === undefined || name.startsWith("-") ? host.host : name.toLowerCase(),
    isBehind: /^proxy(?:jump|command) (?!none$)\S/m.test(text),
  };
}
