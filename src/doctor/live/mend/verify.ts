import { isLoopbackHost } from "../../../core/address.ts";
import { collect, type Facts } from "../../../core/collect.ts";
import { knownValue } from "../../../core/fact.ts";
import type { Reach } from "../../../core/facts.ts";
import { asOrigin } from "../../../core/origin.ts";
import type { Verdict } from "../../../core/plan.ts";
import { atLeast } from "../../../core/release.ts";
import { quoted, type Saying, say } from "../../../core/saying.ts";
import { safeText } from "../../../core/text.ts";
import type { Verification } from "../../../core/transaction.ts";
import { probe } from "../../../gateway/probe.ts";
import { originOfSite } from "../../../kinds/proxy-site.ts";
import { collectOptions } from "../../pure/derived.ts";
import type { Prepared } from "../../pure/mend/prepared.ts";
import { LIVE_FACTS } from "../live-facts.ts";
import type { Opened } from "../opened.ts";
import type { Patient } from "./patient.ts";

/** A gateway that takes a change up in the background may answer with the old config for a moment. */
const TRIES = 4;
const PAUSE_MS = 2000;
const CLOSED_MS = 4000;

/**
 * Looks at the gateway again as at the first time, and once more as a browser where that is what the change is
 * about. It helped when the gateway lets through what it refused, the model says of the config that is there now
 * what was promised, and the devices that were approved are paired.
 */
export async function verifyFix(
  prepared: Prepared,
  patient: Pick<Patient, "opened" | "withDevices">,
  signal: AbortSignal,
): Promise<Verification> {
  let last: Verification = { helped: false, detail: say("not-looked-at") };
  for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
    if (tries > 0) await pause(PAUSE_MS, signal);
    const way = { ...originOf(prepared), ...throughOf(prepared) };
    const live = patient.opened.look({ asBrowser: needsBrowser(prepared), ...way });
    const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(signal));
    last = judge(prepared, prepared.requests.length > 0 ? await patient.withDevices(facts) : facts);
    const open = last.helped ? await stillOpen(prepared, signal) : undefined;
    if (open !== undefined) last = { helped: false, detail: say("still-open", { url: open }) };
    if (last.helped) return last;
  }
  return last;
}

/** The refused page's own origin: another one would be let through where this one is not. */
function originOf({ model }: Prepared): { origin?: string } {
  // It may come from a log, where anybody writes.
  const origin = asOrigin(model?.start.connection.headers.origin);
  return origin === undefined ? {} : { origin };
}

/** The page's address from now on, where a proxy that is there was told to serve it: it is asked as a browser would. */
function throughOf({ steps }: Prepared): { through?: string } {
  if (!steps.some(({ do: what }) => what === "proxy.reload")) return {};
  const site = steps.flatMap((step) => (step.do === "proxy.write" ? (step.site ?? []) : []))[0];
  return site === undefined ? {} : { through: originOfSite(site) };
}

/** The address at which the gateway answered without encryption, where it was to be closed and still answers. */
async function stillOpen({ steps, model }: Prepared, signal: AbortSignal): Promise<string | undefined> {
  const closes = steps.some((step) => step.do === "config.set" && step.key === "gateway.bind");
  const origin = asOrigin(model?.start.connection.headers.origin);
  if (!closes || !steps.some(({ do: what }) => what === "gateway.restart")) return undefined;
  if (origin === undefined || !origin.startsWith("http://") || isLoopbackHost(new URL(origin).hostname))
    return undefined;
  const { reach } = await probe({ url: origin, timeoutMs: CLOSED_MS, knock: true, signal });
  return reach.state === "open" ? origin : undefined;
}

/** After a fix that another run began: what it was to reach is not known any more, that the gateway runs is. */
export async function reachable(opened: Opened, signal: AbortSignal): Promise<Verification> {
  const live = opened.look({ asBrowser: false });
  const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(signal));
  const reach = knownValue(facts.probe)?.reach;
  return { helped: reach?.state === "open", detail: reachSaid(reach, say("no-answer-at-all")) };
}

