import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { ContainerMount } from "../src/core/facts.ts";
import type { Remedy } from "../src/core/finding.ts";
import { explainPrinted, printed } from "./printed.ts";
import { human } from "./remedies.ts";
import { args } from "./support.ts";

/** A mounted directory of another user, or files that a CLI left behind as root. */
export default defineCheck({
  id: "state-permissions",
  code: "OPD302",
  title: "Gateway and CLI may read and write the state directory",
  severity: "error",
  needs: [],
  wants: ["logs", "deployment"],
  diagnose({ wanted }) {
    const events = printed(wanted.logs, ({ why }) => why === "state-permissions");
    const message = events.at(-1)?.message;
    if (message === undefined) return [];
    const path = /['"]([^'"]{1,300})/.exec(message)?.[1];
    const deployment = knownValue(wanted.deployment);
    const kind = deployment?.kind;
    const mount = deployment?.container?.mounts.find(({ owner }) => owner !== undefined);
    // The official image's home tells more than a deployment that was only guessed.
    const contained = kind === "docker" || kind === "kubernetes" || path?.startsWith("/home/node/") === true;
    return [
      explainPrinted(events, {
        args: args({
          path,
          detail: /^\w+: ([^,]+)/.exec(message)?.[1],
        }),
        remedies: [message.startsWith("EROFS") ? makeWritable() : fixOwnership(contained, mount)],
      }),
    ];
  },
});

function makeWritable(): Remedy {
  return {
    id: "make-writable",
    risk: "restart",
    steps: [human("mount-writable"), { do: "gateway.restart" }],
  };
}

/** The official image runs as node, uid and gid 1000; on a bare host the directory is the user's own. */
function fixOwnership(contained: boolean, mount: ContainerMount | undefined): Remedy {
  // A volume has no path on the host that a user should know of.
  const path = mount?.kind === "bind" ? mount.source : undefined;
  return {
    id: "fix-ownership",
    risk: "restart",
    steps: [
      contained
        ? human("chown-state", args({ path }))
        : human("chown-state", { owner: '"$USER"', path: "~/.openclaw" }),
      ...(contained ? [human("run-as-node")] : []),
      { do: "gateway.restart" },
    ],
  };
}
