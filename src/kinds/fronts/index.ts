import type { FrontLack, SeenFront } from "../../core/proxies.ts";
import { caddyFronts } from "./caddy.ts";
import { cloudflaredFronts } from "./cloudflared.ts";
import type { FrontParts, FrontText } from "./front-text.ts";
import { haproxyFronts, mendHaproxy } from "./haproxy.ts";
import { mendNginx, nginxFronts } from "./nginx.ts";
import { traefikFronts } from "./traefik.ts";

/** What is known of each proxy. */
interface FrontKind {
  /** Where its configuration is when nobody says. */
  readonly config: string;
  /** Where it looks when there is none. */
  readonly others?: readonly string[];
  /** Its files are YAML. */
  readonly yaml?: true;
  /** The option by which another one is said. */
  readonly option: RegExp;
  read(text: FrontText, port: number, own: ReadonlySet<string>): FrontParts;
  /** The text with what its ways to the gateway lack; absent: it lacks nothing. */
  mend?(text: string, port: number, adds: readonly FrontLack[]): string | undefined;
}

export const FRONTS: Readonly<Record<SeenFront, FrontKind>> = {
  nginx: {
    config: "/etc/nginx/nginx.conf",
    option: /(?:^|\s)-c\s?(\/\S+)/,
    read: nginxFronts,
    mend: mendNginx,
  },
  caddy: { config: "/etc/caddy/Caddyfile", option: /\s(?:--config|-c)[\s=](\/\S+)/, read: caddyFronts },
  haproxy: {
    config: "/etc/haproxy/haproxy.cfg",
    option: /(?:^|\s)-f\s?(\/\S+)/,
    read: haproxyFronts,
    mend: mendHaproxy,
  },
  // Command lines and usual places as each documents them.
  traefik: {
    config: "/etc/traefik/traefik.yml",
    others: ["/etc/traefik/traefik.yaml"],
    yaml: true,
    option: /\s--(?:configfile|providers\.file\.filename)[\s=](\/\S+)/i,
    read: traefikFronts,
  },
  cloudflared: {
    config: "/etc/cloudflared/config.yml",
    others: [
      ...["/etc/cloudflared/config.yaml", "/usr/local/etc/cloudflared/config.yml"],
      "/root/.cloudflared/config.yml",
    ],
    yaml: true,
    option: /\s--config[\s=](\/\S+)/,
    read: cloudflaredFronts,
  },
};
