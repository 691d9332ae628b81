import { defineCheck } from "../src/core/check.ts";
import { type Fact, knownValue } from "../src/core/fact.ts";
import type {
  ConfigReading,
  Deployment,
  Evidence,
  PortHolder,
  ProbeReading,
  Refusal,
} from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import type { LogEvent, PortHeldEvent } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { say } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import { isPageServed, NOBODY_BEHIND } from "./edge-blocks-upgrade.ts";
import { args, explainRefusals, type GateFacts, WANTED } from "./lib/explain-refusals.ts";
import { isElsewhere, mayBeElsewhere } from "./lib/nobody-at-loopback.ts";
import { human, startGateway } from "./lib/remedies.ts";
import { besideDown } from "./lib/tell-apart.ts";
import type { LoggedFacts } from "./lib/trusted-proxy.ts";
import { isMisled } from "./lib/unpublished-port.ts";
import { inspected } from "./lib/workload.ts";

/** Reach states and wordings with which nothing answers at all; a reset or an empty reply is another cause. */
const DOWN = new Set([
  "refused",
  "timeout",
  "dns",
  "connection-refused",
  "econnrefused",
  "abnormal-closure",
  "startup-failed",
  "invalid-config",
  "port-held",
  "stranger",
]);

/** Reasons that have words of their own. */
const TOLD: ReadonlySet<string> = new Set(["stranger", "invalid-config", "port-held", "page-failed", "dns"]);

export default defineCheck({
  id: "gateway-down-or-starting",
  code: "OPD101",
  title: "The gateway is up and answers",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs", "probe"],
  causedBy: [
    "bind-loopback-in-container",
    "allowed-origins-required-startup",
    "trusted-proxy-token-conflict",
    "retired-identity-files",
    "certificate-not-trusted",
  ],
  diagnose(facts) {
    const events = knownValue(facts.wanted.logs)?.events ?? [];
    const failed = events.filter((event) => event.type === "startup-failed");
    const config = rejectedConfig(events);
    const program = events.findLast((event) => event.type === "port-held");
    const url = knownValue(facts.wanted.target)?.url;
    // Where people open it: a browser takes no ws://.
    const page = url?.replace(/^ws/, "http");
    const deployment = knownValue(facts.wanted.deployment);
    const state = deployment?.workload?.state;
    // What the engine says of it settles that nothing is behind the port, not even on loopback.
    const ended = state !== undefined && state !== "running";
    const seen = ended ? (deployment?.evidence.filter(isInspection).slice(0, 1) ?? []) : [];
    const workload = deployment?.workload;
    const holder = knownValue(facts.wanted.probe)?.reach.holder;
    // Asked where it is, it answers; a state of the container that the engine shows says more.
    const inside = ended ? undefined : events.findLast(isAnswerInside);
    const last = ended ? (workload?.error ?? workload?.lastLines?.at(-1)) : undefined;
    return explainRefusals(facts as GateFacts, {
      explains: (refusal) =>
        !isOfStoppedPage(refusal, facts as LoggedFacts) &&
        ((isDown(refusal) && !isMisled(refusal, facts as GateFacts) && !isElsewhere(refusal, facts)) ||
          isProxyAlone(refusal, facts.wanted.probe) ||
          isOther(refusal, facts.wanted.probe) ||
          refusal.reason === "page-failed"),
      variant: (refusal) => {
        if (isOther(refusal, facts.wanted.probe)) return holder === undefined ? "not-openclaw" : "port-held";
        if (lacksAuth(refusal, failed)) return "auth-required";
        if (inside !== undefined && isRefusedOutside(refusal)) return "answers-inside";
        return TOLD.has(refusal.reason ?? "") ? refusal.reason : undefined;
      },
      args: (refusal) => {
        if (refusal.reason === "invalid-config") return args({ ...config.args });
        if (refusal.reason === "port-held") return args(holderOf(program));
        if (isOther(refusal, facts.wanted.probe))
          return args({ url, page, ...holder, detail: answerOf(facts.wanted.probe) });
        if (refusal.reason === "page-failed") return args({ url, page, status: refusal.httpStatus });
        return args({
          url,
          page,
          ...holder,
          detail: failed.at(-1)?.quote ?? last ?? refusal.evidence[0]?.quote,
        });
      },
      detail: ({ evidence }) => (failed.length > 0 || last !== undefined ? undefined : evidence[0]?.say),
      confidence: (refusal) => {
        if (isOther(refusal, facts.wanted.probe)) return holder === undefined ? "likely" : "certain";
        if (refusal.reason === "page-failed") return undefined;
        if (!isDown(refusal)) return refusal.reason === "not-openclaw" ? "likely" : "possible";
        // The page that tells of it was served by somebody.
        if (isLostByPage(refusal)) return "possible";
        return mayBeElsewhere(refusal, facts) ? "possible" : undefined;
      },
      tellApart: (refusal) =>
        ended || refusal.reason === "page-failed" || isOther(refusal, facts.wanted.probe)
          ? []
          : besideDown(refusal, facts as GateFacts),
      remedies: (refusal) => {
        const { reason } = refusal;
        if (reason === "page-failed") return [mendPage(facts.wanted.config)];
        if (isOther(refusal, facts.wanted.probe))
          return holder === undefined ? [lookPast()] : [endHolder(holder)];
        if (reason === "invalid-config") return [mendConfig(config.args, (workload?.restarts ?? 0) > 0)];
        if (reason === "port-held") return [endHolder(holderOf(program))];
        if (lacksAuth(refusal, failed)) return giveAuth(failed, deployment);
        if (reason === "dns") return [mendName()];
        if (inside !== undefined && isRefusedOutside(refusal))
          return [mendWay(inside.quote, deployment?.traits.contained === true)];
        return holder === undefined ? [startGateway(deployment)] : pastStranger(holder);
      },
      evidence: [
        ...config.evidence,
        ...seen,
        ...(inside === undefined ? [] : [evidenceOf(inside)]),
        ...lastWords(deployment?.workload, failed.length > 0),
        ...failed.slice(-2).map(evidenceOf),
      ],
    });
  },
});