/** Pairing is met by a client with a device only. Before 2026.3 such a client would leave an entry behind. */
function needsBrowser(prepared: Prepared): boolean {
  const { steps, model } = prepared;
  if (model === undefined || isNewWay(prepared)) return false;
  if (steps.some((step) => step.do === "device.approve")) return false;
  const began = model.oracle.verdict(model.start);
  const pairing = began.outcome === "refused" && began.gate === "pairing";
  return pairing && atLeast(model.start.release, "2026.3.0") === true;
}

export function judge(prepared: Prepared, facts: Facts): Verification {
  const probe = knownValue(facts.probe);
  const isOwnAuthority = isUntrustedByDesign(prepared, probe?.reach);
  if (probe === undefined || (probe.reach.state !== "open" && !isOwnAuthority)) {
    return { helped: false, detail: reachSaid(probe?.reach, say("gateway-silent")) };
  }
  const stopped = probe.attempts.find(({ result }) => result === "not-upgraded");
  if (stopped !== undefined && prepared.steps.some(({ do: what }) => what === "proxy.reload")) {
    const { httpStatus: status = 0 } = stopped;
    return { helped: false, detail: say("upgrade-still-stopped", { url: probe.url, status }) };
  }
  const unpaired = unpairedOf(prepared, facts);
  if (unpaired !== undefined)
    return { helped: false, detail: say("device-not-paired", { device: unpaired }) };
  const met = metAgain(prepared, facts);
  if (met !== undefined) return { helped: false, detail: say("met-again", { quote: met }) };
  if (prepared.model === undefined) return { helped: true, detail: quoted(probe.url) };
  const config = knownValue(facts.config)?.effective;
  if (config === undefined) return { helped: false, detail: say("config-unreadable") };
  const { oracle, after, expected } = prepared.model;
  const now = oracle.verdict({ ...after, config });
  return sameVerdict(now, expected)
    ? { helped: true, detail: told(now) }
    : { helped: false, detail: told(now) };
}

/** A proxy's own authority, which was asked for: a person lets their machine trust it. */
function isUntrustedByDesign({ steps }: Prepared, reach: Reach | undefined): boolean {
  const isInternal = steps.some(
    (step) =>
      step.do === "proxy.write" && step.site?.tls === "internal" && step.site.certificate === undefined,
  );
  const fault = reach?.say?.message;
  return isInternal && reach?.state === "tls" && (fault === "tls-authority" || fault === "tls-self-signed");
}

/** The probe was refused at the gate that was to be opened. */
function metAgain(prepared: Prepared, facts: Facts): string | undefined {
  const { model } = prepared;
  if (model === undefined || isNewWay(prepared)) return undefined;
  const began = model.oracle.verdict(model.start);
  if (began.outcome === "admitted") return undefined;
  const refusals = knownValue(facts.refusals) ?? [];
  // What we meet is told together with the line that the gateway wrote of the user's page there.
  const again = refusals
    .filter(({ from, over, gate }) => from !== "model" && !over && gate === began.gate)
    .flatMap(({ evidence }) => evidence.filter(({ fact }) => fact === "probe"));
  return again[0]?.quote;
}

/** The page is opened somewhere else from now on, behind what may not run yet; where it was, it is refused as before. */
function isNewWay({ remedies }: Prepared): boolean {
  return remedies.some(({ steps }) =>
    steps.some((step) => step.do === "proxy.write" || step.do === "tailscale.status"),
  );
}

function unpairedOf({ requests }: Prepared, facts: Facts): string | undefined {
  const paired = knownValue(facts.devices)?.paired ?? [];
  return requests.find(({ deviceId }) => !paired.some((one) => one.deviceId === deviceId))?.deviceId;
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  if (a.outcome === "admitted" || b.outcome === "admitted") return a.outcome === b.outcome;
  return a.gate === b.gate && a.reason === b.reason;
}

function told(verdict: Verdict): Saying {
  if (verdict.outcome === "admitted") return say("gateway-lets-it-in");
  const { gate, reason } = verdict;
  return reason === undefined ? say("refused-at", { gate }) : say("refused-again", { gate, reason });
}

/** What became of the connection that was tried. */
function reachSaid(reach: Reach | undefined, otherwise: Saying): Saying {
  return reach === undefined ? otherwise : (reach.say ?? quoted(safeText(reach.detail, 200)));
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
