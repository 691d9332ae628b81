import { admit } from "../../src/admission/admit.ts";
import { fitToGate } from "../../src/admission/fit-to-gate.ts";
import { pageScopes } from "../../src/admission/page.ts";
import { applySteps, keyStatus } from "../../src/admission/try-remedy.ts";
import type { Admission, AdmissionInput, Connection } from "../../src/core/connection.ts";
import { knownValue } from "../../src/core/fact.ts";
import type { Deployment, Refusal } from "../../src/core/facts.ts";
import type { Remedy, Step } from "../../src/core/finding.ts";
import { compareReleases } from "../../src/core/release.ts";
import { fromAddress, requestFor } from "../../src/core/requests.ts";
import { isLoopback } from "./addresses.ts";
import { args, type GateFacts, hostPort, originOf, portOf, releaseOf, remoteOf } from "./explain-refusals.ts";
import { asksNobodySince } from "./local-browser.ts";

const CLI = { id: "cli", mode: "cli" };

/** What the model is asked about a refusal: known only with a release and a connection. */
export function modelInput(refusal: Refusal, facts: GateFacts): AdmissionInput | undefined {
  const release = releaseOf(facts);
  const assessed = knownValue(facts.wanted.assessment)?.connection;
  if (release === undefined || assessed === undefined) return undefined;
  const seen = refusal.connection;
  const ownPath = refusal.from !== "log" || refusal.client === "control-ui";
  const connection: Connection = {
    ...assessed,
    ...(ownPath ? {} : seen),
    headers: { ...(refusal.client === "cli" ? {} : assessed.headers), ...seen.headers },
    ...(seen.remoteAddress === undefined ? {} : { remoteAddress: seen.remoteAddress }),
    client: seen.client ?? (refusal.client === "cli" ? CLI : assessed.client),
  };
  const config = knownValue(facts.wanted.config)?.effective;
  if (config !== undefined) return { release, config, connection };
  const input = { release, config: {}, connection };
  return refusal.from === "model" ? input : { ...input, config: fitToGate(input, refusal.gate) };
}

export function verdict(admission: Admission): NonNullable<Remedy["after"]> {
  if (admission.outcome === "admitted") return "admitted";
  const { gate = "unknown", reason } = admission;
  return reason === undefined ? { refusedAt: gate } : { refusedAt: gate, reason };
}

/**
 * The remedy with the model's verdict on it, where the model can be asked. A model that admits what was refused
 * does not know what stood in the way, so it has no say on a setting that is to take it away.
 */
export function tried(
  remedy: Remedy,
  refusal: Refusal,
  facts: GateFacts,
  change?: (input: AdmissionInput) => AdmissionInput,
): Remedy {
  const input = modelInput(refusal, facts);
  if (input === undefined) return remedy;
  // A change that no step stands for: what a person does elsewhere.
  if (change !== undefined) return { ...remedy, after: verdict(admit(change(input))) };
  return admit(input).outcome === "admitted" ? remedy : withVerdict(remedy, input);
}

/** The model lets in what was refused: what stood in the way is not in the line. */
export function isAdmittedByModel(refusal: Refusal, facts: GateFacts): boolean {
  const input = modelInput(refusal, facts);
  return input !== undefined && admit(input).outcome === "admitted";
}

/** Of a remedy that changes the device, the credential or the way: its end is the model's to say in any case. */
export function triedAlways(remedy: Remedy, refusal: Refusal, facts: GateFacts): Remedy {
  const input = modelInput(refusal, facts);
  return input === undefined ? remedy : withVerdict(remedy, input);
}

