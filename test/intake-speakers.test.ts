// Who was refused, where a person tells it: a phone's app, a node host and a browser each get their own answer.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { triageText } from "./support/ticket-score.ts";

const OWN = "mobile-or-node-pairing";
const BROWSER = "first-time-not-paired";

const TOLD: readonly (readonly [told: string, first: string, variant?: string])[] = [
  [
    'Android app: OpenClaw 2026.4.12 on Debian. The app from Google Play shows "pairing required" and a spinner. Browser works fine.',
    OWN,
    "app-waits",
  ],
  [
    "My wife's iPad can't get in. I installed the OpenClaw app for iPad, typed wss://claw.example.net and the token.\n\nAll it shows is: pairing required\n\n2026.5.7 on a Mac mini",
    OWN,
    "app-waits",
  ],
  [
    'OpenClaw app from the App Store on iPhone 16, gateway 2026.4.12 on my NUC. It says "Gateway error: pairing required" and stays there. I don\'t use the browser at all.',
    OWN,
    "app-waits",
  ],
  [
    'I never open the dashboard. TestFlight build of the OpenClaw app, gateway 2026.3.28.\n\n"device pairing required" every time',
    OWN,
    "app-waits",
  ],
  ["iOS 客户端一直提示 pairing required，网页端没有问题。网关 2026.4.12，Ubuntu。", OWN, "app-waits"],
  [
    "安卓 App 连接网关 2026.5.3，输入令牌以后\n\n报错 pairing required: device is not approved yet\n\n浏览器从来没用过。",
    OWN,
    "app-waits",
  ],
  [
    'Second node does not join. gateway 2026.3.13. The remote node prints "pairing required" and exits. nodes pending is empty',
    OWN,
    "node-waits",
  ],
  ["子节点连不上网关，2026.3.13：pairing required。nodes pending 是空的", OWN, "node-waits"],
  [
    "On the gateway (10.0.0.2, v2026.3.13):\n2026-03-20T21:10:09.774Z [ws] closed before connect conn=5b6e0a52-7a4b-4a55-a2a3-4a4d1d2c7f01 remote=10.0.0.9 fwd=n/a origin=n/a host=10.0.0.2:18789 ua=n/a code=1008 reason=pairing required\n\nOn the Pi: node host gateway closed (1008): pairing required",
    OWN,
    "node-waits",
  ],
  [
    "Browser on my iPhone (Safari) says pairing required at https://claw.example.net. 2026.4.12, nginx",
    BROWSER,
  ],
  [
    'The iPhone app works. In Chrome on my laptop I get "pairing required" at https://claw.example.net. 2026.4.12 behind nginx',
    BROWSER,
  ],
  ["TrueNAS app, the app's web portal says pairing required. 2026.4.12", BROWSER],
];

describe("whoever is spoken of last was refused", () => {
  for (const [told, first, variant] of TOLD)
    test(told.slice(0, 60), async () => {
      const { findings } = await triageText(told);
      assert.equal(findings[0]?.id, first);
      assert.equal(findings[0]?.variant, variant);
      const wording = JSON.stringify(findings.map(({ remedies }) => remedies));
      if (first === OWN) assert.doesNotMatch(wording, /Press Connect|[Rr]eload the page/);
      assert.ok(!findings.slice(1).some(({ id }) => id === OWN || id === BROWSER), "one story");
    });

  test("the console's line without names is of the client of the same connection", async () => {
    const conn = "0b6e0a52-7a4b-4a55-a2a3-4a4d1d2c7f01";
    const { findings } = await triageText(
      `2026-04-28T09:53:20.123Z [ws] security audit: device access upgrade requested reason=scope-upgrade device=${"5c".repeat(32)} ip=unknown-ip auth=token roleFrom=operator roleTo=operator scopesFrom=operator.read scopesTo=operator.admin,operator.read client=cli conn=${conn}\n2026-04-28T09:53:20.133Z [ws] closed before connect conn=${conn} remote=127.0.0.1 fwd=n/a origin=n/a host=127.0.0.1:18789 ua=n/a code=1008 reason=pairing required: device is asking for more scopes than currently approved (requestId: 51d2c0aa-6a2b-4a9d-9f2d-6f2f3b0c8d11)`,
    );
    assert.equal(findings[0]?.id, "scope-upgrade-pending");
    assert.doesNotMatch(JSON.stringify(findings[0]?.remedies), /the page/);
  });
});