interface ConfigFault {
  readonly args: {
    readonly path?: string | undefined;
    readonly line?: number | undefined;
    readonly column?: number | undefined;
    readonly key?: string | undefined;
  };
  readonly evidence: readonly Evidence[];
}

/** What the newest look at the file found, over the lines that tell of it. */
function rejectedConfig(events: readonly LogEvent[]): ConfigFault {
  const all = events.filter((event) => event.type === "config-error");
  const last = all.findLast(({ kind }) => kind === "invalid");
  if (last === undefined) return { args: {}, evidence: [] };
  const told = all.filter(
    ({ kind, source, line }) =>
      (kind === "invalid" || kind === "unrecognized-key") &&
      source === last.source &&
      Math.abs(line - last.line) <= 12,
  );
  const at = told.findLast(({ row }) => row !== undefined);
  return {
    args: {
      path: told.findLast(({ path }) => path !== undefined)?.path,
      line: at?.row,
      column: at?.column,
      key: told.find(({ kind }) => kind === "unrecognized-key")?.keys.join(", "),
    },
    evidence: told.slice(-3).map(evidenceOf),
  };
}

/** What an engine starts again and again by itself starts with the mended file, too. */
function mendConfig({ path, line, column, key }: ConfigFault["args"], restarts: boolean): Remedy {
  return {
    id: "mend-config",
    risk: "none",
    steps: [
      ...(line === undefined ? [] : [human("mend-syntax", { path, line, column })]),
      ...(key === undefined ? [] : [human("mend-key", { path, key })]),
      ...(line === undefined && key === undefined ? [human("mend-file", { path })] : []),
      ...(restarts ? [human("restarts-by-itself")] : [{ do: "gateway.start" } as const]),
    ],
  };
}

/** The gateway runs; what it serves the page from is not there, or not where it looks. */
function mendPage(config: Fact<ConfigReading>): Remedy {
  const controlUi = knownValue(config)?.effective.gateway?.controlUi;
  const root = controlUi?.root;
  return {
    id: "mend-page",
    risk: "restart",
    steps: [
      { do: "logs.show" },
      ...(controlUi?.enabled === false ? [human("page-switched-off")] : []),
      ...(typeof root === "string" ? [human("page-root", { path: root })] : []),
      human("page-files"),
      { do: "gateway.restart" },
    ],
  };
}

/** The last start ended because nothing guards the gateway: to start it once more ends in the same way. */
function lacksAuth({ reason }: Refusal, failed: readonly LogEvent[]): boolean {
  const last = failed.at(-1);
  return reason === "startup-failed" && last?.type === "startup-failed" && last.why === "auth-required";
}

/** On loopback the gateway starts without; in a container that would leave nobody who reaches it. */
function giveAuth(failed: readonly LogEvent[], deployment: Deployment | undefined): readonly Remedy[] {
  const { contained = false, clustered = false } = deployment?.traits ?? {};
  const isForBind = /refusing to bind/i.test(failed.at(-1)?.quote ?? "");
  return [
    { id: "set-gateway-auth", risk: "none", steps: [{ do: "token.generate" }, { do: "gateway.start" }] },
    ...(isForBind && !contained && !clustered
      ? [
          {
            id: "set-bind-loopback",
            risk: "restart" as const,
            steps: [
              human("nobody-outside"),
              { do: "config.set", key: "gateway.bind", value: "loopback" } as const,
              { do: "gateway.start" } as const,
            ],
          },
        ]
      : []),
  ];
}

