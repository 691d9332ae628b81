/**
 * Text from logs, gateways and configs is hostile. `safeText` makes it printable: ANSI and OSC sequences,
 * C0/C1 controls, bidi overrides and zero-width characters go; line breaks become spaces; the rest is cut
 * at `max` characters with an ellipsis. Linear in the length of what is kept.
 */
export function safeText(text: string, max = 500): string {
  // Cut first, generously, so that a huge line costs no more than a long one.
  const bounded = text.length > max * 4 ? text.slice(0, max * 4) : text;
  const plain = stripAnsi(bounded)
    .replace(/[\r\n\t\v\f]+/g, " ")
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
      "",
    )
    .toWellFormed();
  return plain.length > max ? `${plain.slice(0, max - 1).toWellFormed()}…` : plain;
}

/** Removes ANSI escape sequences (CSI, OSC, and two-character escapes). Linear time. */
export function stripAnsi(text: string): string {
  if (!text.includes("\u001b") && !text.includes("\u009b")) return text;
  return (
    text
      // OSC, DCS, PM, APC: up to BEL or ST; bounded so that an unterminated one cannot eat the rest.
      .replace(/\u001b[\]PX^_][^\u0007\u001b]{0,2048}(?:\u0007|\u001b\\)?/g, "")
      .replace(/(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]?/g, "")
      .replace(/\u001b[ -/]{0,4}[0-~]?/g, "")
  );
}
