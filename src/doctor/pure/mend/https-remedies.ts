import { type SaidWay, type WayFacts, waysWithHttps } from "../../../../checks/lib/https-in-front.ts";
import type { Facts } from "../../../core/collect.ts";
import { DEFAULT_PORT } from "../../../core/default-port.ts";
import { type Fact, knownValue } from "../../../core/fact.ts";
import type { Finding, ProxySite, Remedy } from "../../../core/finding.ts";
import type { Oracle } from "../../../core/plan.ts";
import { isSiteProxy } from "../../../core/proxies.ts";

/** A proxy with HTTPS, as a person described it. */
export type SaidSite = Pick<SaidWay, "siteFile"> & {
  readonly site: Omit<ProxySite, "port">;
  /** Nobody said which: the one that is there, else the one of `site`. */
  readonly anyProxy?: true;
};

export interface Ways<S> {
  readonly said: SaidSite | undefined;
  /** MagicDNS name of this machine; unknown where Serve cannot work. */
  readonly tailnet: Fact<string> | undefined;
  /** `--remedy`. */
  readonly only: string | undefined;
  /** Where the model knows the refused connection. */
  readonly model: { readonly start: S; readonly oracle: Oracle<S> } | undefined;
}

/**
 * The findings with what only `fix` knows: the domain that was said and the machine's name on its tailnet. A domain
 * offers its proxy for whatever keeps the page out, and so does Serve where it was asked for.
 */
export function withWays<S>(findings: readonly Finding[], facts: Facts, ways: Ways<S>): readonly Finding[] {
  const { said, tailnet } = ways;
  const wayFacts = wayFactsOf(facts);
  const port = wayFacts.config?.gateway?.port ?? DEFAULT_PORT;
  const name = tailnet?.known ? tailnet.value : undefined;
  const [serve, proxy] = waysWithHttps(wayFacts, {
    ...(said === undefined ? {} : { ...said, site: { ...said.site, ...proxyThere(said, wayFacts), port } }),
    ...(name === undefined ? {} : { tailnetName: name }),
  }).map((remedy) => judged(remedy, ways));
  return findings.map((finding) => {
    const remedies = finding.remedies.map((remedy) => {
      if (remedy.id === "https-proxy" && said !== undefined) return proxy ?? remedy;
      return remedy.id === "tailscale-serve" && tailnet !== undefined ? (serve ?? remedy) : remedy;
    });
    // What only awaits the next browser is told as information, and mended as well where a domain is said.
    const isRefusal =
      finding.severity === "error" || (finding.severity === "info" && finding.gate === "pairing");
    if (!isRefusal) return { ...finding, remedies };
    const wanted = [said === undefined ? undefined : proxy, ways.only === serve?.id ? serve : undefined];
    const missing = wanted.filter((one) => one !== undefined && !remedies.some(({ id }) => id === one.id));
    return { ...finding, remedies: [...remedies, ...missing.filter((one) => one !== undefined)] };
  });
}

function proxyThere({ anyProxy }: SaidSite, { deployment }: WayFacts): Partial<Pick<ProxySite, "proxy">> {
  const there = deployment?.front?.programs.map(({ proxy }) => proxy) ?? [];
  const proxy = anyProxy === true ? there.find(isSiteProxy) : undefined;
  return proxy === undefined ? {} : { proxy };
}

/** With where it ends, as far as the model has a say; Serve without Tailscale is advice, unless it was asked for. */
function judged<S>(remedy: Remedy, { tailnet, only, model }: Ways<S>): Remedy {
  if (
    model === undefined ||
    remedy.steps.every(({ do: what }) => what === "human" || what === "tailscale.serve")
  )
    return remedy;
  if (remedy.id === "tailscale-serve" && tailnet?.known !== true && only !== remedy.id) return remedy;
  const verdict = model.oracle.verdict(model.oracle.after(model.start, remedy));
  if (verdict.outcome === "admitted") return { ...remedy, after: "admitted" };
  const { gate: refusedAt, reason } = verdict;
  return { ...remedy, after: reason === undefined ? { refusedAt } : { refusedAt, reason } };
}

function wayFactsOf(facts: Facts): WayFacts {
  const release = knownValue(facts.release)?.version;
  const config = knownValue(facts.config)?.effective;
  const deployment = knownValue(facts.deployment);
  const exposure = knownValue(facts.target)?.exposure;
  return {
    ...(release === undefined ? {} : { release }),
    ...(config === undefined ? {} : { config }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(exposure === undefined ? {} : { exposure }),
  };
}
