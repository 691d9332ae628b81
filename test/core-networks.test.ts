import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseIp } from "../src/core/address.ts";
import { isContainerAddress, isEngineAddress, peerNetwork } from "../src/core/networks.ts";

/** What an address is typical of, and whether an engine puts it in the place of a client's. */
const ADDRESSES: readonly (readonly [address: string, network: string, isEngine: boolean])[] = [
  ["172.17.0.1", "docker-bridge", true],
  ["172.31.0.1", "docker-bridge", true],
  ["::ffff:172.18.0.1", "docker-bridge", true],
  ["172.16.9.1", "docker-bridge", true],
  ["172.18.0.7", "docker-network", false],
  ["192.168.65.1", "docker-desktop", true],
  ["192.168.65.254", "docker-desktop", true],
  ["192.168.215.1", "engine-machine", true],
  ["192.168.127.1", "engine-machine", true],
  ["10.88.0.1", "podman", true],
  ["10.88.3.1", "podman", false],
  ["10.0.2.100", "user-mode", true],
  ["10.244.0.9", "pod", false],
  ["100.64.0.9", "tailscale", false],
  ["127.0.0.1", "loopback", false],
  ["::1", "loopback", false],
  // Routers of a LAN, and clients behind them.
  ["192.168.1.1", "other", false],
  ["192.168.0.1", "other", false],
  ["192.168.178.1", "other", false],
  ["10.0.0.1", "other", false],
  ["172.32.0.1", "other", false],
  ["8.8.8.8", "other", false],
  ["fd00::1", "other", false],
  ["no address", "other", false],
  ["", "other", false],
];

describe("whose an address is that the gateway sees", () => {
  for (const [address, network, isEngine] of ADDRESSES)
    test(`${address || "nothing"}: ${network}`, () => {
      assert.equal(peerNetwork(address), network);
      assert.equal(isEngineAddress(address), isEngine);
    });

  test("what the engine says of the gateway's own network counts first", () => {
    const workload = { publishedPeer: "192.168.32.1" };
    assert.equal(isEngineAddress("192.168.32.1", workload), true);
    assert.equal(isEngineAddress("::ffff:192.168.32.1", workload), true);
    assert.equal(isEngineAddress("192.168.32.1"), false);
    assert.equal(isEngineAddress("192.168.1.1", workload), false);
  });

  test("an engine's own address is one of its networks, and hostile text is none of anything", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (address) => {
        if (isEngineAddress(address)) assert.ok(isContainerAddress(address), address);
        if (parseIp(address) === undefined) assert.equal(peerNetwork(address), "other");
      }),
    );
  });
});
