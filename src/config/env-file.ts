/** A value that a shell, systemd, Docker and dotenv all read as it stands there. */
const PLAIN = /^[\w./+=:@%,-]{1,4096}$/;

/**
 * The text of an env file in which every line that gives `name` a value gives it `value`; all else, line ends too,
 * stays byte for byte. `undefined` when no line does, or when the value would need quoting.
 */
export function setInEnvFile(text: string, name: string, value: string): string | undefined {
  if (!PLAIN.test(value)) return undefined;
  let found = false;
  const lines = text.split("\n").map((line) => {
    const [, start = "", own = "", end = ""] = LINE.exec(line) ?? [];
    if (own !== name) return line;
    found = true;
    return `${start}${own}=${value}${end}`;
  });
  return found ? lines.join("\n") : undefined;
}

/** The same, with a line of its own at the end where no line gives it a value. */
export function addToEnvFile(text: string, name: string, value: string): string | undefined {
  if (!PLAIN.test(value) || valueInEnvFile(text, name) !== undefined) return setInEnvFile(text, name, value);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const before = text === "" || text.endsWith("\n") ? text : text + newline;
  return `${before}${name}=${value}${newline}`;
}

/** What the last such line gives, without its quotes. */
export function valueInEnvFile(text: string, name: string): string | undefined {
  let value: string | undefined;
  for (const line of text.split("\n")) {
    if (LINE.exec(line)?.[2] !== name) continue;
    const raw = line.slice(line.indexOf("=") + 1).trim();
    value = /^(["']).*\1$/.test(raw) ? raw.slice(1, -1) : raw;
  }
  return value;
}

const LINE = /^(\s{0,100}(?:export\s{1,100})?)([A-Za-z_]\w{0,200})\s{0,100}=[^\r]*(\r?)$/;
