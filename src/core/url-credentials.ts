/** A URL with a credential in it: a user before the host, or a secret among its parameters or behind the `#`. */
const CREDENTIAL_IN_URL = /^\w{2,5}:\/\/[^/?#\s]*@|[?&#](?:token|password|bootstrapToken|auth)=/i;

export function hasCredential(url: string): boolean {
  return CREDENTIAL_IN_URL.test(url);
}
