// `pairing-doctor fix` for gateways in containers of a real engine: a browser-like client is refused, let in after
// the fix, and refused again after the way back; nothing else on the engine is touched.
import { describe, test } from "node:test";
import { AUTH, LISTENS, useDockerSite } from "./docker/site.ts";
import { tell } from "./docker/story.ts";
import { whyNoEngine } from "./rig/engine.ts";
import { CORE } from "./selection.ts";

const noEngine = await whyNoEngine();

/** `PAIRING_DOCTOR_ONLY`: a pattern of the case. */
const only = new RegExp(process.env.PAIRING_DOCTOR_ONLY ?? "");

const lan = { bind: "lan", auth: AUTH };
/** From 2026.2.26 to 2026.4.4 a gateway writes origins of its own port down at its first start. */
const lanOfPage = (page: string) => ({ ...lan, controlUi: { allowedOrigins: [page] } });

/** The classic ticket by release: a published port, and a browser that the gateway does not take for its own. */
const CLASSIC = [
  { release: "2026.2.1", gateway: lan, first: "docker-nat-not-local", core: false },
  { release: "2026.3.13", gateway: lanOfPage, first: "docker-nat-not-local", core: false },
  { release: "2026.9.6", gateway: lan, plugins: false, first: "origin-not-allowed", core: true },
];

describe("fix in containers", { skip: noEngine ?? false }, () => {
  const site = useDockerSite();

  for (const { first, core, ...settings } of CLASSIC) {
    const title = `${settings.release} behind a published port, started by docker run`;
    if ((CORE && !core) || !only.test(title)) continue;
    test(title, async (t) => {
      const claw = await site.contained({ name: "claw", ...settings });
      try {
        await claw.says(LISTENS);
        await tell(site, claw, { target: "docker:claw", first }, t);
      } finally {
        await claw.remove();
      }
    });
  }
});
