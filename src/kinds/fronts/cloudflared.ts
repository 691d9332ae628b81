import type { ComposeYaml } from "../../compose/yaml.ts";
import { objectOf } from "../../core/json.ts";
import type { ProxyFront } from "../../core/proxies.ts";
import { type FrontParts, type FrontText, hostAndPort, leadsToGateway } from "./front-text.ts";

/**
 * Names that Cloudflare's edge hands to the gateway's port through the tunnel of this host (`ingress` of the tunnel's
 * configuration file, as Cloudflare documents it, or its one `url`). A tunnel that is set up at Cloudflare has no such
 * file. The connection is HTTPS for the browser, whatever the tunnel speaks here; the Host header is the page's, unless
 * `httpHostHeader` puts another in its place.
 */
export function cloudflaredFronts(
  { main, yaml }: FrontText,
  port: number,
  own: ReadonlySet<string>,
): FrontParts {
  const read = yaml?.get(main);
  if (read === undefined) return { fronts: [], wants: [] };
  const { ingress, url, originRequest } = read.value;
  const rules = Array.isArray(ingress) ? ingress.slice(0, 500) : [];
  const fronts = rules.flatMap((rule: unknown, index): readonly ProxyFront[] => {
    const { hostname, service, originRequest: ofRule } = objectOf(rule);
    if (!isGateway(service, port, own)) return [];
    const header = objectOf(ofRule).httpHostHeader ?? objectOf(originRequest).httpHostHeader;
    return [frontAt(read, main, ["ingress", index, "service"], hostname, header)];
  });
  const single = isGateway(url, port, own)
    ? [frontAt(read, main, ["url"], undefined, objectOf(originRequest).httpHostHeader)]
    : [];
  return { fronts: [...fronts, ...single], wants: [] };
}

function isGateway(service: unknown, port: number, own: ReadonlySet<string>): boolean {
  const [, authority = ""] =
    (typeof service === "string" ? /^https?:\/\/([^/\s]{1,260})/.exec(service) : undefined) ?? [];
  const at = hostAndPort(authority);
  return at !== undefined && leadsToGateway(at.host, at.port, port, own);
}

function frontAt(
  read: ComposeYaml,
  file: string,
  path: readonly (string | number)[],
  hostname: unknown,
  hostHeader: unknown,
): ProxyFront {
  const name = typeof hostname === "string" ? hostname.toLowerCase() : "";
  return {
    proxy: "cloudflared",
    file,
    line: read.lineOf(path) ?? 1,
    names: /^(?:\*\.)?[a-z0-9.-]{1,253}$/.test(name) ? [name] : [],
    tls: true,
    ports: [443],
    lacks: typeof hostHeader === "string" && hostHeader !== "" ? ["host"] : [],
  };
}
