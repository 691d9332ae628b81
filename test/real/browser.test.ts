// Debian's Chromium opens the real Control UI: what the page does and shows is what the model says of it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { admit } from "../../src/admission/admit.ts";
import { pageBehaviour } from "../../src/admission/page.ts";
import type { AdmissionConfig, Connection } from "../../src/core/connection.ts";
import { PATHS, type PathName } from "./cases.ts";
import { readConfig } from "./remedy.ts";
import { type OpenPage, openPage } from "./rig/browser.ts";
import { CONTROL_UI, PAGE_SCOPES } from "./rig/client.ts";
import { ensureClient } from "./rig/clients.ts";
import { TOKEN } from "./rig/gateway.ts";
import { ADDRESSES, type Namespace, whyNoNamespaces } from "./rig/namespace.ts";
import { until } from "./rig/processes.ts";
import { FAR_AWAY, PROXY, useSite } from "./rig/site.ts";
import { OUTERMOST } from "./selection.ts";

const skip = (await whyNoNamespaces()) ?? (await ensureClient("chromium")) ?? false;

/** A way that a browser can really go: no TLS, so the proxy is one on the browser's own loopback. */
interface Way {
  readonly name: string;
  readonly from: "gateway" | "client";
  readonly page: string;
  readonly connection: Pick<Connection, "remoteAddress" | "headers">;
}

const plainWay = (path: PathName, remoteAddress: string): Way => {
  const { from, page } = PATHS[path];
  return {
    name: path,
    from,
    page,
    connection: { remoteAddress, headers: { host: new URL(page).host, origin: page } },
  };
};

const proxyPage = `http://127.0.0.1:${PROXY.forwarded}`;
const WAYS: readonly Way[] = [
  plainWay("loopback", "127.0.0.1"),
  plainWay("published port", ADDRESSES.bridge),
  plainWay("lan address", ADDRESSES.clientOnLan),
  {
    name: "proxy with forwarded headers",
    from: "gateway",
    page: proxyPage,
    connection: {
      remoteAddress: "127.0.0.1",
      headers: {
        host: new URL(proxyPage).host,
        origin: proxyPage,
        "x-forwarded-for": FAR_AWAY,
        "x-forwarded-proto": "https",
        "x-forwarded-host": new URL(proxyPage).host,
      },
    },
  },
];

for (const release of OUTERMOST) {
  describe(`openclaw ${release}`, { skip }, () => {
    // With the proxy's page allowed, every release has a way that ends at pairing.
    const allowedOrigins = [PATHS.loopback.page, proxyPage];
    const site = useSite({ release, config: { gateway: { bind: "lan", controlUi: { allowedOrigins } } } });

    const namespaceOf = ({ from }: Way): Namespace =>
      from === "gateway" ? site.network.gateway : site.network.client;
    /** As the model says that this page reads it. */
    const linkTo = (page: string, token: string | undefined): string => {
      const { tokenFrom } = pageBehaviour(release, {
        outcome: "admitted",
        httpStatus: 101,
        autoApproved: false,
      });
      return token === undefined ? `${page}/` : `${page}/${tokenFrom === "query" ? "?" : "#"}token=${token}`;
    };
    const expectation = (way: Way, auth: Connection["auth"]) => {
      const secure = isSecure(way.page);
      const { deviceInInsecureContext } = pageBehaviour(release, {
        outcome: "admitted",
        httpStatus: 101,
        autoApproved: false,
      });
      const admission = admit({
        release,
        config: readConfig(site.gateway) as unknown as AdmissionConfig,
        connection: {
          ...way.connection,
          client: { id: CONTROL_UI.id, mode: CONTROL_UI.mode },
          role: "operator",
          scopes: PAGE_SCOPES,
          auth,
          device: { state: secure || deviceInInsecureContext ? "unpaired" : "absent" },
        },
      });
      return { admission, page: pageBehaviour(release, admission) };
    };
    const opened = async (way: Way, token: string | undefined, look: (page: OpenPage) => Promise<void>) => {
      const page = await openPage(namespaceOf(way), linkTo(way.page, token));
      try {
        await look(page);
      } finally {
        await page.close();
      }
    };
    const judged = (way: Way, token: string | undefined, auth: Connection["auth"]) =>
      opened(way, token, async (page) => {
        const { admission, page: behaviour } = expectation(way, auth);
        if (admission.httpStatus === 101) assert.ok(await page.answered(), "the page got no answer");
        assert.equal(page.admitted(), admission.outcome === "admitted", JSON.stringify(admission));
        if (admission.outcome === "admitted") return;
        if (admission.httpStatus === 101) assert.equal((await page.closes())[0]?.code, admission.closeCode);
        const { shows } = behaviour;
        assert.ok(shows, "the model does not say what the page shows");
        const plain = (text: string) => text.replace(/\s+/g, " ").toLowerCase();
        // A page served as an error has its own words for the status.
        const words = admission.httpStatus === 101 ? shows : shows.replace(/^HTTP \d+: /, "");
        const seen = async () => plain(await page.text()).includes(plain(words));
        assert.ok(
          await until(seen, 5000),
          `expected ${JSON.stringify(words)} on the page, got\n${(await page.text()).slice(0, 800)}`,
        );
      });

    for (const way of WAYS)
      test(`${way.name}: let in or refused, and shown as foretold`, () => judged(way, TOKEN, "valid"));
    test("a wrong token is shown as foretold", () => judged(WAYS[0] as Way, "rig-wrong-token", "wrong"));
    test("a missing token is shown as foretold", () => judged(WAYS[0] as Way, undefined, "missing"));

    test("refused at pairing, it is let in once its request is approved", async () => {
      const way = WAYS.find((each) => expectation(each, "valid").admission.gate === "pairing");
      assert.ok(way, "no way ends at pairing");
      await opened(way, TOKEN, async (page) => {
        assert.ok(await page.answered());
        const [close] = await page.closes();
        assert.match(close?.reason ?? "", /^pairing required/);
        const requestId = await newestRequest();
        const approved = await site.gateway.cli(["devices", "approve", requestId]);
        assert.equal(approved.code, 0, approved.stderr);
        const { page: behaviour } = expectation(way, "valid");
        if (!behaviour.connectsByItself) {
          assert.equal(page.admitted(), false);
          await page.page.reload();
        }
        assert.ok(await until(() => page.admitted(), 30_000), await page.text());
      });
    });

    async function newestRequest(): Promise<string> {
      const listed = await site.gateway.cli(["devices", "list", "--json"]);
      const { pending } = JSON.parse(listed.stdout.slice(listed.stdout.indexOf("{"))) as {
        pending: { requestId: string; clientId?: string; ts: number }[];
      };
      const [newest] = pending
        .filter(({ clientId }) => clientId === CONTROL_UI.id)
        .sort((a, b) => b.ts - a.ts);
      assert.ok(newest, listed.stdout);
      return newest.requestId;
    }
  });
}

function isSecure(page: string): boolean {
  return new URL(page).hostname === "127.0.0.1";
}
