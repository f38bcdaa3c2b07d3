#!/usr/bin/env bash
# Takes the variables of the official image that README.md beside it lists. The management plugin is on.
set -euo pipefail

if [ "${1:-rabbitmq-server}" != rabbitmq-server ]; then
  exec "$@"
fi
shift || true

if [ "$(id -u)" = 0 ]; then
  mkdir -p /etc/rabbitmq/conf.d
  {
    echo "listeners.tcp.default = 5672"
    echo "management.tcp.port = 15672"
    [ -z "${RABBITMQ_DEFAULT_USER:-}" ] || echo "default_user = $RABBITMQ_DEFAULT_USER"
    [ -z "${RABBITMQ_DEFAULT_PASS:-}" ] || echo "default_pass = $RABBITMQ_DEFAULT_PASS"
    [ -z "${RABBITMQ_DEFAULT_VHOST:-}" ] || echo "default_vhost = $RABBITMQ_DEFAULT_VHOST"
  } >/etc/rabbitmq/conf.d/10-defaults.conf
  [ -z "${RABBITMQ_ERLANG_COOKIE:-}" ] ||
    install -m 400 <(printf '%s' "$RABBITMQ_ERLANG_COOKIE") /var/lib/rabbitmq/.erlang.cookie
  echo "[rabbitmq_management]." >/etc/rabbitmq/enabled_plugins
  chown -R rabbitmq:rabbitmq /var/lib/rabbitmq /etc/rabbitmq
  chmod 600 /etc/rabbitmq/conf.d/10-defaults.conf
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups -- "$0" rabbitmq-server "$@"
fi

# They are in files now; the server warns of them as deprecated.
unset RABBITMQ_DEFAULT_USER RABBITMQ_DEFAULT_PASS RABBITMQ_DEFAULT_VHOST RABBITMQ_ERLANG_COOKIE
export HOME=/var/lib/rabbitmq RABBITMQ_LOGS=-
# Debian's wrapper in /usr/sbin insists on changing the user itself.
exec /usr/lib/rabbitmq/bin/rabbitmq-server "$@"
