# The doctor in a container: see "In a container" in the README. Any image with Node 20.19 or newer and npm will do.
# Nothing in it but Node depends on the processor: `docker buildx build --platform linux/amd64,linux/arm64 .` makes both.
ARG NODE_IMAGE=node:24-alpine

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
COPY LICENSE tsconfig.json ./
COPY checks checks
COPY src src
RUN ["npm", "run", "build"]
# Laid out as it will be, so that the second stage only copies. `fix` keeps its journal in the last folder.
RUN ["mkdir", "-p", "/out/opt/pairing-doctor", "/out/usr/local/bin", "/home/out/.local/state/openclaw-pairing-doctor"]
RUN ["cp", "-R", "package.json", "LICENSE", "dist", "/out/opt/pairing-doctor/"]
RUN ["chmod", "755", "/out/opt/pairing-doctor/dist/bin.js"]
# A journal is believed in a directory of its owner's alone.
RUN ["chmod", "700", "/home/out/.local/state/openclaw-pairing-doctor"]
RUN ["ln", "-s", "/opt/pairing-doctor/dist/bin.js", "/out/usr/local/bin/pairing-doctor"]

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="openclaw-pairing-doctor" \
      org.opencontainers.image.description="Says why the OpenClaw Control UI is refused (1008: pairing required and its siblings) and what fixes it" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
COPY --from=build /out/ /
COPY --from=build --chown=node:node /home/out/ /home/node/
WORKDIR /home/node
USER node
ENTRYPOINT ["pairing-doctor"]
