// What is asked of a changed model first, since it is quick: every connection that was observed.
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionInput } from "../../src/core/connection.ts";
import { foretold } from "../conformance/answer.ts";

export interface Question {
  readonly input: AdmissionInput;
  readonly answer: string;
}

/** Whether a row is answered otherwise than it was observed. */
export function isNoticed(questions: readonly Question[]): boolean {
  return questions.some(({ input, answer }) => {
    try {
      return foretold(admit(input)) !== answer;
    } catch {
      return true;
    }
  });
}
