// Bytes as text of an HTML element: five letters for four bytes, where base64 takes five and a third.

const BASE = 85;
const FIRST = "#".charCodeAt(0);
/** The one letter on the way that could begin a tag. */
const LEFT_OUT = "<".charCodeAt(0);

/** Letters from `#` to `x`, without `<`; the first one is how many bytes at the end are none. */
export function denseText(bytes: Uint8Array): string {
  const none = (4 - (bytes.length % 4)) % 4;
  const view = new DataView(new ArrayBuffer(bytes.length + none));
  new Uint8Array(view.buffer).set(bytes);
  const letters = [letterOf(none)];
  for (let at = 0; at < view.byteLength; at += 4) {
    let rest = view.getUint32(at);
    const five: string[] = [];
    for (let place = 0; place < 5; place += 1) {
      five.unshift(letterOf(rest % BASE));
      rest = Math.floor(rest / BASE);
    }
    letters.push(...five);
  }
  return letters.join("");
}

export function denseBytes(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(((text.length - 1) / 5) * 4));
  for (let at = 0; at < view.byteLength; at += 4) {
    let value = 0;
    for (let place = 0; place < 5; place += 1) value = value * BASE + digitOf(text, 1 + (at / 4) * 5 + place);
    view.setUint32(at, value);
  }
  return new Uint8Array(view.buffer, 0, view.byteLength - digitOf(text, 0));
}

function letterOf(digit: number): string {
  const code = FIRST + digit;
  return String.fromCharCode(code < LEFT_OUT ? code : code + 1);
}

function digitOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code - FIRST - (code > LEFT_OUT ? 1 : 0);
}
