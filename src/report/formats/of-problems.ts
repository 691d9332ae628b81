import type { Formatter, Look, Made } from "../formatter.ts";
import { type Catalogue, catalogueOf } from "../messages/index.ts";
import { type Problems, problemsOf, problemsOfFix } from "../problems.ts";

/** A format that tells reports and fixes alike, as their problems. */
export function ofProblems(make: (problems: Problems, words: Catalogue, look: Look) => Made): Formatter {
  return {
    report: async (report, look) => {
      const words = catalogueOf(look.lang);
      return make(problemsOf(report, words), words, look);
    },
    fix: (report, look) => {
      const words = catalogueOf(look.lang);
      return make(problemsOfFix(report, words), words, look);
    },
  };
}
