import { collect } from "../../core/collect.ts";
import type { AdmissionInput } from "../../core/connection.ts";
import { knownValue, unknown, whyUnknown } from "../../core/fact.ts";
import { type Saying, say } from "../../core/saying.ts";
import { nodeWorld, type World } from "../../deployments/world.ts";
import { collectOptions } from "../pure/derived.ts";
import { newBrowserHere } from "../pure/what-if/input.ts";
import { type Credentials, Live } from "./look.ts";

export interface HereOptions {
  readonly credentials?: Credentials;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly salt: string;
  readonly signal: AbortSignal;
  readonly learn: (secrets: readonly string[]) => void;
  /** This machine when absent. */
  readonly world?: World;
  /** The release that is asked about: enough to answer for, where no gateway tells its own. */
  readonly asked?: string;
}

export type HereInput =
  | { readonly input: AdmissionInput; readonly supposed?: Saying }
  /** What is not known, and what to give instead. */
  | { readonly missing: Saying; readonly todo: Saying };

/**
 * The connection of a new browser to the gateway that is found here, as `diagnose` would judge it. Where none is found,
 * that of a new browser on the gateway's own host to the release that is asked about; `supposed` says so.
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
    const supposed = say("supposed-browser", { release: asked });
    return { input: { release: asked, config, connection: newBrowserHere() }, supposed };
  }
  return {
    missing: why === undefined ? say("nothing-to-start-from") : say("nothing-to-start-from-as", { why }),
    todo: say("describe-connection"),
  };
}