/** Nobody was asked: the name leads to no machine, from where it was dialled. */
function mendName(): Remedy {
  return { id: "mend-name", risk: "none", steps: [human("resolve-name"), human("name-target")] };
}

/** It runs; what leads from the browser to it does not. */
function mendWay(quote: string, contained: boolean): Remedy {
  const way = /\bWSL/i.test(quote) ? "way-into-wsl" : contained ? "way-into-container" : "way-to-machine";
  return { id: "mend-way", risk: "none", steps: [human(way), { do: "gateway.status" }] };
}

function isAnswerInside(event: LogEvent): boolean {
  return event.type === "aside" && event.about === "answers-inside";
}

/** A browser that met nobody; who asked where the gateway is met it there. */
function isRefusedOutside({ gate, reason, from }: Refusal): boolean {
  return gate === "transport" && from === "client" && (reason === "refused" || reason === "timeout");
}

function lookPast(): Remedy {
  return {
    id: "look-past-answer",
    risk: "none",
    steps: [human("who-answers"), { do: "gateway.status" }, human("name-target")],
  };
}

function holderOf(event: PortHeldEvent | undefined) {
  return { port: event?.port, program: event?.program, pid: event?.pid, user: event?.user };
}

function endHolder(held: ReturnType<typeof holderOf> | PortHolder): Remedy {
  return {
    id: "free-port",
    risk: "restart",
    steps: [human("end-port-holder", { ...held }), { do: "gateway.start" }, { do: "gateway.status" }],
  };
}

/** Either it is the gateway, and its own user can look at it; or it is none, and has to leave the port. */
function pastStranger({ user, port }: PortHolder): readonly Remedy[] {
  return [
    { id: "look-as-owner", risk: "none", steps: [human("look-as-owner", { user })] },
    {
      id: "free-port",
      risk: "restart",
      steps: [human("free-port", { user, port }), { do: "gateway.start" }, { do: "gateway.status" }],
    },
  ];
}

/** Why it ended, in the engine's words and its own; what the log's own lines say of a failed start stays. */
function lastWords(workload: Workload | undefined, told: boolean): readonly Evidence[] {
  if (workload === undefined) return [];
  const { oomKilled, error, healthOutput, lastLines = [], shownBy } = workload;
  const last = told ? undefined : lastLines.at(-1);
  return [
    ...(oomKilled === true ? [inspected(workload, say("out-of-memory"))] : []),
    ...(error === undefined ? [] : [inspected(workload, error)]),
    ...(healthOutput === undefined ? [] : [inspected(workload, say("health-check", { text: healthOutput }))]),
    ...(last === undefined ? [] : [{ fact: "deployment" as const, source: shownBy.lastLines, quote: last }]),
  ];
}

function isInspection({ origin }: Evidence): boolean {
  return origin?.of === "workload";
}

function isDown({ gate, reason }: Refusal): boolean {
  return gate === "transport" && (reason === undefined || DOWN.has(reason));
}

function isLostByPage({ reason, client, from }: Refusal): boolean {
  return reason === "abnormal-closure" && client === "control-ui" && from === "client";
}

/** The page's 1006, where an answer that is no upgrade says what ended its socket, or the page itself is served. */
function isOfStoppedPage(refusal: Refusal, facts: LoggedFacts): boolean {
  if (!isLostByPage(refusal)) return false;
  const answered = facts.refusals.some(
    ({ gate, reason, httpStatus }) =>
      gate === "transport" && reason === "not-upgraded" && !NOBODY_BEHIND.has(httpStatus ?? 0),
  );
  return answered || isPageServed(facts);
}

/** We met an answer that is no gateway's, and no proxy's that has nobody behind it. */
function isOther({ reason, from }: Refusal, probe: Fact<ProbeReading>): boolean {
  return (
    from === "probe" && reason === "not-openclaw" && !NOBODY_BEHIND.has(knownValue(probe)?.http.status ?? 0)
  );
}

/** `HTTP 403, "403 Forbidden", nginx`: what it said of itself. */
function answerOf(probe: Fact<ProbeReading>): string | undefined {
  const { status, title, server } = knownValue(probe)?.http ?? {};
  const said = [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(title === undefined ? [] : [`"${title}"`]),
    ...(server === undefined ? [] : [server]),
  ];
  return said.length === 0 ? knownValue(probe)?.reach.detail : said.join(", ");
}

/** A proxy that answers 502 to 504 has nobody behind it; one that answers the upgrade alone so may stop that alone. */
function isProxyAlone({ gate, reason, from, httpStatus }: Refusal, probe: Fact<ProbeReading>): boolean {
  if (gate !== "transport") return false;
  const status = from === "probe" ? knownValue(probe)?.http.status : httpStatus;
  if (reason === "socket-failed") return true;
  return (reason === "not-openclaw" || reason === "not-upgraded") && NOBODY_BEHIND.has(status ?? 0);
}
