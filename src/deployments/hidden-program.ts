import { findLogFiles } from "./log-files.ts";
import type { GatewayProcess } from "./processes.ts";
import type { UnitFiles } from "./unit-files.ts";
import type { World } from "./world.ts";

/** Of the end of a log: some hundred lines. */
const TAIL = 262_144;
const MAX_LOG = 8 * 1024 * 1024;

/**
 * Where the code of a gateway is whose command line does not show it, as 2026.2.1 writes its title over its own: what its
 * unit starts, or pm2; else what wrote its log, whose lines name their file there (`_meta.path.filePath`) and at the start
 * the process (`listening on ws://127.0.0.1:18789 (PID 406)`, run 2026.2.1), where only root or the gateway's user could
 * have written that. `configured`: the log file that its config names. Whoever runs what is there looks whose it is.
 */
export async function installDirBehind(
  world: World,
  { pid, env, uid, home }: GatewayProcess,
  unit: Pick<UnitFiles, "env"> | undefined,
  configured?: string,
): Promise<string | undefined> {
  const words = [...(unit?.env.exec ?? []), env?.pm_exec_path?.reveal() ?? ""];
  for (const word of words) {
    const found = /^(\/.{1,400})\/(?:dist\/(?:index|entry)\.m?js|openclaw\.mjs)$/.exec(word)?.[1];
    if (found !== undefined) return found;
  }
  if (uid === undefined) return undefined;
  const { files } = await findLogFiles(world, {
    trusted: new Set([uid]),
    home: home ?? world.homedir,
    uid,
    ...(configured === undefined ? {} : { configured }),
    ...(env?.OPENCLAW_PROFILE === undefined ? {} : { profile: env.OPENCLAW_PROFILE.reveal() }),
  });
  const last = files.at(-1);
  if (last === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of world.stream(last.path, Math.max(last.start, last.end - TAIL), last.end)) {
      chunks.push(chunk);
      if (chunks.reduce((sum, { length }) => sum + length, 0) > MAX_LOG) break;
    }
  } catch {
    return undefined;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const named = programsIn(text.split("\n").filter((line) => line.includes(`(PID ${pid})`)));
  const all = named.size > 0 ? named : programsIn([text]);
  const [only] = all;
  return all.size === 1 ? only : undefined;
}

function programsIn(texts: readonly string[]): ReadonlySet<string> {
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/"filePath":"(\/[^"\\]{1,400}\/openclaw)\/dist\//g)].map(([, path = ""]) => path),
    ),
  );
}

/** The process with where its code is, where the log that its config names tells it. */
export async function wholeProgram(
  world: World,
  gateway: GatewayProcess | undefined,
  configured: string | undefined,
): Promise<GatewayProcess | undefined> {
  if (gateway === undefined || gateway.installDir !== undefined || configured === undefined) return gateway;
  const installDir = await installDirBehind(world, gateway, undefined, configured);
  return installDir === undefined ? gateway : { ...gateway, installDir };
}
