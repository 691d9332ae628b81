/** What was met where a gateway was to answer. English; the other languages have the same keys with the same placeholders. */
export const reach = {
  "tls-self-signed": "its certificate is self-signed ({detail})",
  "tls-authority": "its certificate is of an authority that is not known here ({detail})",
  "tls-expired": "its certificate is not valid at this time ({detail})",
  "tls-name": "its certificate is of another name ({detail})",
  "tls-failed": "TLS could not be agreed on ({detail})",
  "reach-refused": "nothing listens there ({detail})",
  "reach-reset": "what listens there broke the connection off ({detail})",
  "reach-timeout": "nothing answered in time ({detail})",
  "reach-dns": "the name has no address ({detail})",
  "reach-other": "something else answers there ({detail})",
} as const;
