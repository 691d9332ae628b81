import { createKnownScrubber } from "../core/scrub.ts";
import { safeText } from "../core/text.ts";

/** Removes known secrets and personal data from a text. */
export type Scrub = (text: string) => string;

/** Text that has gone through `safeText` is looked at up to here; what follows is dropped unseen. */
const looked = 4000;
/** A cut-off secret shorter than this tells nothing. */
const tellingPrefix = 4;

/**
 * Makes text from the wire printable. Control characters go first, so that no secret can hide behind them. Then the
 * credentials that we sent, which a hostile gateway may echo: of any length as they are, else in whatever disguise.
 * Then `scrub`, then the cut.
 */
export function cleaner(secrets: readonly string[], scrub: Scrub = (text) => text): Clean {
  const forms = secrets.filter((secret) => secret.length > 0).flatMap(formsOf);
  // Longest first, so that a secret within another one leaves no rest.
  forms.sort((a, b) => b.length - a.length);
  const known = createKnownScrubber(secrets);
  return (text, max = 500) => {
    let plain = safeText(text, looked);
    for (const form of forms) plain = plain.replaceAll(form, "<secret>");
    for (const form of forms) plain = withoutCutSecret(plain, form);
    return safeText(scrub(known(plain)), max);
  };
}

export type Clean = (text: string, max?: number) => string;

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const base64 = bytes.toString("base64");
  const forms = [secret, safeText(secret, looked), encodeURIComponent(secret)];
  // Short secrets in base64 would match by chance.
  if (bytes.length >= 6) forms.push(base64, base64.replace(/=+$/, ""), bytes.toString("base64url"));
  return [...new Set(forms)].filter((form) => form.length > 0);
}

/** The bounded look may have cut a secret in two: its first half at the very end goes too. */
function withoutCutSecret(text: string, secret: string): string {
  const body = text.endsWith("…") ? text.slice(0, -1) : text;
  for (let length = Math.min(secret.length - 1, body.length); length >= tellingPrefix; length--) {
    if (body.endsWith(secret.slice(0, length))) return `${body.slice(0, -length)}<secret>`;
  }
  return text;
}
