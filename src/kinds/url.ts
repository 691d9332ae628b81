/** The host of a ws:// or wss:// URL, without brackets. */
export function hostOf(url: string): string | undefined {
  const match = /^[a-z]{2,5}:\/\/(?:[^/@?#]{0,300}@)?(\[[0-9a-f:.%]{2,60}\]|[^/:?#]{1,255})/i.exec(url);
  return match?.[1]?.replace(/^\[|\]$/g, "").toLowerCase();
}
