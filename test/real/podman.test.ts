// Gateways in Podman's containers, over its Docker-compatible API: the classic ticket as on Docker's engine.
import { describe, test } from "node:test";
import { AUTH, LISTENS, useDockerSite } from "./docker/site.ts";
import { tell } from "./docker/story.ts";
import { startPodman, whyNoPodman } from "./rig/podman.ts";

const noPodman = await whyNoPodman();

const lan = { bind: "lan", auth: AUTH };
const CLASSIC = [
  { release: "2026.2.1", gateway: lan, first: "docker-nat-not-local" },
  {
    release: "2026.3.13",
    gateway: (page: string) => ({ ...lan, controlUi: { allowedOrigins: [page] } }),
    first: "docker-nat-not-local",
  },
  { release: "2026.9.6", gateway: lan, plugins: false, first: "origin-not-allowed" },
] as const;

describe("fix in Podman's containers", { skip: noPodman ?? false }, () => {
  const site = useDockerSite(startPodman);

  for (const { first, ...settings } of CLASSIC)
    test(`${settings.release} behind a published port`, async (t) => {
      const claw = await site.contained({ name: "claw", ...settings });
      try {
        await claw.says(LISTENS);
        await tell(site, claw, { target: "docker:claw", first }, t);
      } finally {
        await claw.remove();
      }
    });
});
