#!/bin/sh
# Let the broker start with our queues and with one user, whose password is REIHE_AMQP_PASSWORD:
#
#     start.sh <folder that may be written> <rabbitmq-server and its arguments>
set -eu

folder="$1"
shift
password="${REIHE_AMQP_PASSWORD:?must be set}"
case "$password" in
    *[!A-Za-z0-9_-]*) echo "REIHE_AMQP_PASSWORD: only letters, digits, - and _, as it stands in an address" >&2 && exit 1 ;;
esac

umask 077
mkdir -p "$folder"
cp "$(dirname "$0")/definitions.json" "$folder/20-topology.json"
cat >"$folder/10-access.json" <<JSON
{
  "vhosts": [{"name": "/"}],
  "users": [{"name": "reihe", "password": "$password", "tags": []}],
  "permissions": [{"user": "reihe", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}]
}
JSON
exec "$@"
