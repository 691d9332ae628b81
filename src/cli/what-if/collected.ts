import { collect } from "../../core/collect.ts";
import type { AdmissionInput } from "../../core/connection.ts";
import { knownValue, unknown } from "../../core/fact.ts";
import { nodeWorld } from "../../deployments/world.ts";
import { handedCredentials } from "../credentials.ts";
import { collectOptions } from "../derived.ts";
import { Live } from "../live.ts";
import type { Session } from "../main.ts";
import { UsageError } from "../usage-error.ts";

/**
 * The connection of a new browser to the gateway that is found here, as `diagnose` would judge it.
 *
 * @throws {UsageError} too little is known of a gateway here.
 */
export async function collectedInput({ io, out, salt }: Session): Promise<AdmissionInput> {
  const credentials = await handedCredentials({}, io, salt);
  const live = new Live({
    target: { kind: "found" },
    world: nodeWorld({ env: io.env }),
    salt,
    release: unknown("not-asked", "nobody said", "--release X"),
    asBrowser: false,
    allowPlaintextToken: false,
    insecureTls: false,
    timeoutMs: 15_000,
    learn: (secrets) => out.learn(secrets),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const facts = await collect(
    ["release", "config", "assessment"],
    live.collectors(),
    collectOptions(io.signal),
  );
  const connection = knownValue(facts.assessment)?.connection;
  const release = knownValue(facts.release)?.version;
  if (connection === undefined || release === undefined) {
    const why = facts.assessment.known ? "" : facts.assessment.detail;
    throw new UsageError(
      "what-if",
      `no gateway was found to start from (${why})`,
      "describe the connection with --input FILE",
    );
  }
  return { release, config: knownValue(facts.config)?.effective ?? {}, connection };
}
