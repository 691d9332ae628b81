import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HostSigns } from "../src/core/facts.ts";
import { composeSigns, readComposeFile } from "../src/deployments/compose-file.ts";
import { detectDeployment } from "../src/deployments/detect.ts";
import { fakeWorld } from "./fake-world.ts";

const UPSTREAM = `services:
  openclaw-gateway:
    image: \${OPENCLAW_IMAGE:-openclaw:local}
    ports:
      - "\${OPENCLAW_GATEWAY_PORT:-18789}:18789"
      - "\${OPENCLAW_BRIDGE_PORT:-18790}:18790"
    init: true
    command:
      [
        "node",
        "dist/index.js",
        "gateway",
        "--bind",
        "\${OPENCLAW_GATEWAY_BIND:-lan}",
      ]

  openclaw-cli:
    image: \${OPENCLAW_IMAGE:-openclaw:local}
    network_mode: "service:openclaw-gateway"
    entrypoint: ["node", "dist/index.js"]
`;

test("upstream's file", () => {
  assert.deepEqual(composeSigns(UPSTREAM, "docker-compose.yml"), {
    file: "docker-compose.yml",
    service: "openclaw-gateway",
    cliService: "openclaw-cli",
    publishedOn: ["0.0.0.0"],
  });
});

test("own names, by image and command; other services are left alone", () => {
  const text = `version: "3"
x-common: &common
  image: ghcr.io/openclaw/openclaw:latest
services:
    db:
        image: postgres   # not ours
        command: gateway
    claw:   # the bot
        image: "ghcr.io/openclaw/openclaw:2026.3.13"
        container_name: my-claw
        ports:
        - 127.0.0.1:18789:18789
        command: node dist/index.js gateway --bind lan
    shell-cli:
        image: ghcr.io/openclaw/openclaw:2026.3.13
volumes:
    openclaw-data:
`;
  assert.deepEqual(composeSigns(text, "compose.yaml"), {
    file: "compose.yaml",
    service: "claw",
    cliService: "shell-cli",
    container: "my-claw",
    publishedOn: ["127.0.0.1"],
  });
});

test("a file of something else gives nothing", () => {
  assert.equal(composeSigns("services:\n  db:\n    image: postgres\n", "compose.yaml"), undefined);
  assert.equal(composeSigns("openclaw: 1\n", "compose.yaml"), undefined);
  assert.equal(composeSigns("{services: {openclaw: {image: openclaw}}}", "compose.yaml"), undefined);
});

test("the first file that Compose would take is the one, and it names the services of the commands", async () => {
  const host: HostSigns = {
    platform: "darwin",
    wsl: false,
    sshSession: false,
    container: "none",
    addresses: [],
    engines: [],
    units: [],
  };
  const compose = await readComposeFile(fakeWorld({ files: { "/docker-compose.yml": UPSTREAM } }));
  assert.ok(compose);
  const found = detectDeployment({ host, compose });
  assert.equal(found.kind, "docker");
  assert.deepEqual(found.names, { composeService: "openclaw-gateway", composeCliService: "openclaw-cli" });
  assert.equal(
    await readComposeFile(fakeWorld({ files: { "/compose.yaml": "a: 1", "/docker-compose.yml": UPSTREAM } })),
    undefined,
  );
});

test("any text ends", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      composeSigns(`services:\n  openclaw:\n${text}`, "compose.yaml");
    }),
  );
  assert.equal(composeSigns(`services:\n${" a:\n".repeat(100_000)}`, "compose.yaml"), undefined);
});
