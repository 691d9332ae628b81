import { applySteps, startupProblem } from "../../../admission/try-remedy.ts";
import { type KeyType, KNOWN_KEYS, keyMeant, keyProblems } from "../../../config/keys.ts";
import { bad, type Parsed, parsed } from "../../../core/bad-input.ts";
import { closest } from "../../../core/closest.ts";
import type { AdmissionConfig, AdmissionInput } from "../../../core/connection.ts";
import type { ConfigProblem } from "../../../core/facts.ts";
import { type Saying, say } from "../../../core/saying.ts";
import { safeText } from "../../../core/text.ts";
import type { Change } from "./change.ts";
import { type Misfit, quotedWords } from "./shape.ts";

/**
 * The first key of a config that no release has, or the first value that can stand at its key in none. Where the release
 * itself refuses to start with that key, the answer says so and this does not.
 */
export function misfitOfConfig(release: string, config: AdmissionConfig): Misfit | undefined {
  const refused = startupProblem(release, config)?.key;
  const near = Object.keys(config).find(
    (key) => key !== "gateway" && closest(key, ["gateway"]) !== undefined,
  );
  if (near !== undefined) return noSuchKey(near, "gateway");
  for (const problem of keyProblems(config, release)) {
    if (problem.key === refused) continue;
    const misfit = misfitFor(problem);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

/** The change, if it can be asked about for these inputs: its keys are some release's, their values fit. */
export function askable(inputs: readonly AdmissionInput[], change: Change): Parsed<Change> {
  for (const [option, keys] of [
    ["--set", change.set.map(({ key }) => key)],
    ["--unset", change.unset.map((key) => key.trim())],
  ] as const) {
    const odd = keys.find((key) => key !== "gateway" && !key.startsWith("gateway."));
    if (odd !== undefined) return bad(`${option} ${safeText(odd, 120)}`, ...partsOf(besideGateway(odd)));
  }
  const oneOfEach = new Map(inputs.map((input) => [change.release ?? input.release, input]));
  for (const [release, { connection }] of oneOfEach) {
    // A config in which only this is set; empty where the release has no such key any more, or not yet.
    const configOf = (step: Change["set"][number]) =>
      applySteps({ release, config: {}, connection }, [step]).config;
    const slip = (key: string): Misfit | undefined => {
      const problems = keyProblems(nested(key), release).filter(({ kind }) => kind === "unknown-key");
      return problems.map(misfitFor).find((misfit) => misfit !== undefined);
    };
    for (const step of change.set) {
      const misfit = slip(step.key) ?? misfitOfConfig(release, configOf(step));
      if (misfit !== undefined) return bad(`--set ${safeText(step.key, 120)}`, ...partsOf(misfit));
    }
    for (const key of change.unset.map((text) => text.trim())) {
      const misfit = slip(key);
      if (misfit !== undefined) return bad(`--unset ${safeText(key, 120)}`, ...partsOf(misfit));
    }
  }
  return parsed(change);
}

/** A config in which this key stands, whether the release has it or not. */
function nested(key: string): unknown {
  return key.split(".").reduceRight<unknown>((value, part) => ({ [part]: value }), {});
}

function partsOf({ why, todo }: Misfit): readonly [why: Saying, todo: Saying] {
  return [why, todo];
}

/** Of a key that stands beside `gateway`: what is meant by it, if it is a slip. */
function besideGateway(key: string): Misfit {
  const [head = ""] = key.split(".");
  const meant = keyMeant(key) ?? closest(`gateway.${key}`, Object.keys(KNOWN_KEYS));
  if (meant !== undefined) return noSuchKey(key, meant);
  if (closest(head, ["gateway"]) !== undefined) return noSuchKey(key, `gateway${key.slice(head.length)}`);
  return {
    why: say("key-decides-nothing", { key: safeText(key, 120) }),
    todo: say("for-example", { example: "--set gateway.bind=lan" }),
  };
}

function misfitFor({ kind, key }: ConfigProblem): Misfit | undefined {
  const known = Object.hasOwn(KNOWN_KEYS, key) ? KNOWN_KEYS[key] : undefined;
  // A key that some release knows: the model has what this one does with it.
  if (kind === "unknown-key") return known === undefined ? noSuchKey(key, keyMeant(key)) : undefined;
  if (kind !== "wrong-type") return undefined;
  const todo = belongs(key === "gateway" ? "object" : (known?.type ?? "any"));
  return todo === undefined ? undefined : { why: say("value-does-not-fit", { key }), todo };
}

function noSuchKey(key: string, meant: string | undefined): Misfit {
  return {
    why: say("no-release-has-key", { key: safeText(key, 120) }),
    todo:
      meant === undefined ? say("see-config-keys") : say("did-you-mean", { detail: safeText(meant, 120) }),
  };
}

/** What to put at a key of this type; nothing where anything is let through. */
function belongs(type: KeyType): Saying | undefined {
  if (typeof type !== "string") return say("give-one-of", { choices: quotedWords(type) });
  switch (type) {
    case "boolean":
      return say("belongs-boolean");
    case "port":
      return say("belongs-port");
    case "number":
      return say("belongs-number");
    case "string":
      return say("belongs-text");
    case "strings":
      return say("belongs-texts");
    case "object":
      return say("belongs-object");
    // That there is a secret is all that counts, and a gateway starts with any prefix.
    case "secret":
    case "path-prefix":
    case "any":
      return undefined;
  }
}
