import { collect } from "../../core/collect.ts";
import { type Fact, known, type Unknown, unknown, whyUnknown } from "../../core/fact.ts";
import type { Lang } from "../../core/languages.ts";
import { say } from "../../core/saying.ts";
import type { Secret } from "../../core/secret.ts";
import { nodeWorld, type World } from "../../deployments/world.ts";
import { type FleetGateway, type FleetPlace, gatewayLine, unseenLine } from "../../report/fleet.ts";
import { reportOf } from "../pure/case.ts";
import { collectOptions } from "../pure/derived.ts";
import { describeError } from "../pure/describe-error.ts";
import { VERSION } from "../pure/version.ts";
import { type FleetEntry, type FleetList, inShare, type Share } from "./fleet-list.ts";
import { LIVE_FACTS } from "./live-facts.ts";
import { Live } from "./look.ts";

export const FLEET_TOOL = { name: "openclaw-pairing-doctor", version: VERSION } as const;

export interface FleetOptions {
  readonly list: FleetList;
  /** The whole list when absent. */
  readonly share?: Share;
  /** For entries that name a namespace only. */
  readonly selector?: string;
  readonly env: World["env"];
  readonly salt: string;
  /** Looks at one time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Of each probe, milliseconds. */
  readonly timeoutMs: number;
  readonly allowPlaintextToken: boolean;
  readonly insecureTls: boolean;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly lang: Lang;
  /** The token of one gateway; `undefined`: none but what its own config has. */
  tokenOf(entry: FleetEntry): Promise<Fact<Secret | undefined>>;
  learn(secrets: readonly string[]): void;
  /** Takes each line as soon as it is there. */
  looked(line: FleetGateway): void;
  progress?(done: number, total: number): void;
}

/**
 * Looks at many gateways, some at a time. Of each look only its line is kept. One that cannot be looked at, or at which
 * the doctor itself fails, is a line like the others: `undetermined`.
 * @throws the signal's reason.
 */
export async function lookAtFleet(options: FleetOptions): Promise<void> {
  const { list, share, signal, concurrency, progress } = options;
  const world = nodeWorld({ env: options.env });
  const own = list.entries.filter((entry) => share === undefined || inShare(entry, share));
  const wholes = new Map<number, readonly FleetEntry[]>();
  await atATime(concurrency, own, async (entry) => {
    signal.throwIfAborted();
    if (isWhole(entry)) return wholes.set(entry.entry, [entry]);
    const found = await gatewaysOf(entry, options, world);
    if (found.known) return wholes.set(entry.entry, found.value);
    return options.looked(lost(placeOf(entry, options, performance.now()), found, options.lang));
  });
  const gateways = own.flatMap((entry) => wholes.get(entry.entry) ?? []);
  let done = 0;
  progress?.(done, gateways.length);
  await atATime(concurrency, gateways, async (entry) => {
    signal.throwIfAborted();
    const line = await lineOf(entry, options, world);
    signal.throwIfAborted();
    options.looked(line);
    done += 1;
    progress?.(done, gateways.length);
  });
}

async function atATime<T>(count: number, items: readonly T[], work: (item: T) => unknown): Promise<void> {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, worker));
}

/** It names one gateway. */
function isWhole({ target }: FleetEntry): boolean {
  return target.kind !== "kubernetes" || target.workload !== undefined;
}

async function gatewaysOf(
  entry: FleetEntry,
  { selector }: FleetOptions,
  world: World,
): Promise<Fact<readonly FleetEntry[]>> {
  const { target } = entry;
  if (target.kind !== "kubernetes") return known([entry], "the list");
  const { context, namespace } = target;
  // The client library is large, so only here.
  const { gatewaysOfCluster } = await import("../../deployments/kubernetes/fleet.ts");
  const found = await gatewaysOfCluster(world, {
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(selector === undefined ? {} : { selector }),
  });
  if (!found.known) return found;
  const { name: _name, ...rest } = entry;
  return known(
    found.value.map((one) => ({ ...rest, ...one })),
    found.source,
  );
}

function placeOf({ entry, written, name }: FleetEntry, { list }: FleetOptions, began: number): FleetPlace {
  return {
    list: list.id,
    entry,
    entries: list.entries.length,
    target: written,
    ...(name === undefined ? {} : { name }),
    at: new Date().toISOString(),
    tookMs: Math.round(performance.now() - began),
  };
}

async function lineOf(entry: FleetEntry, options: FleetOptions, world: World): Promise<FleetGateway> {
  const { lang, signal } = options;
  const began = performance.now();
  try {
    const token = await options.tokenOf(entry);
    if (!token.known) return lost(placeOf(entry, options, began), token, lang);
    const { target, release, origin } = entry;
    const { salt, timeoutMs, allowPlaintextToken, insecureTls } = options;
    const live = new Live({
      target,
      world,
      salt,
      release,
      timeoutMs,
      allowPlaintextToken,
      insecureTls,
      asBrowser: false,
      learn: options.learn,
      ...(origin === undefined ? {} : { origin }),
      ...(token.value === undefined ? {} : { credentials: { token: token.value } }),
    });
    try {
      const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(signal));
      const context = { platform: world.platform, home: world.homedir };
      const { only, skip } = options;
      const report = reportOf(facts, { only, skip, context, ...(origin === undefined ? {} : { origin }) });
      return gatewayLine(placeOf(entry, options, began), report, lang);
    } finally {
      await live.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const why = unknown("failed", say("fleet-fault", { text: describeError(error) }));
    return lost(placeOf(entry, options, began), why, lang);
  }
}

function lost(place: FleetPlace, why: Unknown, lang: Lang): FleetGateway {
  return unseenLine(place, { tool: FLEET_TOOL, why: whyUnknown(why), reason: why.reason, lang });
}
