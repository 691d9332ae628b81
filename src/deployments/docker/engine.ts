import type { Agent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type Docker from "dockerode";
import { safeText } from "../../core/text.ts";
import { runToEnd, trustedProgram } from "../command.ts";
import type { EngineAddress } from "./addresses.ts";
import { boundAnswers } from "./bounded-answers.ts";
import { type SshAddress, settingsWords } from "./ssh-address.ts";
import { SshAgent, SshError } from "./ssh-agent.ts";

export { engineFailure, fieldsOf } from "./failure.ts";

/** An engine's API. What is published by it is at `host`, where that is not this machine. */
export interface Engine {
  readonly name: string;
  readonly api: Docker;
  readonly host?: string;
  /** As `DOCKER_HOST` for a command of this machine, where that needs no certificates. */
  readonly dockerHost?: string;
}

/** What dockerode takes, with what its types leave out. */
type Options = Docker.DockerOptions & { readonly agent?: Agent };

/** One call to the engine; the listing of thousands of containers takes a second. Milliseconds. */
const CALL_MS = 10_000;
/** `ssh -G` reads files only. */
const SETTINGS_MS = 3000;

/**
 * The API behind an address. Loads dockerode, which is large, so only here. `env`: for the user's `ssh`.
 * @throws whatever Node throws for certificates that are none; see `engineFailure`.
 */
export async function connectEngine(
  address: EngineAddress,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Engine> {
  const { default: Docker } = await import("dockerode");
  const { name, socket, host, port, tls, ssh } = address;
  // dockerode fills what is not named from DOCKER_HOST, so everything is named.
  const named: Options = {
    socketPath: socket,
    host: undefined,
    port,
    protocol: tls === undefined ? "http" : "https",
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: CALL_MS,
  };
  const open = (more: Options): Docker => {
    const api = unprompted(() => new Docker({ ...named, ...more }));
    boundAnswers(api.modem);
    return api;
  };
  if (ssh !== undefined) {
    const program = await trustedProgram("ssh", { env });
    if (!program.known)
      throw new SshError(program.reason === "denied" ? "failed" : "missing", safeText(program.detail, 300));
    // The name is never looked up: the agent's connections lead there.
    const api = open({ host: "http://engine", agent: new SshAgent(ssh, program.value, env) });
    return { name, api, ...elsewhere(await hostBehind(ssh, env)) };
  }
  if (host === undefined) {
    const dockerHost = socket === undefined ? {} : { dockerHost: `unix://${socket}` };
    return { name, api: open({}), ...dockerHost };
  }
  const url = `${named.protocol}://${host.includes(":") ? `[${host}]` : host}`;
  const { ca, cert, key, unverified } = tls ?? {};
  const agent =
    tls === undefined
      ? {}
      : { agent: new HttpsAgent({ ca, cert, key, rejectUnauthorized: unverified !== true }) };
  return { name, api: open({ host: url, ...agent }), ...elsewhere(host) };
}

/**
 * Makes it without DOCKER_HOST. dockerode reads that by itself, whatever it is given, and the certificates of
 * DOCKER_CERT_PATH with it, and throws when one of them is missing.
 */
function unprompted(make: () => Docker): Docker {
  const host = process.env.DOCKER_HOST;
  delete process.env.DOCKER_HOST;
  try {
    return make();
  } finally {
    if (host !== undefined) process.env.DOCKER_HOST = host;
  }
}

function elsewhere(host: string): { readonly host?: string } {
  return host === "localhost" || /^127\./.test(host) || host === "::1" ? {} : { host };
}

/** The host's name as others know it: what was written may be an alias of ssh's own configuration. */
async function hostBehind(
  address: SshAddress,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const settings = await runToEnd(["ssh", ...settingsWords(address)], {
    env: Object.fromEntries(set),
    cwd: process.cwd(),
    signal: AbortSignal.timeout(SETTINGS_MS),
    timeoutMs: SETTINGS_MS,
  });
  const text = settings.known && settings.value.exitCode === 0 ? settings.value.stdout : "";
  const name = /^hostname ([A-Za-z0-9_.:-]{1,253})$/m.exec(text)?.[1];
  return name === undefined || name.startsWith("-") ? address.host : name.toLowerCase();
}
