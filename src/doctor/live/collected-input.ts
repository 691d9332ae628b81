import { collect } from "../../core/collect.ts";
import type { AdmissionInput } from "../../core/connection.ts";
import { knownValue, unknown, whyUnknown } from "../../core/fact.ts";
import { type Saying, say } from "../../core/saying.ts";
import { nodeWorld, type World } from "../../deployments/world.ts";
import { collectOptions } from "../pure/derived.ts";
import { type Credentials, Live } from "./look.ts";

export interface HereOptions {
  readonly credentials?: Credentials;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly salt: string;
  readonly signal: AbortSignal;
  readonly learn: (secrets: readonly string[]) => void;
  /** This machine when absent. */
  readonly world?: World;
  /** What to answer for where no gateway tells its own release: the one that is asked about. */
  readonly asked?: Pick<AdmissionInput, "release" | "connection">;
}

export type HereInput =
  | { readonly input: AdmissionInput; readonly supposed?: Saying }
  /** What is not known, and what to give instead. */
  | { readonly missing: Saying; readonly todo: Saying };

/**
 * The connection of a new browser to the gateway that is found here, as `diagnose` would judge it. Where none is found,
 * what is asked about; `supposed` says so.
 */
export async function collectedInput(options: HereOptions): Promise<HereInput> {
  const { env, salt, signal, learn, credentials, asked, world = nodeWorld({ env }) } = options;
  const live = new Live({
    target: { kind: "found" },
    world,
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
  const config = knownValue(facts.config)?.effective ?? {};
  if (connection !== undefined && release !== undefined) return { input: { release, config, connection } };
  const why = facts.assessment.known ? undefined : whyUnknown(facts.assessment);
  if (asked !== undefined) {
    return { input: { ...asked, config }, supposed: say("supposed-browser", { release: asked.release }) };
  }
  return {
    missing: why === undefined ? say("nothing-to-start-from") : say("nothing-to-start-from-as", { why }),
    todo: say("describe-connection"),
  };
}
