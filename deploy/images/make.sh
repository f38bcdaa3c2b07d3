#!/usr/bin/env bash
# Makes the two images of the tests from Debian's packages, for machines whose container engine reaches no registry.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
docker=${DOCKER:-docker}
suite=${SUITE:-bookworm}

usage() {
  cat <<'TEXT'
deploy/images/make.sh [postgres] [rabbitmq]     both when none is named

Makes csplatform/postgres:debian and csplatform/rabbitmq:debian. Needs root, a running container engine (docker.io), and
mmdebstrap; takes the packages from the mirror that this machine's apt uses.

  SUITE     Debian release, bookworm unless set
  DOCKER    the engine's program, docker unless set
TEXT
}

fail() { printf '%s\n' "$*" >&2; exit 1; }

case " $* " in *" --help "* | *" -h "*) usage; exit ;; esac
[ $# -gt 0 ] || set -- postgres rabbitmq
command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing: apt-get install mmdebstrap"
"$docker" version >/dev/null 2>&1 || fail "No container engine answers. On Debian, as root: apt-get install docker.io, then start dockerd"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A root file system with these packages, as an image whose entry point is ours.
make_image() {
  local name=$1 packages=$2
  shift 2
  mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt='APT::Install-Recommends "false"' \
    --essential-hook='mkdir -p "$1/etc/postgresql-common"' \
    --essential-hook='echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
    --customize-hook="upload '$here/$name/entrypoint.sh' /usr/local/bin/entrypoint.sh" \
    --customize-hook='chmod 755 "$1/usr/local/bin/entrypoint.sh"' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin "$1"/usr/share/doc/*' \
    "$suite" "$work/$name.tar"
  "$docker" import --change 'ENTRYPOINT ["entrypoint.sh"]' "$@" "$work/$name.tar" "csplatform/$name:debian" >/dev/null
  rm "$work/$name.tar"
  "$docker" image inspect --format "csplatform/$name:debian  {{.Size}} bytes" "csplatform/$name:debian"
}

for name in "$@"; do
  case $name in
    postgres) make_image postgres postgresql \
      --change 'ENV LANG=C.UTF-8 PGDATA=/var/lib/postgresql/data' --change 'EXPOSE 5432' \
      --change 'VOLUME /var/lib/postgresql/data' --change 'CMD ["postgres"]' ;;
    rabbitmq) make_image rabbitmq rabbitmq-server \
      --change 'ENV LANG=C.UTF-8' --change 'EXPOSE 5672 15672' \
      --change 'VOLUME /var/lib/rabbitmq' --change 'CMD ["rabbitmq-server"]' ;;
    *) usage >&2; fail "There is no image '$name'." ;;
  esac
done
