import { createRequire } from "node:module";
import { langOfLocale } from "../core/languages.ts";
import type { JsonReport } from "../report/json.ts";
import { askDoctor, documentOf } from "./ask-doctor.ts";
import { answer } from "./chat.ts";
import { auditFindings } from "./findings.ts";
import { healthCheck } from "./health.ts";
import type { PluginApi } from "./host.ts";
import { wordsFor } from "./words.ts";

const NAME = "pairing-doctor";
/** A chat's command has no hyphen: Telegram allows none. */
const CHAT = "pairing_doctor";
const AUDIT_MS = 60_000;

/** OpenClaw's plugin. `register` is called once or more in a run (2026.8: for metadata first), and may not wait. */
const plugin = {
  id: "openclaw-pairing-doctor",
  name: "Pairing doctor",
  description: wordsFor("en").description,

  register(api: PluginApi): void {
    const lang = langOfLocale(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "");
    const { description } = wordsFor(lang);
    api.registerCli?.(
      ({ program }) => {
        program
          .command(NAME)
          .description(description)
          .allowUnknownOption()
          .allowExcessArguments()
          .helpOption(false)
          .argument("[args...]")
          .action(async () => {
            await loadCommand().runCommand(wordsBehind(NAME));
          });
      },
      { commands: [NAME], descriptors: [{ name: NAME, description, hasSubcommands: false }] },
    );
    api.registerCommand?.({
      name: CHAT,
      description,
      acceptsArgs: true,
      requireAuth: true,
      requiredScopes: ["operator.pairing"],
      handler: async (context) => ({ text: await answer(context, askDoctor, lang) }),
    });
    api.registerSecurityAuditCollector?.(async ({ configPath }) => {
      const config = configPath === undefined ? [] : ["--config", configPath];
      const report = documentOf(await askDoctor(["diagnose", ...config], AUDIT_MS)) as JsonReport | undefined;
      return report === undefined ? [] : auditFindings(report);
    });
    void registerHealthCheck();
  },
};

export default plugin;

/**
 * The command itself, in the host's process: it has the terminal, and asks and colours as in a shell. By Node's own
 * `require`, as hosts up to 2026.3.13 transpile what a plugin imports; they run on Node 22.12 and later, where that loads
 * modules, too.
 */
function loadCommand(): { runCommand(argv: readonly string[]): Promise<void> } {
  return createRequire(import.meta.url)("./command.js") as {
    runCommand(argv: readonly string[]): Promise<void>;
  };
}

/** As they were typed: the host's own parser has taken some of them for itself. */
function wordsBehind(name: string): readonly string[] {
  const at = process.argv.indexOf(name);
  return at < 0 ? [] : process.argv.slice(at + 1);
}

/** Where the host has that door (2026.5.18 and later) and no check of this id yet. */
async function registerHealthCheck(): Promise<void> {
  try {
    const name = "openclaw/plugin-sdk/health";
    const door = (await import(name)) as {
      registerHealthCheck?(check: unknown): void;
      getHealthCheck?(id: string): unknown;
    };
    if (door.getHealthCheck?.(healthCheck.id) === undefined) door.registerHealthCheck?.(healthCheck);
  } catch {
    // Another release, or registered by the run before.
  }
}
