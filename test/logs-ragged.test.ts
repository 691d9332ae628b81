import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogEvent } from "../src/core/log-event.ts";
import { digestLogs } from "../src/logs/digest.ts";
import { createScanner } from "../src/logs/scan.ts";

function scan(...lines: string[]): readonly LogEvent[] {
  const scanner = createScanner("paste");
  return [...scanner.push(`${lines.join("\n")}\n`), ...scanner.end()];
}

/** Gate and reason of what a client printed. */
function said(...lines: string[]): string {
  const events = scan(...lines).flatMap((event) => (event.type === "client-error" ? [event] : []));
  return events.map(({ gate, why }) => [gate ?? "none", why].filter(Boolean).join(" ")).join(", ");
}

async function gates(...lines: string[]): Promise<readonly string[]> {
  const { refusals } = await digestLogs([{ name: "paste", chunks: [`${lines.join("\n")}\n`] }]);
  return refusals.map(({ gate }) => gate);
}

const CLOSED =
  "[ws] closed before connect conn=5f0d2c1e-3b6a-4c8d-9e7f-112233445566 remote=10.1.0.4 fwd=n/a origin=https://claw.test host=claw.test ua=Mozilla/5.0";

describe("lines that lost a part on their way", () => {
  it("a close reason of which the end is missing", async () => {
    assert.deepEqual(await gates(`${CLOSED} code=1008 reason=origin not al`), ["origin"]);
    assert.deepEqual(await gates(`${CLOSED} code=1008 reason=pairing req…`), ["pairing"]);
    assert.deepEqual(await gates(`${CLOSED} code=1008 reason=control ui requ`), ["device-identity"]);
    assert.deepEqual(await gates(`${CLOSED} code=1008 reason=orig`), ["unknown"], "too short to tell");
    assert.deepEqual(await gates(`${CLOSED} code=1008 reason=origami folded`), ["unknown"]);
  });

  it("a cause before the code, in a viewer that leaves the rest out", async () => {
    assert.deepEqual(
      await gates(
        "WARN closed before connect cause=handshake-timeout handshakeMs=9001 durationMs=9444 code=1000",
      ),
      ["timeout"],
    );
  });

  it("a message that is broken in two", () => {
    assert.equal(
      said("Error: unauthorized: gateway", "token missing (open the dashboard URL)"),
      "shared-auth token_missing",
    );
    assert.equal(said("disconnected (1008): pairing", "required"), "pairing");
    assert.equal(
      said("the card says: control ui requires device", "identity (use HTTPS)"),
      "device-identity control-ui-insecure-auth",
    );
    assert.equal(said("I have a question about pairing", "and another about nodes"), "");
  });

  it("a message that a terminal broke within a word", () => {
    assert.equal(
      said("oh no: unauthorized: gateway token mis", "match (open the dashboard URL)"),
      "shared-auth token_mismatch",
    );
    assert.equal(said("disconnected (1008): pairing requ", "ired"), "pairing");
    assert.equal(said("the origin not all", "of us know is Rome"), "");
  });

  it("a paste from a page's source", async () => {
    assert.deepEqual(
      await gates(
        "&gt; {&quot;cause&quot;:&quot;pairing-required&quot;,&quot;reason&quot;:&quot;not-paired&quot;}",
      ),
      ["pairing"],
    );
  });

  it("a broken message keeps the block below it", () => {
    const [event] = scan(
      "gateway closed (1008): pairing",
      "required",
      "Gateway target: ws://127.0.0.1:18789",
    );
    assert.ok(event?.type === "client-error");
    assert.equal(event.target, "ws://127.0.0.1:18789");
  });

  it("colours, whole, written out, or without their escape character", () => {
    for (const mark of ["\u001b", "^[", "\\u001b", "\\x1b", ""]) {
      const line = `${mark}[33m[ws]${mark}[39m ${mark}[36munauthorized${mark}[39m conn=5f0d2c1e-3b6a-4c8d-9e7f-112233445566 remote=10.1.0.4 reason=token_mismatch`;
      const [event] = scan(line);
      assert.equal(event?.type, "unauthorized", JSON.stringify(mark));
    }
  });
});

