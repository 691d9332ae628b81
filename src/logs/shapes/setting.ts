import type { SettingEvent } from "../../core/log-event.ts";
import type { Shape } from "../line.ts";

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

/** A setting in a pasted configuration, a command line or a sentence. */
export const setting: Shape = {
  name: "setting",
  hints: ["trusted-proxy", "Trusted-proxy", "ailscale", `"serve"`, `"funnel"`],
  read(line) {
    const found = SETTINGS.find(([wording]) => wording.test(line.text));
    if (found === undefined || line.form === "json") return undefined;
    return { type: "setting", ...line.base, key: found[1], value: found[2] };
  },
};
