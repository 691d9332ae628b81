import type { Agent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type Docker from "dockerode";
import { safeText } from "../../core/text.ts";
import { trustedProgram } from "../command.ts";
import { settingsOf } from "../ssh/settings.ts";
import type { EngineAddress } from "./addresses.ts";
import { boundAnswers } from "./bounded-answers.ts";
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
    return { name, api, ...elsewhere((await settingsOf(ssh, env, ssh.identity)).hostname) };
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
