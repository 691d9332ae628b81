import type { ComposeReading, ComposeSecret } from "../core/compose.ts";
import type { Secret } from "../core/secret.ts";
import { safeText } from "../core/text.ts";
import type { ComposeProject, ComposeService } from "./project.ts";

/**
 * What a project says of the gateway's service, and by which of its files. `env`: of the container that runs, which
 * may have been made before the files said so.
 */
export function composeReading(
  project: ComposeProject,
  own: ComposeService,
  cli: ComposeService | undefined,
  env: Readonly<Record<string, Secret>>,
): ComposeReading {
  const bind = bindOf(own);
  const token = secretOf("OPENCLAW_GATEWAY_TOKEN", own, env);
  const password = secretOf("OPENCLAW_GATEWAY_PASSWORD", own, env);
  return {
    files: project.files.map(shown),
    service: own.name,
    definedIn: own.files.map(shown),
    ports: own.ports
      .filter(({ protocol }) => protocol === "tcp")
      .slice(0, 50)
      .map(({ address, published, target, at }) => ({
        address,
        ...(published === undefined ? {} : { port: published }),
        to: target,
        at: placeOf(at),
      })),
    ...(bind === undefined || own.commandAt === undefined
      ? {}
      : { bind: { value: bind, at: placeOf(own.commandAt) } }),
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
    ...(cli === undefined ? {} : { cli: cliOf(cli) }),
  };
}

function cliOf(cli: ComposeService): NonNullable<ComposeReading["cli"]> {
  const { name, networkMode, networkModeAt, files } = cli;
  return {
    service: name,
    ...(networkMode === undefined ? {} : { networkMode }),
    at: placeOf(networkModeAt ?? { path: files[0] ?? "" }),
  };
}

function placeOf({ path, line }: ComposeReading["ports"][number]["at"]): { path: string; line?: number } {
  return line === undefined ? { path: shown(path) } : { path: shown(path), line };
}

function shown(path: string): string {
  return safeText(path, 500);
}

function bindOf({ command }: ComposeService): string | undefined {
  let found: string | undefined;
  command.forEach((word, at) => {
    if (word === "--bind") found = command[at + 1];
    else if (word.startsWith("--bind=")) found = word.slice("--bind=".length);
  });
  return found;
}

function secretOf(
  name: string,
  own: ComposeService,
  env: Readonly<Record<string, Secret>>,
): ComposeSecret | undefined {
  const told = own.environment.get(name);
  const running = env[name];
  if (told === undefined || (told.value.reveal() === "" && running === undefined)) return undefined;
  const { source } = told;
  // What no file sets was set where Compose was started, and the container tells to what.
  const isForeign = source.from === "shell" && told.value.reveal() === "";
  const value = isForeign && running !== undefined ? running : told.value;
  return {
    ...placeOf(source),
    from: source.from,
    variable: safeText(source.variable, 100),
    fingerprint: value.fingerprint,
    isRunning: running?.equals(value) === true,
  };
}
