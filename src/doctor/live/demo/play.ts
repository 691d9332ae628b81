import { randomBytes } from "node:crypto";
import { admit } from "../../../admission/admit.ts";
import { browserDevice, isSecureContext } from "../../../admission/page.ts";
import { readConfig } from "../../../config/read.ts";
import { collect, type Facts } from "../../../core/collect.ts";
import { known, unknown } from "../../../core/fact.ts";
import type { FactName } from "../../../core/facts.ts";
import { compareReleases } from "../../../core/release.ts";
import { say } from "../../../core/saying.ts";
import type { DeploymentAccess } from "../../../deployments/types.ts";
import { placeAt } from "../../../deployments/url.ts";
import { nodeWorld } from "../../../deployments/world.ts";
import { startEmbeddedGateway } from "../../../gateway/embedded/server.ts";
import { probeUserAgent } from "../../../gateway/protocol.ts";
import { visitAsPage } from "../../../gateway/visit-page.ts";
import { collectOptions } from "../../pure/derived.ts";
import { Live } from "../look.ts";
import type { Scenario } from "./scenarios.ts";

export interface Played {
  readonly facts: Facts;
  /** The console of the embedded gateway. */
  readonly log: readonly string[];
  readonly url: string;
}

const BROWSER =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

export interface PlayOptions {
  readonly facts: readonly FactName[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly salt: string;
  readonly signal: AbortSignal;
  readonly learn?: (secrets: readonly string[]) => void;
}

/**
 * Starts the embedded gateway in the scenario, lets the user's browser visit it, and collects the facts of it
 * over a real socket as a live diagnosis does. Ends the gateway.
 */
export async function play(
  scenario: Scenario,
  { facts, env, salt, signal, learn }: PlayOptions,
): Promise<Played> {
  const token = randomBytes(24).toString("hex");
  const log: string[] = [];
  const config = { gateway: { ...scenario.gateway, auth: { mode: "token", token } } };
  const gateway = await startEmbeddedGateway({
    release: scenario.release,
    config,
    admit,
    onLog: (line) => log.push(line),
    // The doctor comes from this machine, as it would with a real one; only the browser comes the long way.
    peer: (headers) => (headers["user-agent"] === probeUserAgent ? undefined : scenario.peer),
  });
  try {
    const withPort = JSON.stringify({ gateway: { port: gateway.port, ...config.gateway } }).replaceAll(
      "{port}",
      String(gateway.port),
    );
    if (JSON.stringify(config).includes("{port}")) {
      gateway.reconfigure(JSON.parse(withPort) as typeof config, ["gateway.controlUi.allowedOrigins"]);
    }
    const origin = scenario.origin.replace("{port}", String(gateway.port));
    await visitAsPage({
      url: gateway.url,
      origin,
      userAgent: BROWSER,
      ...(scenario.token === "missing" ? {} : { token: scenario.token === "right" ? token : "an-old-token" }),
      device: browserDevice(scenario.release, isSecureContext(origin)) !== "absent",
      sendBuildId: compareReleases(scenario.release, "2026.8.1") >= 0,
      timeoutMs: 10_000,
    });
    await lineOfVisit(log);
    if (scenario.down) await gateway.close();
    const live = new Live({
      target: { kind: "url", url: gateway.url },
      world: nodeWorld({ env }),
      salt,
      release: unknown("not-asked", say("nobody-said")),
      origin,
      asBrowser: false,
      allowPlaintextToken: false,
      insecureTls: false,
      timeoutMs: 10_000,
      place: {
        ...placeAt(gateway.url, memoryAccess(withPort, log, scenario, salt), undefined, false),
        listensHere: true,
      },
      ...(learn === undefined ? {} : { learn }),
    });
    const collected = await collect(facts, live.collectors(), collectOptions(signal));
    return { facts: collected, log, url: gateway.url };
  } finally {
    if (!scenario.down) await gateway.close();
  }
}

/** The gateway writes its line when the socket has closed, a moment after the page has its answer; HTTP 403 leaves none. */
async function lineOfVisit(log: readonly string[]): Promise<void> {
  for (let i = 0; i < 40 && !log.some((line) => /closed before connect|connected conn=/.test(line)); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Config and log of the embedded gateway, as they would be read from files. */
function memoryAccess(
  text: string,
  log: readonly string[],
  scenario: Scenario,
  salt: string,
): DeploymentAccess {
  const path = "openclaw.json";
  const { reading, secrets } = readConfig({
    text,
    path,
    stateDir: ".",
    env: {},
    release: scenario.release,
    salt,
  });
  const prefix = scenario.logPrefix ?? "";
  const bytes = new TextEncoder().encode(log.map((line) => `${prefix}${line}\n`).join(""));
  return {
    names: {},
    config: async () => known({ reading, ...secrets }, path),
    logs: async () => known([{ name: "gateway.log", chunks: once(bytes) }], "gateway.log"),
    devices: async () => unknown("not-asked", say("devices-in-memory")),
    release: async () =>
      known({ version: scenario.release, confidence: "likely", from: "package.json" }, "package.json"),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
