import { bad, type Parsed, parsed, shownWord } from "../../core/bad-input.ts";
import { say } from "../../core/saying.ts";
import { parseGatewayUrl, reachOfAddress } from "../../gateway/url.ts";
import { type FleetJob, fleetManifest } from "../../kinds/kubernetes/fleet-job.ts";
import { entryLines, type FleetEntry, type FleetList, MAX_SHARES } from "./fleet-list.ts";

export interface ManifestWish extends Pick<FleetJob, "name" | "namespace" | "concurrency" | "jobPerShare"> {
  readonly image: string | undefined;
  readonly shares: string;
  readonly tokensFrom: string | undefined;
  /** The list as it stands in its file. */
  readonly text: string;
  readonly list: FleetList;
}

/** What a ConfigMap holds, bytes: 1 MiB with its names. */
const MAX_MAP = 1_000_000;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/;
const OBJECT = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const IMAGE = /^[a-zA-Z0-9][\w.:/@-]{0,300}$/;
const TOKEN = /^tokens\/[\w.-]{1,200}$/;

/** YAML with which a cluster looks at a list; what cannot be looked at from a pod is refused here, not there. */
export function manifestOf(wish: ManifestWish): Parsed<string> {
  const { image, text, list, tokensFrom } = wish;
  const leaveOut = say("fleet-leave-out-or-run-here");
  for (const [option, name] of [
    ["--name", wish.name],
    ["--namespace", wish.namespace],
  ] as const)
    if (!LABEL.test(name))
      return bad(
        `${option} ${shownWord(name)}`,
        say("fleet-no-name"),
        say("for-example", { example: `${option} openclaw` }),
      );
  if (tokensFrom !== undefined && !OBJECT.test(tokensFrom))
    return bad("--tokens-from", say("fleet-no-name"), say("fleet-name-secret"));
  const example = say("for-example", { example: "--image registry.example.com/pairing-doctor:0.1.0" });
  if (image === undefined) return bad("--image", say("value-missing"), example);
  if (!IMAGE.test(image)) return bad(`--image ${shownWord(image)}`, say("fleet-no-image"), example);
  const shares = Number(wish.shares);
  if (!/^\d{1,4}$/.test(wish.shares) || shares < 1 || shares > MAX_SHARES)
    return bad(
      `--shares ${shownWord(wish.shares)}`,
      say("fleet-no-number", { most: MAX_SHARES }),
      say("for-example", { example: "--shares 4" }),
    );
  if (new TextEncoder().encode(text).length > MAX_MAP)
    return bad("FILE", say("fleet-list-too-long", { megabytes: 1 }), say("ask-fewer"));
  const reads: string[] = [];
  for (const entry of list.entries) {
    const { target, written, tokenFile } = entry;
    if (!isInReach(entry)) return bad(written, say("fleet-not-in-pod", { target: written }), leaveOut);
    if (target.kind === "kubernetes") reads.push(target.namespace ?? wish.namespace);
    if (tokenFile === undefined) continue;
    if (!TOKEN.test(tokenFile)) return bad(written, say("fleet-token-of-secret"), leaveOut);
    if (tokensFrom === undefined) return bad(written, say("fleet-token-of-secret"), say("fleet-name-secret"));
  }
  const { name, namespace, concurrency, jobPerShare } = wish;
  const plain = { name, namespace, image, list: withoutComments(text), concurrency, jobPerShare, reads };
  return parsed(
    fleetManifest({
      ...plain,
      // A share without a line in it would be a pod for nothing.
      shares: Math.min(shares, list.entries.length),
      ...(tokensFrom === undefined ? {} : { tokensFrom }),
    }),
  );
}

/** A comment is for whoever keeps the list, and may hold what no ConfigMap should. */
function withoutComments(text: string): string {
  return entryLines(text)
    .map(({ line }) => `${line}\n`)
    .join("");
}

/** An address that is not the pod's own, and a workload of the pod's own cluster. */
function isInReach({ target }: FleetEntry): boolean {
  if (target.kind === "kubernetes") return target.context === undefined;
  if (target.kind !== "url") return false;
  const { hostname } = parseGatewayUrl(target.url);
  return hostname !== "localhost" && reachOfAddress(hostname) !== "loopback";
}