/** Of a remedy that takes something away: what the model says of the user's own page after it, which is let in now. */
export function triedOnOwnPage(remedy: Remedy, wanted: OwnPageFacts): Remedy {
  const assessment = knownValue(wanted.assessment);
  const config = knownValue(wanted.config)?.effective;
  const release = knownValue(wanted.release)?.version;
  if (assessment?.now.outcome !== "admitted" || config === undefined || release === undefined) return remedy;
  const judged = withVerdict(remedy, { release, config, connection: assessment.connection });
  const { after } = judged;
  if (typeof after !== "object" || after.refusedAt === "pairing") return judged;
  // Nothing that the page asks for then can be approved: it never gets so far as to ask.
  const first = alongside("locks-out", { gate: after.refusedAt });
  return { ...judged, steps: [first, ...judged.steps.filter((step) => !isApprovalOfBrowsers(step))] };
}

function isApprovalOfBrowsers(step: Step): boolean {
  return step.do === "human" && step.message === "approve-browsers-in-use";
}

type OwnPageFacts = Pick<GateFacts["wanted"], "assessment" | "config" | "release">;

function withVerdict(remedy: Remedy, input: AdmissionInput): Remedy {
  return { ...remedy, after: verdict(admit(applySteps(input, remedy.steps))) };
}

export const human = (message: string, values: Parameters<typeof args>[0] = {}): Step => ({
  do: "human",
  message,
  args: args(values),
});

/** Of a person, and it asks for nothing before the steps beside it. */
export const alongside = (message: string, values: Parameters<typeof args>[0] = {}): Step => ({
  do: "human",
  message,
  args: args(values),
  accompanies: true,
});

/**
 * After an approval some releases' open page connects by itself, others gave up (BROWSER.md, section 3). A node host has
 * ended with its refusal, and asks once more as a node where its release wants that; nobody reloads an app.
 */
function afterApproval({ client }: Refusal, facts: GateFacts): Step[] {
  if (client === "cli") return [];
  if (client === "node") return [alongside("start-node-again"), alongside("approve-node")];
  if (client === "app") return [alongside("connect-in-app")];
  if (client === "other") return [alongside("connect-again")];
  const page = knownValue(facts.wanted.assessment)?.page;
  if (page === undefined) return [alongside("reload-page")];
  return [alongside(page.connectsByItself ? "wait-for-page" : "press-connect")];
}

/**
 * The id that a log names, unless another request fits as well: then a person takes the right one from the list. One
 * that does not wait any more is none: it is over after five minutes, or another has taken its place.
 */
function requestIdOf(refusal: Refusal, facts: GateFacts): string | undefined {
  const { requestId, connection } = refusal;
  const waiting = knownValue(facts.wanted.devices)?.pending;
  if (requestId === undefined || waiting === undefined) return requestId;
  if (isNobodyWaiting(refusal, facts)) return undefined;
  const usual = pageScopes(knownValue(facts.wanted.release)?.version);
  const found = requestFor({ requestId, waiting, usual, askedFrom: fromAddress(connection.remoteAddress) });
  return found.choice === "ask" && found.requests.length > 1 ? undefined : requestId;
}

/** Whoever is to be let in makes the request. */
function askFirst({ client }: Refusal): Step {
  if (client === "app") return alongside("connect-in-app");
  return alongside(client === "control-ui" || client === "unknown" ? "ask-first" : "connect-again");
}

/** The gateway's list of now has no such request; one that somebody handed in may be older than the log. */
function isNobodyWaiting({ requestId, deviceId, from }: Refusal, { wanted }: GateFacts): boolean {
  const waiting = knownValue(wanted.devices)?.pending;
  const isHandedIn = knownValue(wanted.target)?.kind === "offline";
  if (waiting === undefined || isHandedIn) return from === "model" && requestId === undefined;
  if (requestId === undefined) return waiting.length === 0;
  return !waiting.some(
    (one) => one.deviceId === deviceId || one.requestId.startsWith(requestId.slice(0, 36)),
  );
}

export function approveDevice(refusal: Refusal, facts: GateFacts): Remedy {
  const requestId = requestIdOf(refusal, facts);
  const remedy: Remedy = {
    id: "approve-device",
    risk: "grants-access",
    steps: [
      // Nobody has come yet, or not for a while, so there is no request to choose.
      ...(requestId === undefined && isNobodyWaiting(refusal, facts) ? [askFirst(refusal)] : []),
      { do: "device.list" },
      alongside(requestId === undefined ? "choose-request" : "check-request"),
      requestId === undefined ? { do: "device.approve" } : { do: "device.approve", requestId },
      ...afterApproval(refusal, facts),
    ],
  };
  return triedAlways(remedy, refusal, facts);
}