describe("blocks that lost their line breaks", () => {
  it("the CLI's block behind its error, on one line", () => {
    const [event] = scan(
      "result: gateway closed (1008): pairing required Gateway target: ws://10.9.0.2:18789 Source: local lan 10.9.0.2 Config: /x/openclaw.json Bind: lan",
    );
    assert.ok(event?.type === "client-error");
    assert.deepEqual(
      [event.message, event.target, event.targetSource, event.bind],
      ["pairing required", "ws://10.9.0.2:18789", "local lan 10.9.0.2", "lan"],
    );
  });

  it("a sentence goes on behind the source", () => {
    const [event] = scan(
      'it says "gateway closed (1008): pairing required … Source: local lan 10.9.0.2". Chat is fine.',
    );
    assert.ok(event?.type === "client-error");
    assert.equal(event.targetSource, "local lan 10.9.0.2");
  });

  it("what stands behind a reason in pages, sentences and other programs' JSON is no part of it", () => {
    for (const [head, tail] of [
      ["<span>", "</span>"],
      ['{"line":"', '","ts":"2026-03-14"}'],
      ["\u{1f534} ", " \u{1f62d}"],
      ["日志：", "。"],
    ] as const) {
      const [event] = scan(`${head}${CLOSED} code=1008 reason=pairing required${tail}`);
      assert.ok(event?.type === "refused");
      assert.equal(event.reason, "pairing required", tail);
    }
  });

  it("a line of the gateway inside somebody's JSON", () => {
    const [event] = scan(
      '{"level":"warn","msg":"unauthorized conn=5f0d2c1e-3b6a-4c8d-9e7f-112233445566 remote=10.1.0.4 reason=token_mismatch"}',
    );
    assert.ok(event?.type === "unauthorized");
    assert.equal(event.reason, "token_mismatch");
  });
});

