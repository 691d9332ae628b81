/** Reverse proxies of which the configuration is understood, and changed where it lacks something. */
export const FRONT_PROGRAMS = ["nginx", "caddy", "haproxy"] as const;

export type FrontProgram = (typeof FRONT_PROGRAMS)[number];

/** With those of which it is only read. */
export const SEEN_FRONTS = [...FRONT_PROGRAMS, "traefik", "cloudflared"] as const;

export type SeenFront = (typeof SEEN_FRONTS)[number];

export function isFrontProgram(proxy: SeenFront): proxy is FrontProgram {
  return FRONT_PROGRAMS.some((one) => one === proxy);
}

/** Those for which a site is written. */
export function isSiteProxy(proxy: string): proxy is "caddy" | "nginx" {
  return proxy === "caddy" || proxy === "nginx";
}

/** What a proxy has to do for the gateway and does not. */
export const FRONT_LACKS = ["upgrade", "host", "forwarded-for", "forwarded-proto", "idle-timeout"] as const;

export type FrontLack = (typeof FRONT_LACKS)[number];

/** A site of a proxy on the gateway's own host that leads to the gateway, as the proxy's configuration says. */
export interface ProxyFront {
  readonly proxy: SeenFront;
  /** Where it is written: an absolute path there, and its line, from 1. */
  readonly file: string;
  readonly line: number;
  /** Names of the page, lower case and without a port; empty: any. */
  readonly names: readonly string[];
  readonly tls: boolean;
  /** Ports on which the proxy listens for it. */
  readonly ports: readonly number[];
  readonly lacks: readonly FrontLack[];
}

/** A reverse proxy that runs on the gateway's own host. */
export interface ProxyProgram {
  readonly proxy: SeenFront;
  /** The configuration that it was started with. */
  readonly config: string;
  /** A file that it would read if it were there, for a site of its own. */
  readonly siteFile?: string;
}

/** The proxies of a host, as far as their configuration may be read. */
export interface ProxyReading {
  readonly programs: readonly ProxyProgram[];
  readonly fronts: readonly ProxyFront[];
  /** Configurations that may not be read, or were not understood. */
  readonly unread: readonly string[];
  /** MagicDNS name of the host, where its `tailscale` is connected. */
  readonly tailnet?: string;
}

/** The site of a proxy at which a page of this origin is. One with a name of its own before one for any. */
export function frontOf(origin: string, fronts: readonly ProxyFront[]): ProxyFront | undefined {
  const { protocol, hostname, port } = new URL(origin);
  const at = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const here = fronts.filter(({ tls, ports }) => ports.includes(at) && tls === (protocol === "https:"));
  return here.find(({ names }) => names.includes(hostname)) ?? here.find(({ names }) => names.length === 0);
}
