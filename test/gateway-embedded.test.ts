import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { isObject } from "../src/core/json.ts";
import { createDeviceIdentity } from "../src/gateway/device.ts";
import { DeviceBook } from "../src/gateway/embedded/devices.ts";
import { type EmbeddedGatewayOptions, startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import { type FrameScenario, frameScenarios, recordFrames } from "./real/frames.ts";
import { fakeAdmit } from "./support/fake-admit.ts";
import { UNHURRIED, until } from "./support/until.ts";

const token = "tok-embedded-0123456789";
const docker = { remoteAddress: "172.18.0.1" };
const open: { close(): Promise<void> }[] = [];
after(async () => {
  await Promise.all(open.map((server) => server.close()));
});

async function gateway(release: string, more: Partial<EmbeddedGatewayOptions> = {}) {
  const log: string[] = [];
  const fileLog: string[] = [];
  const started = await startEmbeddedGateway({
    release,
    config: { gateway: { auth: { mode: "token", token } } },
    admit: fakeAdmit,
    onLog: (line) => log.push(line),
    onFileLog: (line) => fileLog.push(line),
    ...more,
  });
  open.push(started);
  return { ...started, log, fileLog };
}

function scenario(name: string): FrameScenario {
  return frameScenarios.find((known) => known.name === name) ?? assert.fail(name);
}

/** Waits for the line that is written after the socket closed. */
async function lineWith(lines: readonly string[], text: string): Promise<string> {
  const found = () => lines.find((candidate) => candidate.includes(text));
  await until(() => found() !== undefined, `no line with ${text}`);
  return found() ?? "";
}

/** Ids, ports and durations replaced, so that lines can be compared as wholes. */
function shape(line: string): string {
  return line
    .replace(/^\S+/, "TIME")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID")
    .replace(/\b[0-9a-f]{64}\b/g, "DEVICE")
    .replace(/127\.0\.0\.1:\d+/g, "HOST")
    .replace(/172\.18\.0\.1:\d+/g, "PEER")
    .replace(/((?:remote|local)Port|durationMs)=\d+/g, "$1=N");
}

/** As the real gateways wrote them for the same attempt (a browser through a published port; console log). */
const pairingLines = {
  "2026.2.1":
    "TIME [ws] closed before connect conn=UUID remote=172.18.0.1 fwd=n/a origin=http://HOST host=HOST ua=frames code=1008 reason=pairing required",
  "2026.3.13":
    "TIME [ws] closed before connect conn=UUID remote=172.18.0.1 fwd=n/a origin=http://HOST host=HOST ua=frames code=1008 reason=pairing required",
  "2026.4.15":
    "TIME [ws] closed before connect conn=UUID peer=PEER->HOST remote=172.18.0.1 fwd=n/a origin=http://HOST host=HOST ua=frames code=1008 reason=pairing required",
  "2026.5.28":
    "TIME [ws] closed before connect conn=UUID peer=PEER->HOST remote=172.18.0.1 fwd=n/a origin=http://HOST host=HOST ua=frames code=1008 reason=pairing required: device is not approved yet (requestId: UUID)",
  "2026.7.35":
    "TIME [ws] closed before connect conn=UUID peer=PEER->HOST remote=172.18.0.1 fwd=n/a origin=http://HOST host=HOST ua=frames code=1008 reason=pairing required: device is not approved yet (requestId: UUID) phase=auth_validated",
  "2026.9.6":
    "TIME [ws] closed before connect conn=UUID peer=PEER->HOST remote=172.18.0.1 fwd=n/a origin=http://HOST host=HOST ua=frames code=1008 reason=pairing required: device is not approved yet (requestId: UUID) phase=auth_validated cause=pairing-required durationMs=N handshake=failed phase=auth_validated lastFrameType=req lastFrameMethod=connect lastFrameId=c1 host=HOST origin=http://HOST userAgent=frames remoteAddr=172.18.0.1 remotePort=N localAddr=127.0.0.1 localPort=N endpoint=PEER->HOST deviceId=DEVICE requestId=UUID reason=not-paired",
};

describe("embedded gateway: log", () => {
  for (const [release, line] of Object.entries(pairingLines))
    it(`${release} logs a pairing refusal as the real one`, async () => {
      const server = await gateway(release, { peer: docker });
      await recordFrames(server.url, scenario("browser, token"), {
        token,
        ...(release >= "2026.8.1" ? { buildId: "dev" } : {}),
      });
      assert.equal(shape(await lineWith(server.log, "closed before connect")), line);
      const zone = release < "2026.3.1" ? /^\S+Z \[ws\]/ : /^\S+\+00:00 \[ws\]/;
      assert.match(await lineWith(server.log, "closed before connect"), zone);
    });

  it("the file log has the cause, the request and the device in its second field", async () => {
    const server = await gateway("2026.3.13", { peer: docker });
    const recorded = await recordFrames(server.url, scenario("browser, token"), { token });
    const line: unknown = JSON.parse(await lineWith(server.fileLog, "closed before connect"));
    assert.ok(isObject(line) && isObject(line["1"]));
    assert.equal(line["0"], '{"subsystem":"gateway/ws"}');
    assert.deepEqual([line["1"].cause, line["1"].reason], ["pairing-required", "not-paired"]);
    assert.match(String(line["2"]), /^closed before connect conn=/);
    const error = recorded.frames.find((frame) => isObject(frame) && isObject(frame.error));
    assert.ok(isObject(error) && isObject(error.error) && isObject(error.error.details));
    assert.equal(line["1"].requestId, error.error.details.requestId);
  });

  it("a page that hangs up itself is logged with its 4008", async () => {
    const server = await gateway("2026.3.13", { peer: docker, latencyMs: 30 });
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(server.url, { headers: { Origin: server.url.replace("ws", "http") } });
    socket.on("message", () => socket.close(4008, "connect failed"));
    assert.match(await lineWith(server.log, "closed before connect"), /code=4008 reason=connect failed$/);
  });

  it("client text cannot forge a line", async () => {
    const server = await gateway("2026.9.6");
    const client = { id: "cli", mode: "cli\n2026-01-01T00:00:00.000Z [ws] forged\u001b[2J" };
    await recordFrames(server.url, { name: "forged", client, auth: "wrong", origin: null }, { token });
    await lineWith(server.log, "closed before connect");
    assert.ok(server.log.length > 2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    for (const line of server.log) assert.doesNotMatch(line, /[\u0000-\u001f]/);
  });
});

describe("embedded gateway: frames", () => {
  it("cuts the close reason at 120 bytes", async () => {
    const server = await gateway("2026.9.6", {
      peer: docker,
      admit: () => ({
        outcome: "refused",
        gate: "pairing",
        reason: "role-upgrade",
        httpStatus: 101,
        autoApproved: false,
      }),
    });
    const { close } = await recordFrames(server.url, scenario("browser, token"), { token, buildId: "dev" });
    assert.match(
      close?.reason ?? "",
      /^pairing required: device is asking for a higher role than currently approved \(requestId: [0-9a-f-]+$/,
    );
    assert.equal(Buffer.byteLength(close?.reason ?? ""), 120);
  });

  it("verifies signatures, nonces and clocks for real", async () => {
    const server = await gateway("2026.3.13");
    const expected = {
      "browser, bad signature": "device signature invalid",
      "browser, bad device id": "device identity mismatch",
      "browser, wrong nonce": "device nonce mismatch",
      "browser, clock 11 minutes off": "device signature expired",
      "browser, token": "done",
    };
    for (const [name, reason] of Object.entries(expected))
      assert.equal((await recordFrames(server.url, scenario(name), { token })).close?.reason, reason, name);
  });

  it("approves, lets in, and takes the device token in place of the shared one", async () => {
    const server = await gateway("2026.3.13", { peer: docker });
    const device = createDeviceIdentity();
    const knock = (more: Partial<FrameScenario> = {}, word = token) =>
      recordFrames(server.url, { ...scenario("browser, token"), ...more }, { token: word, device });
    assert.equal((await knock()).close?.reason, "pairing required");
    const [pending] = server.devices.list().pending;
    assert.equal(pending?.deviceId, device.id);
    assert.equal(pending?.remoteIp, "172.18.0.1");
    // The same request while it lives.
    await knock();
    assert.deepEqual(server.devices.list().pending, [pending]);

    server.devices.approve(pending?.requestId ?? "");
    const admitted = await knock();
    assert.equal(admitted.close?.reason, "done");
    const hello = admitted.frames.find((frame) => isObject(frame) && frame.ok === true);
    assert.ok(isObject(hello) && isObject(hello.payload) && isObject(hello.payload.auth));
    const deviceToken = String(hello.payload.auth.deviceToken);
    assert.equal((await knock({}, deviceToken)).close?.reason, "done");
    server.devices.remove(device.id);
    assert.match((await knock({}, deviceToken)).close?.reason ?? "", /token mismatch/);
  });

  it("lets only those with the scope touch the device list", async () => {
    const server = await gateway("2026.3.13");
    const calls = [{ method: "device.pair.list", params: {} }];
    const client = await recordFrames(server.url, { ...scenario("client, token"), calls }, { token });
    assert.match(JSON.stringify(client.frames.at(-1)), /missing scope: operator\.pairing/);
    const browser = await recordFrames(server.url, { ...scenario("browser, token"), calls }, { token });
    assert.match(JSON.stringify(browser.frames.at(-1)), /"paired":\[\{/);
  });

  it("refuses an unknown key of the client, as the schema of its time does", async () => {
    const server = await gateway("2026.5.28");
    const { close } = await recordFrames(server.url, scenario("browser, token"), { token, buildId: "dev" });
    assert.match(close?.reason ?? "", /^invalid connect params: at \/client: unexpected property 'buildId'/);
  });

  it("shows the model what came, under the address that it is told", async () => {
    let seen: unknown;
    const server = await gateway("2026.3.13", {
      peer: (headers) =>
        headers["user-agent"] === "frames"
          ? { ...docker, headers: { "x-forwarded-for": "203.0.113.7" } }
          : undefined,
      admit: (input) => {
        seen = input;
        return fakeAdmit(input);
      },
    });
    await recordFrames(server.url, scenario("browser, wrong token"), { token });
    assert.ok(isObject(seen) && isObject(seen.connection) && isObject(seen.connection.headers));
    const { connection } = seen;
    assert.equal(seen.release, "2026.3.13");
    assert.equal(connection.remoteAddress, "172.18.0.1");
    assert.equal(connection.auth, "wrong");
    assert.deepEqual(connection.device, { state: "unpaired" });
    assert.deepEqual(connection.protocol, { min: 3, max: 4 });
    assert.equal(
      (seen.connection.headers as { "x-forwarded-for"?: string })["x-forwarded-for"],
      "203.0.113.7",
    );
  });

  it("takes a new config without a restart of the process", async () => {
    const server = await gateway("2026.3.13");
    server.reconfigure({ gateway: { auth: { mode: "token", token: "another-token" } } }, [
      "gateway.auth.token",
    ]);
    const { close } = await recordFrames(server.url, scenario("client, token"), { token });
    assert.match(close?.reason ?? "", /token mismatch/);
    assert.match(
      server.log.at(1) ?? "",
      /\[reload\] config change requires gateway restart \(gateway\.auth\.token\)/,
    );
  });

  it("ends a handshake that does not come, and frames that are too large", async () => {
    const impatient = await gateway("2026.3.13", { handshakeTimeoutMs: 50 });
    const silent = await recordFrames(impatient.url, { name: "silent", raw: " " }, { timeoutMs: UNHURRIED });
    assert.equal(silent.close?.code, 1000);
    // With patience: on a busy machine a large frame takes longer than 50 ms.
    const { url } = await gateway("2026.3.13");
    const large = await recordFrames(
      url,
      { name: "large", raw: "x".repeat(600_000) },
      { timeoutMs: UNHURRIED },
    );
    assert.notEqual(large.close?.code, 1000);
  });
});

describe("device book", () => {
  const applicant = {
    deviceId: "d",
    publicKey: "k",
    clientId: "openclaw-control-ui",
    clientMode: "webchat",
    role: "operator",
    scopes: ["operator.read"],
  };

  it("forgets a request after five minutes", () => {
    let now = 0;
    const book = new DeviceBook(() => now);
    const { requestId } = book.request(applicant);
    now = 5 * 60_000 - 1;
    assert.equal(book.list().pending.length, 1);
    now++;
    assert.equal(book.list().pending.length, 0);
    assert.equal(book.approve(requestId), undefined);
    assert.notEqual(book.request(applicant).requestId, requestId);
  });

  it("keeps what was approved when more is asked for", () => {
    const book = new DeviceBook();
    book.approve(book.request(applicant).requestId);
    const upgrade = book.request({ ...applicant, scopes: ["operator.admin"] });
    assert.equal(upgrade.isRepair, true);
    assert.deepEqual(book.pairedOf("d")?.scopes, ["operator.read"]);
    assert.deepEqual(book.approve(upgrade.requestId)?.scopes, ["operator.read", "operator.admin"]);
  });
});
