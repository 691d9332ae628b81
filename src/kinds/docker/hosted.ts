import type { DeploymentNames, Hosting } from "../../core/facts.ts";
import type { CommandContext, CommandLines } from "../kind.ts";
import { type Line, lineOf, type Word, words } from "../line.ts";
import { programWords, safePort } from "../safe-names.ts";
import { sshTunnel, TAILNET, tailscaleServe } from "../shared-lines.ts";

/** How a platform's own program reaches the container; absent: through a terminal on the platform's pages. */
interface Reach {
  /** Runs a line inside. */
  inside?(line: Line): Line;
  readonly restart?: Line;
  readonly status?: Line;
  readonly logs?: Line;
  tunnel?(localPort: number, remotePort: number): Line;
  /** The port that the platform's template has its gateway on. */
  readonly port?: number;
}

/** Of the platforms' own command lines; upstream's docs/install/fly.md and railway.mdx (2026.5.28). */
const REACHES: Readonly<Record<Hosting, Reach>> = {
  fly: {
    // The whole line is one word: `-C` runs it without a shell.
    inside: ({ text, placeholders }) => ({
      ...lineOf(words("fly", "ssh", "console", "-C", text)),
      placeholders,
    }),
    restart: lineOf(words("fly", "machine", "restart")),
    status: lineOf(words("fly", "status")),
    logs: lineOf(words("fly", "logs", "--no-tail")),
    tunnel: (localPort, remotePort) => lineOf(words("fly", "proxy", `${localPort}:${remotePort}`)),
    port: 3000,
  },
  railway: {
    inside: ({ text, placeholders }) => ({ text: `railway ssh -- ${text}`, placeholders }),
    restart: lineOf(words("railway", "redeploy")),
    status: lineOf(words("railway", "status")),
    logs: lineOf(words("railway", "logs")),
  },
  render: {},
  northflank: {},
  zeabur: {},
  "home-assistant": {},
  nemoclaw: {},
};

/** A container on somebody's platform: its lines go through the platform's program, or into its terminal as they are. */
export function hostedLines(hosting: Hosting, names: DeploymentNames, context: CommandContext): CommandLines {
  const reach = REACHES[hosting];
  const inside = reach.inside ?? ((line: Line) => line);
  const program = programWords(names, hosting === "fly" ? "node /app/dist/index.js" : "openclaw");
  const cli = (args: readonly Word[]): Line => inside(lineOf([...program, ...args]));
  const port = context.port ?? reach.port;
  return {
    dialect: "posix",
    cli,
    // The platform starts it; where it has no program for that, its pages do.
    start: reach.restart,
    restart: reach.restart,
    status: reach.status ?? cli(words("gateway", "status")),
    logs: reach.logs ?? cli(words("logs", "--limit", "200", "--plain")),
    tailscale: tailscaleServe(port),
    tailnet: TAILNET,
    tunnel: (local) =>
      reach.tunnel?.(safePort(local), safePort(port)) ?? sshTunnel(local, safePort(port), undefined),
  };
}
