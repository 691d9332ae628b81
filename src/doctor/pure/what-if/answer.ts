import { admit } from "../../../admission/admit.ts";
import { gatesAhead } from "../../../admission/gates-ahead.ts";
import { notStarted, startupProblem } from "../../../admission/try-remedy.ts";
import { isLoopbackHost, scopeOf } from "../../../core/address.ts";
import type { AdmissionInput } from "../../../core/connection.ts";
import type { Exposure, OwnThings, Target } from "../../../core/facts.ts";
import type { Remedy } from "../../../core/finding.ts";
import type { Answer } from "../../../report/what-if.ts";
import { adviceFor } from "../advice.ts";
import { upgradeChanges } from "./upgrade.ts";

/**
 * The model's answer, the remedies that the checks advise for it, and what is other than in the release `from`, where
 * that is another one.
 */
export function answer(input: AdmissionInput, from = input.release): Answer {
  if (from === input.release) return answerNow(input);
  return { ...answerNow(input), upgrade: upgradeChanges({ ...input, release: from }, input.release) };
}

function answerNow(input: AdmissionInput): Answer {
  const startup = startupProblem(input.release, input.config);
  if (startup !== undefined) return { startup, admission: notStarted(startup), remedies: [] };
  const admission = admit(input);
  if (admission.outcome === "admitted") return { admission, remedies: [] };
  const ahead = gatesAhead(input);
  return { admission, remedies: remediesFor(input), ahead };
}

function remediesFor(input: AdmissionInput): Pick<Remedy, "id" | "risk">[] {
  const advice = adviceFor(input, { target: targetOfInput(input) });
  const remedies = new Map<string, Pick<Remedy, "id" | "risk">>();
  for (const { id, risk, after } of advice) if (after === "admitted") remedies.set(id, { id, risk });
  return [...remedies.values()];
}

/** The gateway of a question: nobody looks at it. */
export function targetOfInput(input: AdmissionInput): Target {
  return { kind: "offline", name: "what-if", exposure: exposureOf(input), own: askedAbout(input) };
}

/** Whoever asks about a connection says that its page and its proxy are theirs. */
function askedAbout({ connection: { headers, remoteAddress } }: AdmissionInput): OwnThings {
  const { origin } = headers;
  return { ...(origin === undefined ? {} : { origin }), proxies: [remoteAddress] };
}

/**
 * How far this connection shows the gateway to be reachable: a client that came from a public address, or a
 * page under a public name, means public; so does everything that is not seen to be private.
 */
function exposureOf({ connection }: AdmissionInput): Exposure {
  const { remoteAddress, headers } = connection;
  const clients = [remoteAddress, ...(headers["x-forwarded-for"] ?? "").split(",")].map((address) =>
    address.trim(),
  );
  const inside = clients
    .filter((address) => address !== "")
    .every((address) => scopeOf(address) === "private" || isLoopbackHost(address));
  const host = (headers.host ?? "").replace(/:\d{1,5}$/, "");
  if (!inside || host === "") return inside && host === "" ? "private" : "public";
  if (isLoopbackHost(host)) return "private";
  return scopeOf(host) === "private" || /\.(?:local|lan|internal|home\.arpa)$/i.test(host)
    ? "private"
    : "unknown";
}
