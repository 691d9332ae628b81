const ZULU = 0x5a;

/** Whether one time of a log is earlier: by what they mean where both are whole, else by their text. */
export function isBefore(a: string, b: string): boolean {
  if (a.length === b.length && isSameZone(a, b)) return a < b;
  const [x, y] = [Date.parse(a), Date.parse(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a < b : x < y;
}

/** Of texts of one length, as one writer makes them: `Z`, or the same offset. */
function isSameZone(a: string, b: string): boolean {
  const [x, y] = [a.charCodeAt(a.length - 1), b.charCodeAt(b.length - 1)];
  if (x === ZULU || y === ZULU) return x === y;
  const zone = a.slice(-6);
  return (zone.startsWith("+") || zone.startsWith("-")) && b.endsWith(zone);
}
