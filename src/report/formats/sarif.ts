import { fileOf } from "../problem-file.ts";
import type { Problem, Problems } from "../problems.ts";
import { ofProblems } from "./of-problems.ts";

/**
 * SARIF 2.1.0 (OASIS), as code hosts take it for their alerts. A verdict that is open is no empty list of results, which
 * would close alerts: `executionSuccessful` is false then, and each missing fact a notification.
 */
export const sarif = ofProblems((problems) => ({ document: log(problems) }));

function log({ tool, target, state, headline, problems, checks, unseen }: Problems) {
  const rules = rulesOf(problems, checks);
  const crashed = checks.filter(({ verdict }) => verdict === "crashed");
  return {
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, semanticVersion: tool.version, rules } },
        invocations: [
          {
            executionSuccessful: state !== "open" && crashed.length === 0,
            toolExecutionNotifications: [
              { level: state === "passed" ? "note" : "error", message: { text: headline } },
              ...crashed.map(({ id, why }) => ({ level: "error", message: { text: `${id}: ${why}` } })),
              ...unseen.map((text) => ({ level: state === "open" ? "error" : "note", message: { text } })),
            ],
          },
        ],
        results: problems.map((problem) => result(problem, rules, target)),
        columnKind: "utf16CodeUnits",
      },
    ],
  };
}

interface Rule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
}

function rulesOf(problems: Problems["problems"], checks: Problems["checks"]): Rule[] {
  const named = new Map<string, Rule>();
  for (const { id, code, title } of [...checks, ...problems])
    if (!named.has(code)) named.set(code, { id: code, name: id, shortDescription: { text: title } });
  return [...named.values()];
}

function result(problem: Problem, rules: readonly Rule[], target: Problems["target"]) {
  const { id, code, level, title, message, hint, commands, evidence } = problem;
  const { path, line } = fileOf(problem);
  const text = [title, message, hint, ...commands].filter((part) => part !== "").join("\n");
  return {
    ruleId: code,
    ruleIndex: rules.findIndex((rule) => rule.id === code),
    level,
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: path }, region: { startLine: line } },
        logicalLocations: [{ fullyQualifiedName: target.name || target.kind, kind: "resource" }],
      },
    ],
    partialFingerprints: { "pairingDoctor/v1": `${id}:${target.name}` },
    ...(evidence.length === 0
      ? {}
      : { properties: { evidence: evidence.map(({ source, quote }) => `${source}: ${quote}`) } }),
  };
}
