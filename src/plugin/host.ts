/**
 * What of OpenClaw's plugin API is used, as every release from 2026.2.1 on has it (shipped types of 2026.2.1, 3.13, 5.28,
 * 7.1, 9.6). Optional: what a later release brought. The host's own types are no dependency: they differ by release.
 */
export interface PluginApi {
  readonly logger?: { warn?(message: string): void };
  registerCli?(
    registrar: (context: CliContext) => void,
    options?: {
      readonly commands?: readonly string[];
      /** From 2026.5: named at the root without loading the plugin. */
      readonly descriptors?: readonly {
        readonly name: string;
        readonly description: string;
        readonly hasSubcommands: boolean;
      }[];
    },
  ): void;
  registerCommand?(command: ChatCommand): void;
  /** From 2026.5.28 or before; not in 2026.3.13. No released audit asks those of others (measured up to 2026.9.6). */
  registerSecurityAuditCollector?(
    collector: (context: { readonly configPath?: string }) => Promise<readonly AuditFinding[]>,
  ): void;
}

export interface CliContext {
  readonly program: Command;
}

/** Of commander's. */
export interface Command {
  command(name: string): Command;
  description(text: string): Command;
  allowUnknownOption(): Command;
  allowExcessArguments(): Command;
  helpOption(flags: false): Command;
  argument(name: string): Command;
  action(run: (...args: unknown[]) => Promise<void>): Command;
}

export interface ChatCommand {
  readonly name: string;
  readonly description: string;
  readonly acceptsArgs: boolean;
  readonly requireAuth: boolean;
  /** From 2026.5: who has none of these scopes and is no owner does not get to the handler, which is then told who is. */
  readonly requiredScopes: readonly string[];
  handler(context: ChatContext): Promise<{ readonly text: string }>;
}

export interface ChatContext {
  readonly args?: string;
  readonly isAuthorizedSender?: boolean;
  /** From 2026.5. */
  readonly senderIsOwner?: boolean;
  readonly gatewayClientScopes?: readonly string[];
  /** From 2026.9: whether that is still so, after what took time. Throws where it is not. */
  assertOwnerCurrent?(): unknown;
}

export interface AuditFinding {
  readonly checkId: string;
  readonly severity: "info" | "warn" | "critical";
  readonly title: string;
  readonly detail: string;
  readonly remediation?: string;
}
