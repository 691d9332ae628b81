import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Admission, Connection } from "../src/core/connection.ts";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import type { Deployment, Target } from "../src/core/facts.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import { connectionPath, type PathInput } from "../src/report/path.ts";

const target = (kind: DeploymentKind, name: string = kind): Target => ({
  kind,
  name,
  url: "ws://127.0.0.1:18789/",
  exposure: "unknown",
});
const deployment = (kind: DeploymentKind, names: Deployment["names"] = {}): Deployment =>
  deploymentOf({ kind, confidence: "certain", evidence: [], alternatives: [], names });
const connection = (
  remoteAddress: string,
  host: string,
  origin: string,
  more: Connection["headers"] = {},
): Partial<Connection> => ({ remoteAddress, headers: { host, origin, ...more } });
const refusedAt = (gate: NonNullable<Admission["gate"]>, reason?: string): Admission => ({
  outcome: "refused",
  gate,
  ...(reason === undefined ? {} : { reason }),
  httpStatus: 101,
  closeCode: 1008,
  autoApproved: false,
});
const admitted: Admission = { outcome: "admitted", httpStatus: 101, autoApproved: true };

/** `browser 127.0.0.1 (secure-context) > gateway ✗ pairing`: a path as a line. */
function line(input: PathInput): string {
  return connectionPath(input)
    .map(({ hop, address, note, breaks }) =>
      [hop, address, note && `(${note})`, breaks && `x ${breaks.gate}`].filter(Boolean).join(" "),
    )
    .join(" > ");
}

const local = "127.0.0.1:18789";
const page = `http://${local}`;

