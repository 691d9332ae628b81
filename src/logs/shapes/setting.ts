import type { SettingEvent } from "../../core/log-event.ts";
import type { Line, Shape } from "../line.ts";
import { stanceOf } from "../stance.ts";

/** Wordings of the settings that change what stands in front of the gateway, and what they set. */
const SETTINGS: readonly (readonly [RegExp, SettingEvent["key"], string])[] = [
  // `"mode": "trusted-proxy"` of openclaw.json, `auth.mode=trusted-proxy`, `config set gateway.auth.mode trusted-proxy`
  [
    /\bauth[ _.-]?mode["'`]?(?: is|:|=)?\s?["'`]?trusted-proxy\b|\bmode["'`]?\s?[:=]\s?["'`]?trusted-proxy\b|\btrusted-proxy (?:auth|mode)\b/i,
    "gateway.auth.mode",
    "trusted-proxy",
  ],
  // `"tailscale": { "mode": "serve" }`, `gateway.tailscale.mode: serve`, `--tailscale serve`, `tailscale serve --bg 18789`
  [
    /\btailscale["'`]?(?:\.mode["'`]?)?\s?[:= ]\s?(?:\{\s?["'`]?mode["'`]?\s?[:=]\s?)?["'`]?serve\b|"mode"\s?:\s?"serve"/i,
    "gateway.tailscale.mode",
    "serve",
  ],
  [
    /\btailscale["'`]?(?:\.mode["'`]?)?\s?[:= ]\s?(?:\{\s?["'`]?mode["'`]?\s?[:=]\s?)?["'`]?funnel\b|"mode"\s?:\s?"funnel"/i,
    "gateway.tailscale.mode",
    "funnel",
  ],
];

/** Products that people put in front of a gateway, and words for one. */
const PROXY =
  /\b(nginx|caddy|traefik|haproxy|cloudflared?|cloudfront|ngrok|envoy|oauth2-proxy|pomerium|(?:application )?load balancer|reverse proxy|API gateway|apache)\b/i;
const ORCHESTRATOR =
  /\b(?:kubectl|[Kk]8s|k3s|[Kk]ubernetes|minikube|helm (?:install|upgrade|chart)|EKS|GKE|AKS)\b|kind: (?:Ingress|Deployment|StatefulSet|Service)\b/;

/** A gateway's own log speaks of its plugins and providers. */
function isLogged({ form, text }: Line): boolean {
  return form === "json" || /^\[[a-z]/.test(text);
}

/** What is named as the writer's own; not what they deny, have taken away, or tell of somebody else. */
function ownIn({ text }: Line, wording: RegExp): RegExpExecArray | undefined {
  const all = new RegExp(wording.source, `${wording.flags}g`);
  for (let found = all.exec(text); found !== null; found = all.exec(text))
    if (stanceOf(text, found.index, found[0].length) === "own") return found;
  return undefined;
}

/** A setting in a pasted configuration, a command line or a sentence. */
export const setting: Shape = {
  name: "setting",
  hints: ["trusted-proxy", "Trusted-proxy", "ailscale", `"serve"`, `"funnel"`],
  needles: [],
  read(line) {
    const found = isLogged(line) ? undefined : SETTINGS.find(([wording]) => ownIn(line, wording));
    return found === undefined
      ? undefined
      : { type: "setting", ...line.base, key: found[1], value: found[2] };
  },
};

/** What the gateway runs in, as somebody names it. */
export const orchestrator: Shape = {
  name: "orchestrator",
  hints: ["kubectl", "k8s", "k3s", "K8s", "ubernetes", "minikube", "helm ", "EKS", "GKE", "AKS", "kind: "],
  needles: [],
  read(line) {
    return isLogged(line) || ownIn(line, ORCHESTRATOR) === undefined
      ? undefined
      : { type: "setting", ...line.base, key: "orchestrator", value: "kubernetes" };
  },
};

/** What stands in front of the gateway, as somebody names it. */
export const proxy: Shape = {
  name: "proxy",
  hints: [
    ...["nginx", "Nginx", "NGINX", "addy", "raefik", "aproxy", "AProxy", "loudflare", "loudFlare"],
    ...["loudFront", "loudfront", "ngrok", "nvoy", "oauth2-proxy", "omerium", "oad balancer", "oad Balancer"],
    ...["everse proxy", "everse Proxy", "API gateway", "API Gateway", "pache"],
  ],
  needles: [],
  read(line) {
    const named = isLogged(line) ? undefined : ownIn(line, PROXY)?.[1];
    return named === undefined
      ? undefined
      : { type: "setting", ...line.base, key: "proxy", value: named.toLowerCase() };
  },
};