/** From 2026.8.1 `openclaw dashboard --json --no-open` prints a one-time link that pairs the browser (BROWSER.md 1.10). */
export function dashboardLink(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const release = releaseOf(facts);
  if (release === undefined || compareReleases(release, "2026.8.1") < 0) return [];
  const origin = originOf(refusal, facts);
  const remedy: Remedy = {
    id: "open-dashboard-link",
    risk: "grants-access",
    steps: [
      { do: "dashboard.link", json: true },
      human("replace-link-origin", { origin }),
      human("open-in-browser"),
    ],
  };
  return [triedAlways(remedy, refusal, facts)];
}

export const INSECURE_AUTH: Remedy = {
  id: "set-allow-insecure-auth",
  risk: "weakens-security",
  steps: [{ do: "config.set", key: "gateway.controlUi.allowInsecureAuth", value: true }],
};

/** Offered only where the model says that it admits this connection, and nobody from outside can use it. */
export function allowInsecureAuth(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const exposure = knownValue(facts.wanted.target)?.exposure;
  if (exposure !== "loopback" && exposure !== "private") return [];
  const remedy = tried(INSECURE_AUTH, refusal, facts);
  return remedy.after === "admitted" ? [remedy] : [];
}

/** Through a tunnel the connection arrives at the gateway from 127.0.0.1 (measured: rig path ssh-tunnel). */
export function viaTunnel(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const { tunnel = "ssh-tunnel", translates } = knownValue(facts.wanted.deployment)?.traits ?? {};
  const port = tunnel === "port-forward" ? portOf(facts) : hostPort(facts);
  const remote = remoteOf(refusal, facts);
  const forwarded = refusal.connection.headers?.["x-forwarded-for"] !== undefined;
  if (remote !== undefined && isLoopback(remote) && !forwarded) return [];
  const remedy: Remedy = {
    id: tunnel,
    risk: "none",
    steps: [{ do: "ssh.tunnel", port }, human("open-on-loopback", { url: `http://127.0.0.1:${port}/` })],
  };
  // A container's published port stays behind Docker's network even at the end of a tunnel.
  if (translates === true) return [remedy];
  return [triedAlways(remedy, refusal, facts)];
}

/** `known`: origins of the same page, where it is known which are missing. */
export function addAllowedOrigin(refusal: Refusal, facts: GateFacts, known: readonly string[] = []): Remedy {
  const origin = originOf(refusal, facts) ?? known[0];
  const config = knownValue(facts.wanted.config);
  const present = config?.effective.gateway?.controlUi?.allowedOrigins;
  const remedy: Remedy = {
    id: "add-allowed-origin",
    risk: "none",
    args: args({ origin }),
    steps:
      origin === undefined
        ? [human("find-origin")]
        : [
            // Without the config the list that is there is not known, and `config set` replaces it whole.
            ...(config === undefined ? [alongside("keep-origins")] : []),
            {
              do: "config.set",
              key: "gateway.controlUi.allowedOrigins",
              value: [
                ...new Set([...(present ?? []).filter((one) => !isMeantAs(one, origin)), origin, ...known]),
              ],
            },
          ],
  };
  return tried(remedy, refusal, facts);
}

/** One more page in the list of a release that has it; others look at no origin, and do not start with the key. */
export function allowOrigin(
  release: string | undefined,
  present: readonly string[] | undefined,
  origin: string,
): readonly Step[] {
  const key = "gateway.controlUi.allowedOrigins";
  if (release !== undefined && keyStatus(release, key) === "unknown-key") return [];
  return [{ do: "config.set", key, value: [...new Set([...(present ?? []), origin])] }];
}

