import type { FrontLack, FrontProgram } from "../../core/proxies.ts";
import { caddyFronts } from "./caddy.ts";
import type { FrontParts, FrontText } from "./front-text.ts";
import { haproxyFronts, mendHaproxy } from "./haproxy.ts";
import { mendNginx, nginxFronts } from "./nginx.ts";

/** What is known of each proxy. */
interface FrontKind {
  /** Where its configuration is when nobody says. */
  readonly config: string;
  /** The option by which another one is said. */
  readonly option: RegExp;
  read(text: FrontText, port: number, own: ReadonlySet<string>): FrontParts;
  /** The text with what its ways to the gateway lack; absent: it lacks nothing. */
  mend?(text: string, port: number, adds: readonly FrontLack[]): string | undefined;
}

export const FRONTS: Readonly<Record<FrontProgram, FrontKind>> = {
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
};
