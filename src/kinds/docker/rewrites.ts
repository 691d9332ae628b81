import type { ContainerInspectInfo } from "dockerode";
import { type Scrubber, safeQuote } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import type { ConfigRewrite } from "../../core/workload.ts";
import { asksForConfig, MAX_COMMAND, statementsOf, writesConfig } from "../contained/rewriting.ts";
import { PROJECT_LABEL } from "./labels.ts";

const UNRAID_LABEL = "net.unraid.docker.";

/**
 * What writes openclaw.json anew whenever the container starts: its own command, or a platform's. A change of the
 * file is then lost at the next start. `undefined`: nothing that is known does.
 */
export function configRewrite(info: ContainerInspectInfo, scrub: Scrubber): ConfigRewrite | undefined {
  const labels = info.Config?.Labels ?? {};
  const name = info.Name.replace(/^\//, "");
  const image = info.Config?.Image ?? "";
  const words = [info.Path, ...(info.Args ?? [])].filter((word) => typeof word === "string");
  const statements = statementsOf(words.join(" "));

  const writing = statements.find(({ words }) => writesConfig(words));
  if (writing !== undefined && !statements.some(({ words }) => asksForConfig(words))) {
    const unraid = Object.keys(labels).some((label) => label.startsWith(UNRAID_LABEL));
    return { by: unraid ? "unraid" : "command", quote: quoted(writing.text, scrub) };
  }
  const setting = statements.filter(({ words }) => keySet(words) !== undefined);
  const keys = [...new Set(setting.flatMap(({ words }) => keySet(words) ?? []))].slice(0, 20);
  if (setting[0] !== undefined) return { by: "command", keys, quote: quoted(setting[0].text, scrub) };
  // Its entrypoint removes the file and makes it of the environment (coollabsio/openclaw, scripts/entrypoint.sh).
  if (/(?:^|\/)coollabsio\/openclaw(?:[:@]|$)/.test(image))
    return { by: "coolify", quote: safeText(image, 200) };
  // Its init.sh sets these of the environment, once that has a token (justlovemaki/OpenClaw-Docker-CN-IM).
  if (/(?:^|\/)openclaw-docker-cn-im(?:[:@]|$)/i.test(image) && hasVariable(info, "OPENCLAW_GATEWAY_TOKEN")) {
    const origins = hasVariable(info, "OPENCLAW_GATEWAY_ALLOWED_ORIGINS");
    const keys = origins ? [...CN_IM_KEYS, "gateway.controlUi.allowedOrigins"] : CN_IM_KEYS;
    return { by: "cn-im", keys, quote: safeText(image, 200) };
  }
  // A helper sets both keys before each start (truenas/apps, ix-dev/community/openclaw).
  if (labels[PROJECT_LABEL] === "ix-openclaw" || /^ix-openclaw-openclaw-\d{1,3}$/.test(name))
    return { by: "truenas", keys: TRUENAS_KEYS, quote: safeText(name, 200) };
  return undefined;
}

const CN_IM_KEYS = [
  "gateway.port",
  "gateway.bind",
  "gateway.mode",
  "gateway.auth.mode",
  "gateway.auth.token",
  "gateway.controlUi.allowInsecureAuth",
  "gateway.controlUi.dangerouslyDisableDeviceAuth",
] as const;

function hasVariable({ Config: config }: ContainerInspectInfo, name: string): boolean {
  return (config?.Env ?? []).some((pair) => pair.startsWith(`${name}=`) && pair.length > name.length + 1);
}

const TRUENAS_KEYS = [
  "gateway.controlUi.allowedOrigins",
  "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
] as const;

/** The key of `… config set KEY VALUE`. */
function keySet(words: readonly string[]): string | undefined {
  const set = words.findIndex((word, at) => word === "set" && words[at - 1] === "config");
  const key = set === -1 ? undefined : words.slice(set + 1).find((word) => !word.startsWith("-"));
  const bare = key?.replaceAll(/["']/g, "") ?? "";
  return /^[A-Za-z][\w.]{2,120}$/.test(bare) ? bare : undefined;
}

/** Its end, where the file is named; what is written may hold a token. */
function quoted(text: string, scrub: Scrubber): string {
  const quote = safeQuote(text.trim(), scrub, MAX_COMMAND);
  return quote.length > 200 ? `…${quote.slice(-200)}` : quote;
}
