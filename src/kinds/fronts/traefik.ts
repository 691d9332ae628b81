import type { ComposeYaml } from "../../compose/yaml.ts";
import { objectOf } from "../../core/json.ts";
import type { ProxyFront } from "../../core/proxies.ts";
import { type FrontParts, type FrontText, hostAndPort, leadsToGateway } from "./front-text.ts";

/** Where it listens, as its entry points say. */
interface EntryPoint {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
}

/**
 * Routers of Traefik's file provider that lead to the gateway's port, in YAML, as Traefik documents it: entry points and
 * the provider in the static configuration, routers and services in the files of the provider. What the labels of
 * containers or a cluster say is not in any file. It passes upgrades, the Host header (unless `passHostHeader` is false)
 * and who the client is by itself.
 */
export function traefikFronts(text: FrontText, port: number, own: ReadonlySet<string>): FrontParts {
  const file = objectOf(objectOf(text.yaml?.get(text.main)?.value.providers).file);
  const wants = [
    ...(typeof file.filename === "string" && file.filename.startsWith("/") ? [file.filename] : []),
    ...(typeof file.directory === "string" && file.directory.startsWith("/")
      ? ["yml", "yaml"].map((ending) => `${file.directory}/*.${ending}`.replace("//", "/"))
      : []),
  ];
  const files = [text.main, ...wants.flatMap((path) => (path.includes("*") ? text.matching(path) : [path]))];
  const entries = entryPoints(text.yaml?.get(text.main)?.value.entryPoints);
  const all = [...new Set(files)].flatMap((path) => {
    const read = text.yaml?.get(path);
    return read === undefined ? [] : [{ path, read, http: objectOf(read.value.http) }];
  });
  const leading = new Map<
    string,
    { readonly path: string; readonly line: number; readonly keeps: boolean }
  >();
  for (const { path, read, http } of all)
    for (const [name, service] of Object.entries(objectOf(http.services)).slice(0, 500)) {
      const index = serverOf(service, port, own);
      if (index === undefined) continue;
      const at = ["http", "services", name, "loadBalancer"] as const;
      const keeps = objectOf(objectOf(service).loadBalancer).passHostHeader !== false;
      leading.set(name, { path, line: lineOf(read, [...at, "servers", index, "url"]), keeps });
    }
  const fronts = all.flatMap(({ http }) =>
    Object.values(objectOf(http.routers))
      .slice(0, 500)
      .flatMap((router): readonly ProxyFront[] => {
        const { service, rule, entryPoints: named, tls } = objectOf(router);
        // `claw@file` is the same in another provider's words.
        const found = leading.get(typeof service === "string" ? service.replace(/@file$/, "") : "");
        if (found === undefined) return [];
        const isNamed = ({ name }: EntryPoint): boolean => !Array.isArray(named) || named.includes(name);
        const through = entries.filter(isNamed);
        const isTls = (tls !== undefined && tls !== false) || through.some((one) => one.tls);
        const ports = through.map((one) => one.port);
        return [
          {
            proxy: "traefik",
            file: found.path,
            line: found.line,
            names: typeof rule === "string" ? namesIn(rule) : [],
            tls: isTls,
            ports: ports.length > 0 ? [...new Set(ports)] : [isTls ? 443 : 80],
            lacks: found.keeps ? [] : ["host"],
          },
        ];
      }),
  );
  return { fronts, wants };
}

function entryPoints(value: unknown): readonly EntryPoint[] {
  return Object.entries(objectOf(value)).flatMap(([name, entry]) => {
    const { address, http } = objectOf(entry);
    // `:443`, `0.0.0.0:443`, `:443/tcp`.
    const port = Number(/:(\d{1,5})(?:\/tcp)?$/.exec(typeof address === "string" ? address : "")?.[1] ?? 0);
    return port === 0 ? [] : [{ name, port, tls: objectOf(http).tls !== undefined }];
  });
}

/** Which of a service's servers is the gateway. */
function serverOf(service: unknown, port: number, own: ReadonlySet<string>): number | undefined {
  const { servers } = objectOf(objectOf(service).loadBalancer);
  if (!Array.isArray(servers)) return undefined;
  const index = servers.slice(0, 100).findIndex((server: unknown) => {
    const { url } = objectOf(server);
    const [, authority = ""] =
      (typeof url === "string" ? /^(?:https?|h2c):\/\/([^/\s]{1,260})/.exec(url) : undefined) ?? [];
    const at = hostAndPort(authority);
    return at !== undefined && leadsToGateway(at.host, at.port, port, own);
  });
  return index < 0 ? undefined : index;
}

/** Names of ``Host(`a.example.com`) || Host(`b.example.com`, `c.example.com`)``. */
function namesIn(rule: string): readonly string[] {
  const hosts = [...rule.slice(0, 2000).matchAll(/\bHost\(([^()]{1,500})\)/g)].map(
    ([, inside = ""]) => inside,
  );
  return hosts.flatMap((inside) =>
    [...inside.matchAll(/[`"']([a-z0-9.-]{1,253})[`"']/gi)].map(([, name = ""]) => name.toLowerCase()),
  );
}

function lineOf(read: ComposeYaml, path: readonly (string | number)[]): number {
  return read.lineOf(path) ?? 1;
}
