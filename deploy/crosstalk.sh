#!/bin/sh
# The command line beside the unit of systemd, as its user: `crosstalk status`. Goes to /usr/local/bin/crosstalk.
set -eu
cd /opt/crosstalk
set -- env CROSSTALK_CONFIG=/etc/crosstalk/crosstalk.yaml CROSSTALK_DATA=/var/lib/crosstalk node dist/cli.js "$@"
[ "$(id -un)" = crosstalk ] || set -- runuser -u crosstalk -- "$@"
exec "$@"
