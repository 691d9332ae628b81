// A channel of the test's own: a plugin of OpenClaw whose messages come in through a gateway method.
import { writePlugin } from "./host-plugin.ts";

export const ROOM = "opdroom";

/** Writes the plugin below `parent`; its folder, for `openclaw plugins install`. */
export function roomPlugin(parent: string): string {
  const open = { type: "object", additionalProperties: true, properties: {} };
  const manifest = {
    channels: [ROOM],
    channelConfigs: { [ROOM]: { schema: open } },
    activation: { onStartup: true },
  };
  return writePlugin(parent, ROOM, manifest, PLUGIN);
}

/**
 * `opdroom.say { from, text }` is a message of that sender: it goes the way of every channel's (the host's own dispatch,
 * authorisation and commands), and what is sent back is the answer.
 */
const PLUGIN = `const ID = ${JSON.stringify(ROOM)};
const account = { accountId: "default", enabled: true, configured: true };
const allowed = (cfg) => cfg.channels?.[ID]?.allowFrom ?? [];
const channel = {
  id: ID,
  meta: { id: ID, label: "Room", selectionLabel: "Room", docsPath: "/channels/" + ID, blurb: "A test's own", order: 900 },
  capabilities: { chatTypes: ["direct"] },
  config: {
    listAccountIds: () => ["default"],
    resolveAccount: () => account,
    defaultAccountId: () => "default",
    isConfigured: () => true,
    isEnabled: () => true,
    describeAccount: () => account,
    resolveAllowFrom: ({ cfg }) => allowed(cfg),
    formatAllowFrom: ({ allowFrom }) => allowFrom.map(String),
  },
  outbound: { deliveryMode: "direct", sendText: async () => ({ channel: ID, messageId: "1" }) },
};
export default { id: ID, name: ID, description: "A channel of a test", register(api) {
  api.registerChannel({ plugin: channel });
  api.registerGatewayMethod(ID + ".say", async ({ params: { from, text }, respond }) => {
    const replies = [];
    try {
      const cfg = api.config;
      const { reply } = api.runtime.channel;
      const ctx = reply.finalizeInboundContext({
        Body: text, RawBody: text, CommandBody: text, BodyForCommands: text, BodyForAgent: text,
        From: ID + ":" + from, To: ID + ":bot", SessionKey: "agent:main:" + ID + ":direct:" + from, AccountId: "default",
        ChatType: "direct", SenderId: from, SenderName: from, Provider: ID, Surface: ID, MessageSid: String(Date.now()),
        Timestamp: Date.now(), OriginatingChannel: ID, OriginatingTo: ID + ":" + from,
        CommandAuthorized: allowed(cfg).includes(from),
      });
      const deliver = async ({ text: said = "" }) => { replies.push(said); };
      await reply.dispatchReplyWithBufferedBlockDispatcher({ ctx, cfg, dispatcherOptions: { deliver } });
      respond(true, { replies });
    } catch (error) {
      respond(true, { replies, error: String(error?.stack ?? error) });
    }
  }, { scope: "operator.write" });
} };
`;
