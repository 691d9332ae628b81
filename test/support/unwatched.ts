import { unknown } from "../../src/core/fact.ts";
import { quoted } from "../../src/core/saying.ts";
import type { GatewayWatch } from "../../src/deployments/reload.ts";

/** For changes of which no gateway takes anything up. */
export const UNWATCHED: GatewayWatch = {
  started: () => undefined,
  sockets: async () => "1",
  mark: async () => undefined,
  settled: async () => unknown("failed", quoted("not asked for")),
};
