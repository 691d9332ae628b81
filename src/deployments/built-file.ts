/**
 * A file that the build puts beside the command: a thread's program. This code may be in the command itself or in one of
 * its chunks; the sources use what was built last.
 */
export function builtFile(name: string): URL {
  const url = import.meta.url;
  if (url.endsWith(".ts")) return new URL(`../../dist/${name}`, url);
  return new URL(/\/chunks\/[^/]+$/.test(url) ? `../${name}` : `./${name}`, url);
}
