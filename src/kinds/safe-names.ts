import { DEFAULT_PORT } from "../core/default-port.ts";
import type { DeploymentNames } from "../core/facts.ts";
import { safeText } from "../core/text.ts";
import { type Word, words } from "./line.ts";

/** Names come from logs, engines and files: an odd one could be an option or worse, so it is left out. */

export function safeName(name: string | undefined): string | undefined {
  return name !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,252}$/.test(name) ? name : undefined;
}

export function safeHost(host: string): string | undefined {
  return /^[A-Za-z0-9_[][A-Za-z0-9_.@:[\]%-]{0,252}$/.test(host) ? host : undefined;
}

export function safeProfile(profile: string | undefined): string | undefined {
  if (profile === undefined || profile.toLowerCase() === "default") return undefined;
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(profile) ? profile : undefined;
}

export function safePort(port: number | undefined): number {
  return port !== undefined && Number.isInteger(port) && port > 0 && port < 65536 ? port : DEFAULT_PORT;
}

export function safeLine(text: string): string {
  return safeText(text, 1000);
}

/** The words that run OpenClaw's own command, as the deployment names them. */
export function programWords({ cli }: DeploymentNames, otherwise: string): readonly Word[] {
  const program = cli !== undefined && PROGRAM.test(cli) ? cli : otherwise;
  return words(...program.split(" ").filter((part) => part !== ""));
}

/** `openclaw` or a script that node runs, each perhaps with its directory. */
const PROGRAM =
  /^(?:(?:\/[\w@%+:,./-]{0,200}\/)?(?:openclaw|clawdbot|moltbot)|(?:\/[\w@%+:,./-]{0,200}\/)?node \/?[\w@%+:,-][\w@%+:,./-]{0,200}\.m?js)$/;