describe("the path of a connection", () => {
  const rows: readonly (readonly [string, PathInput, string])[] = [
    [
      "Docker's published port",
      {
        target: target("docker"),
        deployment: deployment("docker"),
        connection: connection("172.18.0.1", local, page),
        admission: refusedAt("pairing", "not-paired"),
      },
      `browser 127.0.0.1 (secure-context) > docker-proxy ${local} > bridge 172.18.0.1 (rewrites-source) > gateway ${local} (counts-as-remote) x pairing`,
    ],
    [
      "the same, IPv4 written as IPv6",
      {
        target: target("docker"),
        deployment: deployment("docker"),
        connection: connection("::ffff:172.18.0.1", local, page),
      },
      `browser 127.0.0.1 (secure-context) > docker-proxy ${local} > bridge ::ffff:172.18.0.1 (rewrites-source) > gateway ${local}`,
    ],
    [
      "Docker Desktop, opened by the machine's LAN address",
      {
        target: target("docker"),
        deployment: deployment("docker"),
        connection: connection("192.168.65.1", "10.1.2.3:18789", "http://10.1.2.3:18789"),
        admission: refusedAt("device-identity", "device-required"),
      },
      `browser (insecure-context) > docker-proxy 10.1.2.3:18789 > bridge 192.168.65.1 (rewrites-source) > gateway ${local} x device-identity`,
    ],
    [
      "a container next door",
      {
        target: target("docker"),
        deployment: deployment("docker"),
        connection: { remoteAddress: "172.18.0.7", headers: { host: "openclaw-gateway:18789" } },
      },
      `browser > bridge 172.18.0.7 > gateway ${local}`,
    ],
    [
      "a client of the LAN: a published port keeps its sender, and the LAN's router is no bridge of Docker's",
      {
        target: target("docker"),
        deployment: deployment("docker"),
        connection: connection("192.168.1.1", "192.168.1.5:18789", "http://192.168.1.5:18789"),
      },
      `browser 192.168.1.1 (insecure-context) > docker-proxy 192.168.1.5:18789 > gateway ${local}`,
    ],
    [
      "the gateway's own container at its own address",
      {
        target: target("docker"),
        deployment: deployment("docker"),
        connection: { remoteAddress: "10.0.3.7", headers: { host: "10.0.3.7:18789" } },
      },
      `browser > bridge 10.0.3.7 > gateway ${local}`,
    ],
    [
      "a reverse proxy that names its client",
      {
        target: target("vps"),
        deployment: deployment("vps"),
        connection: connection("127.0.0.1", "claw.example.test", "https://claw.example.test", {
          "x-forwarded-for": "198.51.100.7, 10.0.0.1",
        }),
        admission: refusedAt("proxy-attribution"),
      },
      `browser 198.51.100.7 (secure-context) > proxy 127.0.0.1 (adds-forwarded-headers) > gateway ${local} x proxy-attribution`,
    ],
    [
      "a proxy that answers the upgrade by itself",
      {
        target: target("vps"),
        connection: connection("10.0.0.5", "claw.example.test", "https://claw.example.test", {
          "x-forwarded-proto": "https",
        }),
        refusal: { gate: "transport", httpStatus: 502 },
      },
      `browser (secure-context) > proxy 10.0.0.5 (adds-forwarded-headers) x transport > gateway ${local}`,
    ],
    [
      "Tailscale Serve",
      {
        target: target("local"),
        connection: connection("127.0.0.1", "box.tail.ts.net", "https://box.tail.ts.net", {
          "x-forwarded-for": "100.64.0.9",
        }),
      },
      `browser 100.64.0.9 (secure-context) > tailscale-serve 127.0.0.1 (adds-forwarded-headers) > gateway ${local}`,
    ],
    [
      "a port-forward into a pod",
      {
        target: target("kubernetes"),
        deployment: deployment("kubernetes"),
        connection: connection("127.0.0.1", local, page),
        admission: admitted,
      },
      `browser 127.0.0.1 (secure-context) > port-forward ${local} (arrives-as-loopback) > gateway ${local} (counts-as-local)`,
    ],
    [
      "an SSH tunnel to another machine",
      {
        target: target("vps", "ssh:me@box"),
        deployment: deployment("vps", { sshHost: "me@box" }),
        connection: connection("127.0.0.1", local, page),
      },
      `browser 127.0.0.1 (secure-context) > ssh-tunnel me@box (arrives-as-loopback) > gateway ${local}`,
    ],
    [
      "nothing between",
      {
        target: target("local"),
        deployment: deployment("local"),
        connection: connection("192.168.1.20", "192.168.1.5:18789", "http://192.168.1.5:18789"),
        admission: refusedAt("origin"),
      },
      `browser 192.168.1.20 (insecure-context) > gateway ${local} x origin`,
    ],
    [
      "what was observed wins over the model",
      {
        target: target("local"),
        connection: {},
        admission: admitted,
        refusal: { gate: "shared-auth", reason: "token_missing" },
      },
      `browser > gateway ${local} (counts-as-local) x shared-auth`,
    ],
  ];
  for (const [name, input, expected] of rows) test(name, () => assert.equal(line(input), expected));

  test("a reason that the log leaves out comes from the model, if it means the same gate", () => {
    const reasonOf = (gate: "pairing" | "origin") =>
      connectionPath({
        target: target("local"),
        admission: refusedAt("pairing", "not-paired"),
        refusal: { gate },
      }).at(-1)?.breaks;
    assert.deepEqual(reasonOf("pairing"), { gate: "pairing", reason: "not-paired" });
    assert.deepEqual(reasonOf("origin"), { gate: "origin" });
  });

  test("nothing known, nothing drawn", () => {
    assert.deepEqual(connectionPath({ target: { kind: "offline", name: "log", exposure: "unknown" } }), []);
  });

  test("an admitted connection breaks nowhere", () => {
    const path = connectionPath({
      target: target("docker"),
      deployment: deployment("docker"),
      connection: connection("172.18.0.1", local, page),
      admission: admitted,
    });
    assert.ok(path.every(({ breaks }) => breaks === undefined));
  });
});
