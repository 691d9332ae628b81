import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  createDeviceIdentity,
  type DeviceClaim,
  deviceIdentityFromSeed,
  deviceIdOf,
  type SignatureForm,
  signaturePayload,
  verifySignature,
} from "../src/gateway/device.ts";

const seed = createHash("sha256").update("pairing-doctor test vector").digest();
const claimed = {
  deviceId: "567a784884934f80b679528b3c72d0d89f6e62ba66ddead71065c1571bf65420",
  clientId: "openclaw-control-ui",
  clientMode: "webchat",
  role: "operator",
  scopes: ["operator.read", "operator.pairing"],
  platform: " Linux X86_64 ",
  deviceFamily: "Desktop",
};

/** Each of these signatures was accepted by the named real gateway (loopback, 2026-11-22). */
const accepted: readonly {
  readonly by: string;
  readonly form: SignatureForm;
  readonly claim: DeviceClaim;
  readonly signature: string;
}[] = [
  {
    by: "2026.2.1",
    form: "v1",
    claim: { ...claimed, signedAtMs: 1795381599758, token: "tok-gwroom-28101" },
    signature: "DikMtvViScI3TO_HBgakgTBWi3dexUX3YHcCw25YVHtLgJaqe490NK7X_Ov7kFGfxXxKfCMG65rYSpTBnKxxBw",
  },
  {
    by: "2026.2.1",
    form: "v2",
    claim: {
      ...claimed,
      signedAtMs: 1795381600322,
      token: "tok-gwroom-28101",
      nonce: "580c561a-8daf-4ad3-a62a-1b84afa4e619",
    },
    signature: "_z_W-EZ2V35P8UhVyl8EQ4vfmbyAFA5DCT-JwuZTD6O1ik1zrbHs5wPTv5S69T9UZRn1yKf8zHxyIpN13VNUAQ",
  },
  {
    by: "2026.3.13",
    form: "v3",
    claim: {
      ...claimed,
      signedAtMs: 1795381601707,
      token: "tok-gwroom-28103",
      nonce: "80657973-fbca-4243-aa75-c6efd2a7b3f5",
    },
    signature: "jPyE8pL-xE7wJcuMJZPSJ1xfUxa57mINprsKL4YvdOgaMIq0TgMhbqf9aavxO5vZjE5eDNqDUWi6Z5r6_T6fBQ",
  },
  {
    by: "2026.9.6",
    form: "v2",
    claim: {
      ...claimed,
      signedAtMs: 1795381603530,
      token: "tok-gwroom-28109",
      nonce: "e1c6fea4-fb9c-4535-bbcd-3b6b4c06ae1b",
    },
    signature: "RY63cE1QX3tdhiQ4PGvW6AY1mZIDEW_nUa9Ky-xnMnc9aMoBrih-6uqqOcjkLis6tcF5zlQE4B95R_jOT8HbAg",
  },
  {
    by: "2026.9.6",
    form: "v3",
    claim: {
      ...claimed,
      signedAtMs: 1795381604470,
      token: "tok-gwroom-28109",
      nonce: "cf255b40-3866-443a-a908-45127f3ce751",
    },
    signature: "xX3z4dwyzhj8jFSiMJ2Tnolj4tx8HDmNxMFMTk7okFLjw1fBHsWx4yXDuU8NKm3zJ65Z0tsmb6yNTe3uQQtFBg",
  },
];

describe("device identity", () => {
  const device = deviceIdentityFromSeed(seed);

  for (const { by, form, claim, signature } of accepted)
    it(`signs ${form} as ${by} accepted it`, () => {
      assert.equal(device.id, claim.deviceId);
      assert.equal(device.sign(signaturePayload(form, claim)), signature);
      assert.ok(verifySignature(device.publicKey, signaturePayload(form, claim), signature));
    });

  it("has the id that belongs to its key", () => {
    const other = createDeviceIdentity();
    assert.equal(deviceIdOf(other.publicKey), other.id);
    assert.notEqual(other.id, createDeviceIdentity().id);
  });

  it("does not verify a changed claim, another key or rubbish", () => {
    const { form, claim, signature } = accepted[4] ?? assert.fail();
    const payload = signaturePayload(form, claim);
    assert.equal(verifySignature(device.publicKey, `${payload}x`, signature), false);
    assert.equal(verifySignature(createDeviceIdentity().publicKey, payload, signature), false);
    assert.equal(verifySignature(device.publicKey, payload, "x".repeat(1000)), false);
    assert.equal(verifySignature("short", payload, signature), false);
    assert.equal(deviceIdOf("x".repeat(500)), undefined);
  });

  it("never throws on hostile keys and signatures", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (key, payload, signature) => {
        assert.equal(verifySignature(key, payload, signature), false);
      }),
    );
  });
});
