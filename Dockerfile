# docker build -t capillary-upload-gateway . && docker run --rm -p 4000:4000 capillary-upload-gateway
# `npm run image:rehearse` goes through these steps in a plain folder, where no engine runs.
ARG NODE_VERSION=22

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /build
# The lock alone first: a change of the sources installs nothing anew.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY .build/ .build/
COPY examples/files/ examples/files/
COPY src/ src/
RUN npm run build && find dist '(' -name '*.map' -o -name '*.d.ts' ')' -delete

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:${NODE_VERSION}-slim
# Malloc keeps less to itself: two arenas, not one for each busy thread, and what is freed goes back at once.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY --from=dependencies /build/node_modules/ node_modules/
COPY --from=build /build/dist/ dist/
COPY package.json LICENSE ./
# A number, or Kubernetes cannot tell that it is not root. It owns none of the files above, and writes nowhere.
USER 1000:1000
EXPOSE 4000
# 200 while the process lives, also while it drains: a drain is no illness.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm between: the gateway is process 1, and SIGTERM reaches it. It needs 30 s at most to drain.
STOPSIGNAL SIGTERM
CMD ["node", "--max-semi-space-size=4", "--expose-gc", "--no-memory-reducer", "--wasm-tier-up-filter=0", "dist/main.js"]
