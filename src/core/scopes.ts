/** Whether a device with `all` may do what `some` allow: an operator's admin may all, who writes may read (shipped code). */
export function isCovered(some: readonly unknown[], all: readonly unknown[]): boolean {
  const isAdmin = all.includes("operator.admin");
  return some.every(
    (scope) =>
      all.includes(scope) ||
      (isAdmin && typeof scope === "string" && scope.startsWith("operator.")) ||
      (scope === "operator.read" && all.includes("operator.write")),
  );
}
