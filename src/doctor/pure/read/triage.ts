import type { Facts } from "../../../core/collect.ts";
import { knownValue } from "../../../core/fact.ts";
import type { Lang } from "../../../core/languages.ts";
import type { LogSource } from "../../../logs/digest.ts";
import { type OfflineOptions, offlineFacts } from "../offline.ts";
import type { Given } from "./given.ts";
import { type Handed, type InputRead, type SortedInputs, sortInputs } from "./inputs.ts";

export interface TriageOptions extends Omit<OfflineOptions, "sources" | "given" | "name"> {
  readonly handed: readonly Handed[];
  /** Random, one for each run. */
  readonly salt: string;
  /** Hears every secret of the documents before anything is read as a log. */
  readonly learn?: (secrets: readonly string[]) => void;
}

export interface Triaged {
  readonly facts: Facts;
  /** Every input, what archives hold included, and what it was taken for. */
  readonly inputs: readonly InputRead[];
  /** Of the people who wrote in it; absent where nobody did. */
  readonly lang?: Lang;
}

/** Whatever was handed in, in any mixture: recognised by its content, joined into facts. */
export async function triageFacts(options: TriageOptions): Promise<Triaged> {
  const { handed, salt, learn, secrets = [], signal, ...rest } = options;
  const sorted = await sortInputs(handed, signal);
  // Readers of configs and manifests are loaded where there is something for them.
  const given: Given =
    sorted.documents.length === 0
      ? { units: [], lines: [], secrets: [] }
      : await (await import("./given.ts")).givenBy(sorted.documents, salt);
  learn?.(given.secrets);
  const facts = await offlineFacts({
    ...rest,
    name: handed.map(({ name }) => name).join(", "),
    signal,
    secrets: [...secrets, ...given.secrets],
    given,
    sources: () => allLogs(sorted, given.lines),
  });
  const digest = knownValue(facts.logs);
  const silent = new Set(digest?.sources.filter(({ events }) => events === 0).map(({ name }) => name));
  return {
    facts,
    ...(sorted.lang === undefined ? {} : { lang: sorted.lang }),
    inputs: sorted.read.map((one) =>
      silent.has(one.name) && (one.as === "log" || one.as === "text") && one.with === undefined
        ? { ...one, as: "not-recognised" }
        : one,
    ),
  };
}

async function* allLogs(
  sorted: SortedInputs,
  lines: readonly { readonly name: string; readonly lines: readonly string[] }[],
): AsyncGenerator<LogSource> {
  yield* sorted.logs();
  for (const { name, lines: own } of lines) yield { name, chunks: [`${own.join("\n")}\n`] };
}
