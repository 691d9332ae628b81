// What stands around a gateway in most suites: its machine, a machine to reach it from, a published port, proxies.
import { after, before } from "node:test";
import { type Agent, startAgent } from "./agent.ts";
import { type Gateway, type GatewayOptions, startGateway } from "./gateway.ts";
import { ADDRESSES, createNetwork, type Network } from "./namespace.ts";

export const PORT = 18_789;
/** Ports of the proxies beside the gateway, and the name that they are reached by. */
export const PROXY = { host: "claw.example.test", forwarded: 8081, plain: 8082, plainOwnHost: 8083 } as const;
/** Address of the person behind the proxy. */
export const FAR_AWAY = "203.0.113.7";

export interface Site {
  readonly network: Network;
  readonly gateway: Gateway;
  /** Connects from the other machine. */
  readonly client: Agent;
}

export type SiteOptions = Pick<GatewayOptions, "release" | "config" | "env">;

/**
 * Sets a site up before the tests of the enclosing `describe` and takes it down after them, whatever became of
 * either. Reading a part before it is up throws. Bind is `lan` unless the config says otherwise.
 */
export function useSite(options: SiteOptions): Site {
  const parts: { -readonly [K in keyof Site]?: Site[K] } = {};
  before(async () => {
    parts.network = await createNetwork();
    parts.gateway = await startGateway({
      config: { gateway: { bind: "lan" } },
      ...options,
      host: parts.network.gateway,
    });
    parts.client = startAgent(parts.network.client);
    await layPaths(parts.gateway, parts.client);
  });
  after(async () => {
    await parts.client?.stop();
    await parts.gateway?.stop();
    await parts.network?.remove();
  });
  const part = <K extends keyof Site>(name: K): Site[K] => {
    const value: Site[K] | undefined = parts[name];
    if (value === undefined) throw new Error(`the site of openclaw ${options.release} has no ${name} yet`);
    return value;
  };
  return {
    get network() {
      return part("network");
    },
    get gateway() {
      return part("gateway");
    },
    get client() {
      return part("client");
    },
  };
}

/** Every machine and process that the ways to the gateway need beside it. */
async function layPaths(gateway: Gateway, client: Agent): Promise<void> {
  await client.forward({
    listenPort: PORT,
    toHost: ADDRESSES.gatewayOnBridge,
    toPort: PORT,
    from: ADDRESSES.bridge,
  });
  const to = { toHost: "127.0.0.1", toPort: PORT };
  await gateway.agent.proxy({ listenPort: PROXY.forwarded, ...to, keepHost: true, forwardedFor: FAR_AWAY });
  await gateway.agent.proxy({ listenPort: PROXY.plain, ...to, keepHost: true });
  await gateway.agent.proxy({ listenPort: PROXY.plainOwnHost, ...to, keepHost: false });
}
