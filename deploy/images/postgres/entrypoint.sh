#!/usr/bin/env bash
# Takes the variables of the official image that README.md beside it lists. Arguments that begin with a dash go to the server.
set -euo pipefail

for name in POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB POSTGRES_INITDB_ARGS; do
  file=${name}_FILE
  [ -z "${!file:-}" ] || export "$name=$(<"${!file}")"
  unset "$file"
done
export POSTGRES_USER=${POSTGRES_USER:-postgres}
export POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}
export PGDATA=${PGDATA:-/var/lib/postgresql/data}
host_auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
export PATH

if [ "${1:-postgres}" != postgres ] && [ "${1#-}" = "$1" ]; then
  exec "$@"
fi
[ "${1:-}" = postgres ] && shift

# The server refuses to run as root.
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  chown -R postgres:postgres "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" postgres "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$host_auth" != trust ]; then
    echo "Set POSTGRES_PASSWORD: new data need it." >&2
    exit 1
  fi
  # Several arguments stand in one variable.
  initdb --username="$POSTGRES_USER" ${POSTGRES_PASSWORD:+--pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")} \
    --auth-local=trust --auth-host="$host_auth" --encoding=UTF8 --data-checksums ${POSTGRES_INITDB_ARGS:-}
  echo "host all all all $host_auth" >>"$PGDATA/pg_hba.conf"

  # On its socket only, so that nobody takes the half-made server for the real one.
  pg_ctl start --wait --silent --options="-c listen_addresses=''"
  export PGHOST=/run/postgresql
  if [ "$POSTGRES_DB" != postgres ]; then
    createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) . "$file" ;;
      *.sql) psql --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --set=ON_ERROR_STOP=1 --quiet --file="$file" ;;
    esac
  done
  unset PGHOST
  pg_ctl stop --wait --silent --mode=fast
fi

exec postgres -c listen_addresses='*' "$@"
