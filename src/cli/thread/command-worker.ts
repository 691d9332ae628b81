import { Readable } from "node:stream";
import { parentPort, workerData } from "node:worker_threads";
import { tellOfGroups } from "../../deployments/child-processes.ts";
import { cutTo, type Io, type Output } from "../io.ts";
import { guarded } from "../main.ts";
import { workHere } from "../run/index.ts";
import { sessionOf } from "../session.ts";
import { CAREFUL, PULSE, type Said, type ThreadStart, type Told } from "./messages.ts";

// A command in a thread of its own (see supervise.ts): whatever it is busy with, the process hears signals.

const { work, args, salt, lang, env, stdin, stdout, stderr, signs: shared } = workerData as ThreadStart;
const signs = new Int32Array(shared);
const port = parentPort;
if (port === null) throw new Error("this is a thread of pairing-doctor");

/** Milliseconds between two beats. */
const BEAT_MS = 100;
/** Characters of one message; longer texts go in several. */
const PIECE = 1_048_576;

setInterval(() => Atomics.add(signs, PULSE, 1), BEAT_MS).unref();
tellOfGroups((pid, lives) => say({ say: "group", pid, lives }));
// For libraries that look by themselves how wide the terminal is.
Object.defineProperty(process.stdout, "columns", { value: stdout.columns });

const stop = new AbortController();
let answered: ((text: string) => void) | undefined;
const input = new Readable({ read: () => say({ say: "read" }) });
port.on("message", (told: Told) => {
  if (told.tell === "stop") {
    stop.abort(new Error("interrupted"));
    // A `for await` over it would wait.
    input.destroy();
  } else if (told.tell === "input") {
    if (!input.destroyed) input.push(told.bytes ?? null);
  } else {
    answered?.(told.text);
    answered = undefined;
  }
});

function say(said: Said): void {
  port?.postMessage(said);
}

function output(
  to: "stdout" | "stderr",
  look: { readonly isTTY: boolean; readonly columns: number },
): Output {
  return {
    ...look,
    write: (text) => {
      const whole = to === "stderr" ? cutTo(text, PIECE) : text;
      for (let at = 0; at < whole.length; at += PIECE)
        say({ say: "write", to, text: whole.slice(at, at + PIECE) });
    },
  };
}

const io: Io = {
  stdin: Object.assign(input, stdin),
  stdout: output("stdout", stdout),
  stderr: output("stderr", stderr),
  env,
  signal: stop.signal,
  ask: (question) =>
    new Promise((resolve) => {
      answered = resolve;
      say({ say: "ask", question });
    }),
  spin: (text) => {
    say({ say: "spin", text });
    return { say: (next) => say({ say: "spin", text: next }), stop: () => say({ say: "spin" }) };
  },
  careful: async (carefully) => {
    Atomics.add(signs, CAREFUL, 1);
    try {
      return await carefully();
    } finally {
      Atomics.sub(signs, CAREFUL, 1);
    }
  },
};

const session = sessionOf(io, workHere, { lang, salt });
const code = await guarded(session, () => workHere(work, args as never, session));
say({ say: "end", code });
// Ends the thread alone, with what it left running.
process.exit(0);
