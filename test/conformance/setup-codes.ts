// Bootstrap tokens of a running gateway, made by the release's own code: what `openclaw qr` shows is made of one.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Gateway } from "../real/rig/gateway.ts";
import { run } from "../real/rig/processes.ts";

const MAKER = "issueDeviceBootstrapToken";

/** Prints `count` tokens, one a line; the store is the gateway's own. */
function script(file: string, count: number): string {
  return `
    const all = await import(${JSON.stringify(pathToFileURL(file).href)});
    const make = Object.values(all).find((it) => typeof it === "function" && it.name === ${JSON.stringify(MAKER)});
    for (let i = 0; i < ${count}; i++) console.log("setup-code " + (await make()).token);
    process.exit(0);
  `;
}

/** Empty for a release that knows none. */
export async function issueSetupCodes(gateway: Gateway, count: number): Promise<string[]> {
  const file = makerOf(path.join(gateway.installed.packageDir, "dist"));
  if (file === undefined || count === 0) return [];
  const argv = [gateway.installed.node, "--input-type=module", "-e", script(file, count)];
  const { stdout } = await run(gateway.host.inside(argv), {
    env: gateway.cliEnv(),
    cwd: gateway.home,
    timeoutMs: 60_000,
  });
  return [...stdout.matchAll(/^setup-code (\S+)$/gm)].map(([, token = ""]) => token);
}

/** The module that exports the maker; the others only use it. */
function makerOf(dist: string): string | undefined {
  for (const name of readdirSync(dist)) {
    if (!/\.m?js$/.test(name)) continue;
    const file = path.join(dist, name);
    const text = readFileSync(file, "utf8");
    if (text.includes(`function ${MAKER}(`) && new RegExp(`export \\{[^}]*\\b${MAKER}\\b`).test(text))
      return file;
  }
  return undefined;
}
