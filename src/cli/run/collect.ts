import { writeFile } from "node:fs/promises";
import { collect } from "../../core/collect.ts";
import { say } from "../../core/saying.ts";
import { LIVE_FACTS } from "../../doctor/live/live-facts.ts";
import { type BundleFile, bundleFiles } from "../../doctor/pure/bundle.ts";
import { collectOptions } from "../../doctor/pure/derived.ts";
import { fill } from "../../report/messages/index.ts";
import { askHere } from "../ask.ts";
import { bundleArchive } from "../bundle-archive.ts";
import type { CollectArguments } from "../commands/collect.ts";
import { isInteractive } from "../fix/consent.ts";
import { openLive } from "../open-live.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { UsageError } from "../usage-error.ts";
import { tlsNotes } from "../verified-tls.ts";
import { wordsFor } from "../words/index.ts";

/** Looks as a diagnosis does, shows what would go out, and writes it once somebody has agreed. */
export async function runCollect(args: CollectArguments, session: Session): Promise<number> {
  const { io, out, lang } = session;
  const words = wordsFor(lang);
  const { look, context, notes, origin } = await openLive(args, session, { looksOnce: true });
  const live = look({ asBrowser: false });
  const spinner = await startSpinner(words["doing.look"], io, args.quiet);
  let files: readonly BundleFile[];
  try {
    const facts = await collect(LIVE_FACTS, live.collectors(), collectOptions(io.signal));
    io.signal.throwIfAborted();
    const made = { context, notes: [...tlsNotes(io), ...notes], ...(origin === undefined ? {} : { origin }) };
    files = bundleFiles({ facts, made }, (text) => out.page(text));
  } finally {
    spinner.stop();
  }
  const archive = bundleArchive(files);
  out.say(shown(files, archive.length, args.output, words));
  if (!(await isAgreed(args, session))) {
    out.say(`${words["bundle-not-written"]}\n`);
    // Not 1: nothing is said of the gateway.
    return 3;
  }
  try {
    // Never over a file that is there, wherever a link of that name leads.
    await writeFile(args.output, archive, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "failed";
    throw new UsageError(
      `--output ${args.output}`,
      say("not-writable", { code }),
      say("name-writable-place"),
    );
  }
  out.print(`${args.output}\n`);
  return 0;
}

function shown(
  files: readonly BundleFile[],
  size: number,
  output: string,
  words: ReturnType<typeof wordsFor>,
): string {
  const rows = files.map(({ name, text, redacted }) =>
    fill(words["bundle-file"], {
      name,
      what: words[WHAT[name] ?? "bundle-other"],
      lines: text.split("\n").length - 1,
      redacted,
    }),
  );
  return [
    fill(words["bundle-intro"], { output, kilobytes: Math.ceil(size / 1024) }),
    ...rows.map((row) => `  ${row}`),
    "",
  ].join("\n");
}

const WHAT: Readonly<Record<string, "bundle-facts" | "bundle-answer" | "bundle-lines">> = {
  "bundle.json": "bundle-facts",
  "answer.md": "bundle-answer",
  "log-lines.txt": "bundle-lines",
};

async function isAgreed({ yes }: CollectArguments, { io, lang }: Session): Promise<boolean> {
  if (yes) return true;
  if (!isInteractive(io)) return false;
  const answer = await (io.ask ?? ((question: string) => askHere(question, io)))(
    wordsFor(lang)["bundle-ask"],
  );
  return /^(?:y|yes|是|好)$/i.test(answer.trim());
}
