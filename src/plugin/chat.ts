import type { Lang } from "../core/languages.ts";
import { fill } from "../core/template.ts";
import { safeText } from "../core/text.ts";
import type { FixDocument, FixRequest } from "../report/fix-report.ts";
import type { JsonFinding, JsonReport } from "../report/json.ts";
import { documentOf, REFUSED } from "./ask-doctor.ts";
import type { ChatContext } from "./host.ts";
import { wordsFor } from "./words.ts";

/** Asks the command for a document; `undefined` where it gave none. */
export type Ask = (args: readonly string[], timeoutMs: number) => Promise<unknown>;

const LOOK_MS = 60_000;
const FIX_MS = 120_000;
/** Requests that are shown. */
const MOST = 5;

/** Who asks, as far as the host tells. `unknown`: a release that lets through whom it authorised and says no more. */
type Asker = "owner" | "other" | "unknown";

/**
 * What `/pairing_doctor` answers: while the Control UI is refused, the other channels still work. Markdown.
 *
 * An approval is of the one request whose id an owner typed. A release that does not tell who an owner is (2026.2.1,
 * 2026.3.13: only that the sender is on the allowlist) gets the diagnosis alone, with the command to type on the host.
 */
export async function answer(context: ChatContext, ask: Ask, lang: Lang): Promise<string> {
  const words = wordsFor(lang);
  const asker = askerOf(context);
  if (asker === "other") return words["owners-only"];
  const [verb, id, ...rest] = (context.args ?? "").trim().split(/\s+/).filter(Boolean);
  if (verb === undefined) return diagnosis(ask, lang, asker);
  if (verb !== "approve" || rest.length > 0) return words.usage;
  if (id === undefined || !REQUEST.test(id)) return words["no-request-id"];
  if (asker === "unknown") return fill(words["no-owners"], { command: `openclaw devices approve ${id}` });
  await context.assertOwnerCurrent?.();
  return approval(id, ask, lang);
}

/** A UUID, as every release makes them. */
const REQUEST = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const SCOPES = ["operator.admin", "operator.pairing"];

function askerOf({ isAuthorizedSender, senderIsOwner, gatewayClientScopes }: ChatContext): Asker {
  // What a host hands over is not checked by a compiler: only `true` is a yes, and a no is beaten by no scope.
  if (isAuthorizedSender !== true) return "other";
  if (senderIsOwner !== undefined && senderIsOwner !== true) return "other";
  if (gatewayClientScopes !== undefined)
    return gatewayClientScopes.some((scope) => SCOPES.includes(scope)) ? "owner" : "other";
  return senderIsOwner === true ? "owner" : "unknown";
}

async function diagnosis(ask: Ask, lang: Lang, asker: Asker): Promise<string> {
  const words = wordsFor(lang);
  const report = documentOf(await ask(["diagnose", "--lang", lang], LOOK_MS)) as JsonReport | undefined;
  if (report === undefined) return words["no-answer"];
  const [finding] = report.findings.filter(({ severity }) => severity !== "info");
  if (finding === undefined)
    return report.verdict === "healthy" ? words.healthy : `${words.undetermined}\n\n${words["more-on-host"]}`;
  const waiting = asker === "owner" && approves(finding) ? await requests(ask, lang) : [];
  const told = waiting
    .filter(({ requestId }) => REQUEST.test(requestId))
    .map((request) => `- ${about(request)}\n  ${fill(words["approve-with"], { id: request.requestId })}`);
  return [
    `**${finding.code} ${unlinked(finding.title)}**`,
    unlinked(finding.message),
    unlinked(finding.fixHint),
    ...(told.length > 0 ? [`${words["request-waits"]}\n${told.join("\n")}`] : []),
    fenced(finding.remedies[0]?.commands ?? []),
    words["more-on-host"],
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** An origin or a host that somebody made up makes no link, no picture and no element, and calls nobody. */
function unlinked(text: string): string {
  return text
    .replace(/\](?=[([])/g, "] ")
    .replace(/<(?=[A-Za-z!/@#])/g, "< ")
    .replace(/@(?=(?:everyone|here|channel|all)\b)/gi, "@ ");
}

function approves({ remedies }: JsonFinding): boolean {
  return remedies.some(({ id }) => id === "approve-device");
}

async function requests(ask: Ask, lang: Lang): Promise<readonly FixRequest[]> {
  const plan = documentOf(await ask(["fix", "--dry-run", "--lang", lang], FIX_MS)) as FixDocument | undefined;
  const all = [...(plan?.requests ?? []), ...(plan?.candidates ?? [])];
  return [...new Map(all.map((request) => [request.requestId, request])).values()].slice(0, MOST);
}

/** What a device says of itself stands in a code span: it is a stranger's word. */
function about({ requestId, client, platform, address, role, scopes }: FixRequest): string {
  const parts = [requestId, client, platform, address, role, scopes.join(" ")];
  return parts.flatMap((part) => (part ? [`\`${safeText(part).replaceAll("`", "'")}\``] : [])).join(" · ");
}

async function approval(id: string, ask: Ask, lang: Lang): Promise<string> {
  const words = wordsFor(lang);
  const args = [
    "fix",
    "--remedy",
    "approve-device",
    "--request",
    id,
    "--yes",
    "--allow-risk",
    "grants-access",
  ];
  const end = (await ask([...args, "--lang", lang], FIX_MS)) as FixDocument | typeof REFUSED | undefined;
  if (end === REFUSED) return words["no-such-request"];
  if (end === undefined) return words["no-answer"];
  const outcome = [end.outcome, end.detail].filter((part) => part !== undefined).join(": ");
  return KEPT.has(end.outcome)
    ? fill(words.approved, { id, outcome })
    : fill(words["not-approved"], { outcome });
}

const KEPT: ReadonlySet<string> = new Set(["kept", "partly", "unproven"]);

function fenced(lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const text = lines.join("\n");
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `${fence}sh\n${text}\n${fence}`;
}