describe("words around the gateway's own", () => {
  it("full-width marks right behind a message are no part of it", () => {
    const [event] = scan("页面提示 disconnected (4008): connect failed，重启也没用。");
    assert.ok(event?.type === "client-error");
    assert.deepEqual([event.message, event.gate, event.code], ["connect failed", "unknown", 4008]);
    assert.equal(
      said("报错：unauthorized: gateway password missing。怎么办？"),
      "shared-auth password_missing",
    );
  });

  it("what people say of a published port", () => {
    assert.equal(
      said("Connection reset by peer from outside of the container, inside it is fine"),
      "transport reset",
    );
    assert.equal(said("curl http://127.0.0.1:18789/ gives an empty reply"), "transport empty-reply");
    assert.equal(said("错误: 基础连接已经关闭: 连接被意外关闭。"), "transport reset");
    assert.equal(said("[telegram] fetch failed: connection reset"), "");
    assert.equal(said("my connection was reset by the provider last night"), "");
  });

  it("the row of openclaw status", () => {
    assert.equal(
      said(
        "│ Gateway │ local · ws://127.0.0.1:18789 (local loopback) · unreachable (connect failed: unauthorized) │",
      ),
      "shared-auth",
    );
    assert.equal(
      said(
        "│ Gateway │ local · ws://127.0.0.1:18789 · unreachable (connect failed: connect ECONNREFUSED 127.0.0.1:18789) │",
      ),
      "transport refused",
    );
  });

  it("a paragraph tells of a setting beside the error that it quotes", () => {
    const types = scan("Behind nginx the page says: disconnected (1006): no reason").map(({ type }) => type);
    assert.deepEqual(types.sort(), ["client-error", "setting"]);
    assert.deepEqual(
      scan("[ws] closed before connect code=1008 reason=pairing required behind nginx").map(
        ({ type }) => type,
      ),
      ["refused"],
      "only what people write",
    );
  });

  it("over, or never there: only as a whole statement", () => {
    const about = (text: string) =>
      scan(text)
        .flatMap((event) => (event.type === "aside" ? [event.about] : []))
        .join();
    for (const text of [
      "Never mind, the cable was out",
      "it works now, thank you",
      "everything is green now",
      "I don't have this error myself",
      "已经解决，谢谢",
      "Update: solved! I ran the approval and the message is gone",
      "[SOLVED] my gateway in Docker",
      "EDIT 2: fixed it, thanks all",
      "**Update:** fixed",
      "Solved.",
      "Solved by approving the device",
      "更新：搞定了",
      "after the approval the error is gone",
      "I approved it and now it connects.",
      "the dashboard connects now",
      "approved, connected now",
      "that did the trick",
    ]) {
      assert.equal(about(text), "solved", text);
    }
    for (const text of [
      "it is not solved",
      "has anybody solved this?",
      "this isn't fixed in the new release",
      "works on localhost",
      "it worked before, now it does not",
      "未解决，求助",
      "怎么解决",
      "I hope it's resolved soon",
      "it works now but the phone is still refused",
      "that fixed it for others",
      "the error is gone for a minute and comes back",
      "Update: not solved",
      "Update: fixed the typo in the title",
      "Solved?",
      "is the problem solved in the new release",
      "would that solve it",
      "resolved: https://example.com/x.tgz",
      "Fixed a crash of the parser",
      "if it connects now",
      "the token error is gone. Now the page complains about an approval",
    ]) {
      assert.equal(about(text), "", text);
    }
  });

  it("an error that takes the place of another is not over", () => {
    const text = "The mismatch error is gone. Now it says disconnected (1008): pairing required";
    assert.ok(!scan(text).some((event) => event.type === "aside" && event.about === "solved"));
  });

  it("what was mended is no complaint", () => {
    assert.equal(said('2026.3.22: fixed "pairing required" on loopback'), "");
    assert.equal(said("how is pairing required to be fixed?"), "pairing");
  });

  it("what another program's address refused", () => {
    assert.equal(said("connection refused at http://127.0.0.1:11434"), "");
    assert.equal(said("curl: (22) The requested URL returned error: 401"), "");
    assert.equal(said("curl: (7) Failed to connect to api.test port 443 after 3 ms"), "");
    assert.equal(said("curl: (7) Failed to connect to 127.0.0.1 port 18789 after 3 ms"), "transport refused");
  });

  it("headings with capitals", () => {
    assert.equal(said("PAIRING REQUIRED!!"), "pairing");
    assert.equal(said("# Pairing Required on my NAS"), "pairing");
    assert.equal(said("Protocol Mismatch after the update"), "protocol");
    assert.equal(said("Device Identity Required (again)"), "device-identity device-required");
  });

  it("the requirement without the words before it", () => {
    assert.equal(said("device is asking for more scopes than currently approved"), "pairing scope-upgrade");
    assert.equal(said("device identity changed and must be re-approved"), "pairing metadata-upgrade");
    assert.equal(said("device metadata change pending approval (requestId: x)"), "pairing metadata-upgrade");
    assert.equal(said("device is on the desk and paired"), "");
  });

  it("what clients say before they dial or instead of an answer", () => {
    assert.equal(
      said("gateway health requires credentials before opening a websocket"),
      "shared-auth token_missing",
    );
    assert.equal(said("close 1008 connect challenge missing nonce"), "device-signature device-nonce");
    assert.equal(said("Gateway port 18789 is not listening (service appears running)."), "transport refused");
    assert.equal(
      said("SocketException 10061: the target machine actively refused it (localhost:18789)"),
      "transport refused",
    );
    assert.equal(
      said("Firefox can’t establish a connection to the server at 127.0.0.1:18789."),
      "transport refused",
    );
    assert.equal(said("127.0.0.1 未发送任何数据"), "transport empty-reply");
    assert.equal(said("Firefox can’t establish a connection to the server at news.example."), "");
  });
});

describe("answers to commands", () => {
  it("denied rotations and approvals", () => {
    assert.equal(said("Error: device token rotation denied"), "none approval-denied");
    assert.equal(
      said("[gateway] device token revocation denied device=d1 role=operator reason=caller-missing-scope"),
      "none approval-denied",
    );
    assert.equal(said("the gateway answers device-ownership-mismatch"), "none approval-denied");
  });

  it("a retired credential file", () => {
    assert.equal(
      said("Legacy device auth requires migration; stop the Gateway and run `openclaw doctor --fix`."),
      "none identity-migration",
    );
  });

  it("a start that failed for the files' sake is the files' trouble", () => {
    assert.equal(
      said(
        "Gateway failed to start: Error: EACCES: permission denied, open '/home/node/.openclaw/openclaw.json'",
      ),
      "none state-permissions",
    );
  });

  it("a gateway that runs already, without the usual beginning", () => {
    for (const line of [
      "Error: gateway already running (pid 77); lock timeout after 5000ms",
      "Gateway already running locally. Stop it (openclaw gateway stop) or use a different port.",
    ]) {
      const [event] = scan(line);
      assert.ok(event?.type === "startup-failed", line);
      assert.equal(event.why, "already-running");
    }
    assert.deepEqual(scan("Good news: the gateway already running on my Pi is fast."), []);
  });
});