/** An entry with a slash or a path behind it matches no page; the one without stands in its place. */
function isMeantAs(entry: string, origin: string): boolean {
  return entry !== origin && URL.canParse(entry) && new URL(entry).origin === origin;
}

/** Takes entries out of gateway.trustedProxies; the whole key when nothing is left. */
export function untrust(entries: readonly string[], refusal: Refusal, facts: GateFacts): Remedy {
  const trusted = knownValue(facts.wanted.config)?.effective.gateway?.trustedProxies ?? [];
  const rest = trusted.filter((entry) => !entries.includes(entry));
  const key = "gateway.trustedProxies";
  return tried(
    {
      id: "remove-trusted-proxy",
      risk: "restart",
      args: { remote: entries.join(", ") },
      steps: [
        rest.length > 0 ? { do: "config.set", key, value: rest } : { do: "config.unset", key },
        alongside("reload-page"),
      ],
    },
    refusal,
    facts,
  );
}

/** Right token into the page; never in a URL that we print. */
export function pasteToken(refusal: Refusal, facts: GateFacts): Remedy {
  const remedy: Remedy = {
    id: "paste-token",
    risk: "none",
    steps: [{ do: "token.show" }, human("paste-token")],
  };
  return triedAlways(remedy, refusal, facts);
}

export function enterPassword(refusal: Refusal, facts: GateFacts): Remedy {
  return triedAlways(
    { id: "enter-password", risk: "none", steps: [human("enter-password")] },
    refusal,
    facts,
  );
}

export function alignToken(facts: GateFacts): Remedy {
  const source = knownValue(facts.wanted.config)?.origins["gateway.auth.token"];
  const places = source?.overrides ? `${source.source}, ${source.overrides.source}` : undefined;
  return {
    id: "align-token",
    risk: "restart",
    steps: [human("align-token", { places }), { do: "gateway.restart", afresh: true }],
  };
}

/** An upgrade helps when the newer release admits the same connection. */
export function upgradeTo(release: string, refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const now = releaseOf(facts);
  if (now === undefined || compareReleases(now, release) >= 0) return [];
  const remedy: Remedy = {
    id: "upgrade",
    risk: "restart",
    args: { release },
    steps: [human("upgrade", { release })],
  };
  return [triedAlways(remedy, refusal, facts)];
}

/** Past the releases that approve no browser by themselves. */
export function upgradePast(refusal: Refusal, facts: GateFacts): readonly Remedy[] {
  const now = releaseOf(facts);
  const since = now === undefined ? undefined : asksNobodySince(now);
  return since === undefined ? [] : upgradeTo(since, refusal, facts);
}

export function reloadPage(): Remedy {
  return { id: "reload-page", risk: "none", steps: [human("hard-reload")] };
}

export function updateClient(release: string | undefined): Remedy {
  return { id: "update-client", risk: "none", steps: [human("update-client", { release })] };
}

export function syncClock(): Remedy {
  return { id: "sync-clock", risk: "none", steps: [human("sync-clock")] };
}

/** One in a terminal beside the service that owns the gateway would hold its port. */
export function startGateway(deployment?: Deployment): Remedy {
  const isMachine = deployment !== undefined && !deployment.traits.contained && !deployment.traits.clustered;
  const ownerUnknown = isMachine && deployment.names.unit === undefined;
  return {
    id: "start-gateway",
    risk: "none",
    steps: [
      { do: "gateway.status" },
      { do: "logs.show" },
      ...(ownerUnknown ? [alongside("start-by-manager")] : []),
      { do: "gateway.start" },
    ],
  };
}

export function waitForStart(): Remedy {
  return { id: "wait-for-start", risk: "none", steps: [human("wait-for-start")] };
}

export function unsetKey(key: string, refusedRelease: boolean): Remedy {
  return {
    id: "unset-retired-keys",
    risk: "none",
    args: { key },
    // A release that rejects the key rejects `config unset` of it too; its own doctor takes it out.
    steps: [{ do: "config.unset", key, ...(refusedRelease ? { refused: true } : {}) }],
  };
}
