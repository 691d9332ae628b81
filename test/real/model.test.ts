// The admission model against real gateways: every path and situation, asked and tried.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionConfig, Connection } from "../../src/core/connection.ts";
import {
  CASES,
  type Case,
  caseName,
  gateOf,
  PATHS,
  type PathName,
  pageHasDevice,
  SITUATIONS,
  shown,
  visit,
} from "./cases.ts";
import { readConfig } from "./remedy.ts";
import { CONTROL_UI, PAGE_SCOPES } from "./rig/client.ts";
import { ADDRESSES, whyNoNamespaces } from "./rig/namespace.ts";
import { FAR_AWAY, PORT, PROXY, useSite } from "./rig/site.ts";
import { MODEL_RELEASES } from "./selection.ts";

const noNamespaces = await whyNoNamespaces();

/** The peer that the gateway sees on each path. */
const PEER: Readonly<Record<PathName, string>> = {
  loopback: "127.0.0.1",
  "published port": ADDRESSES.bridge,
  "lan address": ADDRESSES.clientOnLan,
  "proxy, forwarded headers": "127.0.0.1",
  "proxy, no headers": "127.0.0.1",
  "proxy, no headers, own host": "127.0.0.1",
  "page of another site": "127.0.0.1",
};

function connectionOf(release: string, one: Case): Connection {
  const path = PATHS[one.path];
  const host = one.path === "proxy, no headers, own host" ? `127.0.0.1:${PORT}` : new URL(path.url).host;
  const forwarded = {
    "x-forwarded-for": FAR_AWAY,
    "x-forwarded-proto": "https",
    "x-forwarded-host": PROXY.host,
  };
  return {
    remoteAddress: PEER[one.path],
    headers: {
      host: one.path === "proxy, no headers, own host" ? host : (path.host ?? host),
      origin: path.page,
      ...(one.path === "proxy, forwarded headers" ? forwarded : {}),
    },
    client: { id: CONTROL_UI.id, mode: CONTROL_UI.mode },
    role: "operator",
    scopes: PAGE_SCOPES,
    auth: one.credentials === "right" ? "valid" : one.credentials,
    device: { state: pageHasDevice(release, path.page) ? "unpaired" : "absent" },
  };
}

for (const release of MODEL_RELEASES) {
  describe(`openclaw ${release}`, { skip: noNamespaces ?? false }, () => {
    const site = useSite({ release });

    for (const situation of SITUATIONS) {
      describe(situation.name, () => {
        before(() => site.gateway.reconfigure(situation.config));
        for (const one of CASES) {
          test(caseName(one), async () => {
            const truth = await visit(site, one);
            const config = readConfig(site.gateway) as unknown as AdmissionConfig;
            const model = admit({ release, config, connection: connectionOf(release, one) });
            const said = model.outcome === "admitted" ? "admitted" : (model.gate ?? "(no gate)");
            assert.equal(
              said,
              gateOf(truth),
              `the browser met: ${shown(truth)}; the model says ${JSON.stringify(model)}`,
            );
            if (truth.admitted) return;
            assert.equal(model.httpStatus, truth.httpStatus);
            if (truth.httpStatus !== 101) return;
            assert.equal(model.closeCode, truth.closeCode);
            assert.equal(model.detailCode, truth.detailCode);
            // The request id is the gateway's, and long reasons are cut.
            const words = (truth.closeReason ?? "").replace(/ \(requestId:.*/, "");
            assert.ok(
              model.closeReason?.startsWith(words) || words.startsWith(model.closeReason ?? "?"),
              words,
            );
          });
        }
      });
    }
  });
}
