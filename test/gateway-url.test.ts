import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseGatewayUrl, reachOfAddress } from "../src/gateway/url.ts";

describe("parseGatewayUrl", () => {
  it("drops query and hash, where links carry the token", () => {
    const url = parseGatewayUrl("https://claw.example.test/claw/?token=abc#token=abc");
    assert.deepEqual(url, {
      ws: "wss://claw.example.test/claw",
      http: "https://claw.example.test",
      basePath: "/claw",
      secure: true,
      host: "claw.example.test",
      hostname: "claw.example.test",
    });
  });

  it("reads ports and IPv6", () => {
    const url = parseGatewayUrl("ws://[::1]:18789");
    assert.deepEqual([url.ws, url.host, url.hostname], ["ws://[::1]:18789/", "[::1]:18789", "::1"]);
  });

  for (const wrong of ["", "gateway", "ftp://x", "ws://user:pw@x/", "javascript:alert(1)"])
    it(`refuses ${JSON.stringify(wrong)} without repeating it`, () => {
      assert.throws(
        () => parseGatewayUrl(wrong),
        (error: Error) => error instanceof TypeError && !/pw|alert/.test(error.message),
      );
    });
});

describe("reachOfAddress", () => {
  const addresses = {
    loopback: ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "::ffff:127.0.0.1", "::ffff:7f00:1"],
    private: [
      "10.0.0.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.65.1",
      "100.64.0.1",
      "100.100.100.100",
      "fd00:ec2::1",
      "100.127.255.255",
      "fd00::1",
      "::ffff:10.0.0.1",
      "::ffff:a00:1",
    ],
    public: [
      "8.8.8.8",
      "172.15.0.1",
      "172.32.0.1",
      "100.63.0.1",
      "100.128.0.1",
      "203.0.113.50",
      "2001:db8::1",
      "::ffff:8.8.8.8",
      "::ffff:808:808",
    ],
    // 0.0.0.0 is routed nowhere, link-local addresses are whose is first, and clouds answer at some; what is neither loopback nor private gets no credentials either way.
    unknown: [
      "0.0.0.0",
      "169.254.1.1",
      "169.254.169.254",
      "169.254.170.2",
      "::ffff:169.254.169.254",
      "[::ffff:a9fe:a9fe]",
      "fe80::1%eth0",
      "fe80::a9fe:a9fe",
      "[fd00:ec2::254]",
      "fd00:ec2:0:0:0:0:0:23",
      "fd20:ce::254",
      "100.100.100.200",
      "::ffff:100.100.100.200",
      "claw.example.test",
      "localhost.evil.test",
      "127.0.0.1.evil.test",
      "fd00.evil.test",
      "",
    ],
  } as const;

  for (const [reach, list] of Object.entries(addresses))
    for (const address of list)
      it(`${JSON.stringify(address)} is ${reach}`, () => {
        assert.equal(reachOfAddress(address), reach);
      });
});
