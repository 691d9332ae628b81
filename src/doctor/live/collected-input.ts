import { bad, type Parsed, parsed } from "../../core/bad-input.ts";
import { collect } from "../../core/collect.ts";
import type { AdmissionInput } from "../../core/connection.ts";
import { knownValue, unknown, whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import { nodeWorld } from "../../deployments/world.ts";
import { collectOptions } from "../pure/derived.ts";
import { type Credentials, Live } from "./look.ts";

export interface HereOptions {
  readonly credentials?: Credentials;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly salt: string;
  readonly signal: AbortSignal;
  readonly learn: (secrets: readonly string[]) => void;
}

/** The connection of a new browser to the gateway that is found here, as `diagnose` would judge it. */
export async function collectedInput(options: HereOptions): Promise<Parsed<AdmissionInput>> {
  const { env, salt, signal, learn, credentials } = options;
  const live = new Live({
    target: { kind: "found" },
    world: nodeWorld({ env }),
    salt,
    release: unknown("not-asked", say("nobody-said"), "--release X"),
    asBrowser: false,
    allowPlaintextToken: false,
    insecureTls: false,
    timeoutMs: 15_000,
    learn,
    ...(credentials === undefined ? {} : { credentials }),
  });
  const facts = await collect(["release", "config", "assessment"], live.collectors(), collectOptions(signal));
  const connection = knownValue(facts.assessment)?.connection;
  const release = knownValue(facts.release)?.version;
  if (connection === undefined || release === undefined) {
    return bad(
      "what-if",
      facts.assessment.known
        ? say("nothing-to-start-from")
        : say("nothing-to-start-from-as", { why: whyUnknown(facts.assessment) }),
      say("describe-connection"),
    );
  }
  return parsed({ release, config: knownValue(facts.config)?.effective ?? {}, connection });
}
