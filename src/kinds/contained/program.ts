import { isOfTheSystem, looksDrawn } from "../../core/drawn-values.ts";

/** How OpenClaw's CLI is run in a container: by the words of the gateway's own command. */
export function programIn(words: readonly string[]): string | undefined {
  const at = words.indexOf("gateway");
  const script = at < 1 ? undefined : words.slice(0, at).findLast((word) => !word.startsWith("-"));
  if (script === undefined) return undefined;
  if (/(?:^|\/)(?:openclaw|clawdbot|moltbot)$/.test(script)) return script;
  return /\.m?js$/.test(script) ? `node ${script}` : undefined;
}

/** Where the code is that a gateway's command runs; `/app` is upstream's image. */
export function installDirOf(words: readonly string[], cwd: string): string {
  const script = words.find((word) => /(?:^|\/)(?:dist\/(?:index|entry)\.m?js|openclaw\.mjs)$/.test(word));
  const whole = script === undefined ? undefined : below(cwd, script);
  return whole?.replace(/\/(?:dist\/(?:index|entry)\.m?js|openclaw\.mjs)$/, "") ?? "/app";
}

/** A path of the container, without `.` and `..`; these rooms run without a platform's own paths. */
function below(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Whether a variable's value is a secret: by its name, unless it only says where one is, or by how it looks. */
export function isSecretVariable(name: string, value: string): boolean {
  if (looksDrawn(value) && !isOfTheSystem(name, value)) return true;
  return /token|password|secret|key|credential/i.test(name) && !/^(?:~?\/|[A-Za-z]:\\)/.test(value);
}
