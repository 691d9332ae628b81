import { defineCheck } from "../src/core/check.ts";
import type { Refusal } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { compareReleases } from "../src/core/release.ts";
import { args, explainRefusals, type GateFacts, portOf, releaseOf, WANTED } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";

/** The client itself stops (2026.2.18 on), so nothing of it reaches the gateway and no approval helps. */
export default defineCheck({
  id: "plaintext-ws-blocked",
  code: "OPD107",
  title: "Clients reach the gateway on loopback or encrypted",
  severity: "error",
  needs: ["refusals"],
  wants: WANTED,
  diagnose: (facts) =>
    explainRefusals(facts, {
      explains: ({ gate, reason }) => gate === "transport" && reason === "plaintext-ws",
      args: (refusal) => args({ url: urlOf(refusal), port: portOf(facts) }),
      remedies: (refusal) =>
        dialsItself(refusal, facts)
          ? besideGateway(facts)
          : [...fromElsewhere(facts), ...besideGateway(facts)],
    }),
});

function urlOf({ connection }: Refusal): string | undefined {
  const host = connection.headers?.host;
  return host === undefined ? undefined : `ws://${host}`;
}

/** In 2026.2.18 and 2026.2.19 the CLI beside a gateway with bind `lan` dials the LAN address (taxonomy). */
function isLanDialler(facts: GateFacts): boolean {
  const release = releaseOf(facts);
  return release === undefined || compareReleases(release, "2026.2.21") < 0;
}

/** Docker's own networks have such addresses, so it is the client in the gateway's container. */
function dialsItself({ connection }: Refusal, facts: GateFacts): boolean {
  return isLanDialler(facts) && /^172\.(?:1[6-9]|2\d|3[01])\./.test(connection.headers?.host ?? "");
}

function besideGateway(facts: GateFacts): readonly Remedy[] {
  const loopback: Remedy = {
    id: "use-loopback-url",
    risk: "none",
    steps: [human("pass-loopback-url", { port: portOf(facts) })],
  };
  if (!isLanDialler(facts)) return [loopback];
  const release = "2026.2.21";
  return [
    loopback,
    { id: "upgrade", risk: "restart", args: { release }, steps: [human("upgrade", { release })] },
  ];
}

function fromElsewhere(facts: GateFacts): readonly Remedy[] {
  const port = portOf(facts);
  return [
    {
      id: "ssh-tunnel",
      risk: "none",
      steps: [{ do: "ssh.tunnel", port }, human("pass-loopback-url", { port })],
    },
    {
      id: "tailscale-serve",
      risk: "restart",
      steps: [{ do: "tailscale.serve" }, human("use-wss-url")],
    },
  ];
}
