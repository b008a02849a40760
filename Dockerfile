# Debian, because the embedded PostgreSQL needs glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm run build

# What runs, and nothing else: the packages that only building and testing need are left out.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# A running service installs nothing.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn-v* \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg
WORKDIR /app
COPY package.json LICENSE ./
COPY migrations migrations
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN chmod 755 dist/cli.js \
  && ln -s /app/dist/cli.js /usr/local/bin/crosstalk \
  && install -d -o node -g node -m 711 /data
# Inside a container nobody reaches a loopback address; the admin listener stays on its own until it gets a token.
ENV NODE_ENV=production \
    CROSSTALK_DATA=/data \
    CROSSTALK_LISTEN__PUBLIC__HOST=0.0.0.0
VOLUME /data
EXPOSE 8780
# The image's user `node`, by number: those who refuse root need not know its name.
USER 1000:1000
STOPSIGNAL SIGTERM
# Alive, not ready: a service that waits for its database gains nothing from being restarted.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CROSSTALK_LISTEN__ADMIN__PORT || 8781}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# As scripts/node-options.mjs has it.
ENTRYPOINT ["node", "--max-semi-space-size=16", "dist/main.js"]
