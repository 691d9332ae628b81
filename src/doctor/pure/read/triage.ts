import type { Facts } from "../../../core/collect.ts";
import { knownValue } from "../../../core/fact.ts";
import type { Lang } from "../../../core/languages.ts";
import type { LogSource } from "../../../logs/digest.ts";
import type { BundledCase } from "../bundle.ts";
import { type OfflineOptions, offlineFacts } from "../offline.ts";
import { BY_FILE } from "../provide.ts";
import type { Given } from "./given.ts";
import { type Handed, type InputRead, type SortedInputs, sortInputs } from "./inputs.ts";
import type { IsOwn } from "./of-gateway.ts";

export interface TriageOptions extends Omit<OfflineOptions, "sources" | "given" | "name"> {
  readonly handed: readonly Handed[];
  /** Random, one for each run. */
  readonly salt: string;
  /** Hears every secret of the documents before anything is read as a log. */
  readonly learn?: (secrets: readonly string[]) => void;
  /** Where there are several gateways: what is of the one that is asked about. */
  readonly isOwn?: IsOwn;
}

export interface Triaged {
  readonly facts: Facts;
  /** Every input, what archives hold included, and what it was taken for. */
  readonly inputs: readonly InputRead[];
  /** Of all documents; they must be seen nowhere. */
  readonly secrets: readonly string[];
  /** Of a bundle: what its report was made of besides. */
  readonly made?: BundledCase;
  /** Of the people who wrote in it; absent where nobody did. */
  readonly lang?: Lang;
}

/** Whatever was handed in, in any mixture: recognised by its content, joined into facts. */
export async function triageFacts(options: TriageOptions): Promise<Triaged> {
  const { handed, salt, learn, secrets = [], signal, isOwn = () => true, ...rest } = options;
  const sorted = await sortInputs(handed, signal);
  const bundled = await bundledFacts(sorted);
  if (bundled !== undefined) return bundled;
  // Readers of configs and manifests are loaded where there is something for them.
  const documents = sorted.documents.filter(({ name, text }) => isOwn(name, text));
  const given: Given =
    documents.length === 0
      ? { units: [], lines: [], secrets: [] }
      : await (await import("./given.ts")).givenBy(documents, salt);
  learn?.(given.secrets);
  const facts = await offlineFacts({
    ...rest,
    name: handed.map(({ name }) => name).join(", "),
    signal,
    secrets: [...secrets, ...given.secrets],
    given,
    provide: BY_FILE,
    sources: () => allLogs(sorted, given.lines, isOwn),
  });
  const digest = knownValue(facts.logs);
  const silent = new Set(digest?.sources.filter(({ events }) => events === 0).map(({ name }) => name));
  return {
    facts,
    secrets: given.secrets,
    ...(sorted.lang === undefined ? {} : { lang: sorted.lang }),
    inputs: sorted.read.map((one): InputRead => {
      // One that could be read would have been.
      if (one.as === "bundle") return { ...one, why: "broken" };
      const isSilent = silent.has(one.name) && (one.as === "log" || one.as === "text");
      return isSilent && one.with === undefined ? { ...one, as: "not-recognised" } : one;
    }),
  };
}

/**
 * A bundle has everything that its gateway was asked. What came in its archive is of it; what was handed in besides may be
 * of another gateway.
 */
async function bundledFacts({ documents, read }: SortedInputs): Promise<Triaged | undefined> {
  const found = documents.find(({ as, line }) => as === "bundle" && line === undefined);
  if (found === undefined) return undefined;
  const { readBundle } = await import("../bundle.ts");
  const bundle = readBundle(found.text);
  if (bundle === undefined) return undefined;
  const folder = found.name.slice(0, found.name.lastIndexOf("/") + 1);
  return {
    facts: bundle.facts,
    secrets: [],
    made: bundle.made,
    inputs: read.flatMap((one): InputRead[] => {
      if (one.name === found.name) return [one];
      if (folder !== "" && one.name.startsWith(folder)) return [];
      return [{ name: one.name, as: "not-recognised", why: one.why ?? "beside-bundle" }];
    }),
  };
}

async function* allLogs(
  sorted: SortedInputs,
  lines: readonly { readonly name: string; readonly lines: readonly string[] }[],
  isOwn: IsOwn,
): AsyncGenerator<LogSource> {
  for await (const log of sorted.logs()) if (isOwn(log.name)) yield log;
  for (const { name, lines: own } of lines) yield { name, chunks: [`${own.join("\n")}\n`] };
}
