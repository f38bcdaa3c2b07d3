#!/usr/bin/env bash
# The one door to CsPlatform: makes the machine ready, builds what the verb needs, and hands over to the program that does it.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
configuration=${CSP_CONFIGURATION:-Release}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if [ -n "${CSP_DATA:-}" ]; then
  CSP_DATA=$(realpath -m "$CSP_DATA") # the programs run elsewhere
  export CSP_DATA
fi

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

usage() {
  cat <<'TEXT'
./cs <verb> [options]        ./cs <verb> --help says more

  demo [online-retail]   play a company's life through the running system: scores, alerts, and what really happened
  test [project…]        build and run every test; the last line is `N passed, N failed`
                         --containers: PostgreSQL and RabbitMQ by Testcontainers
  fuzz                   throw mutated bytes at the edge that judges usage events
  bench [row…]           measure, each row against a baseline in the same run
  contracts [--check]    write AsyncAPI, and samples of new messages and stored events, from the code

  up                     start CsPlatform in the background, with its dashboard
                         --containers: PostgreSQL and RabbitMQ in containers
  down                   stop it
  status                 what runs, where, and how it is           logs     show logs, -f follows
  reset                  delete local data, passwords and keys     pictures take README's pictures anew
  token <role…>          a signed token for local use              amqp     the address of an AMQP client
  tell <service> <queue> have a service's past messages told again to one queue
  help                   this text

On a fresh Debian with the .NET 10 SDK nothing else is needed: PostgreSQL and RabbitMQ are installed when absent.
TEXT
}

need_sdk() {
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is needed and 'dotnet' is not found: https://dotnet.microsoft.com/download"
  # Asked in the clone: global.json says which SDK it takes.
  (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    fail "The .NET 10 SDK is needed; here are: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ')"
}

# Private instances are made from the system's packages; what Debian itself may start from them is left alone.
need_servers() {
  local missing=()
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing+=(rabbitmq-server)
  need_packages "${missing[@]}"
}

# The tests run the examples of contracts/README.md in the languages that they are shown in.
need_languages() {
  local missing=()
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  /usr/bin/python3 -c 'import pika' 2>/dev/null || missing+=(python3-pika)
  need_packages "${missing[@]}"
}

# The tests open the dashboard as people do; the fonts show every customer's name.
need_browser() {
  local missing=()
  [ -x /usr/bin/chromium ] || missing+=(chromium)
  compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
  need_packages "${missing[@]}"
}

# The tests cut networks and set clocks wrong, as root only: without root those are skipped.
need_faults() {
  [ "$(id -u)" -eq 0 ] || return 0
  local missing=()
  command -v ip >/dev/null || missing+=(iproute2)
  command -v iptables >/dev/null || missing+=(iptables)
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
  need_packages "${missing[@]}"
}

need_packages() {
  local missing=("$@")
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "Install these first, there is no apt-get here to do it: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "Missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  local log=$root/.local/install.log
  mkdir -p "$root/.local"
  install_packages() {
    "${as_root[@]}" apt-get -q update &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"
  }
  quietly "Installing from the system's packages: ${missing[*]}" "$log" install_packages ||
    { tail -n 20 "$log" >&2; fail "The installation failed; all of its output: $log"; }
}

# Says what goes on and for how long; the output goes to a log.
quietly() {
  local what=$1 log=$2 status=0 ticker
  shift 2
  say "$what"
  (for ((s = 10; ; s += 10)); do
    sleep 10 >/dev/null 2>&1 # it may outlive us a little: it must not hold our output open
    kill -0 $$ 2>/dev/null || exit
    say "  … $s s"
  done) &
  ticker=$!
  trap 'kill $ticker 2>/dev/null' EXIT
  "$@" >"$log" 2>&1 </dev/null || status=$?
  kill $ticker 2>/dev/null
  wait $ticker 2>/dev/null || true
  trap - EXIT
  return $status
}

# Quiet when it goes well; the errors when it does not. No build processes are left waiting for the next build.
build() {
  local what=$1 log=$root/.local/build.log
  mkdir -p "$root/.local"
  cd "$root"
  quietly "Building $what ($configuration)" "$log" \
    dotnet build "$what" -c "$configuration" --nologo -v q -nodeReuse:false -clp:NoSummary ||
    { grep -E '(error|warning) [A-Z]+[0-9]+' "$log" | sort -u | head -n 40 >&2; fail "The build failed; all of its output: $log"; }
}

run() {
  local name=$1 folder=$2
  shift 2
  exec dotnet "$root/$folder/bin/$configuration/net10.0/CsPlatform.$name.dll" "$@"
}

# For verbs that need no newest build.
need_local() {
  [ -e "$root/deploy/local/bin/$configuration/net10.0/CsPlatform.Local.dll" ] || build deploy/local/Local.csproj
}

# All tests are asked for, unless words name some.
wants_reliability() {
  local word words=0
  for word in "$@"; do
    [[ $word == -* ]] && continue
    [[ reliability.tests == *"${word,,}"* ]] && return 0
    words=1
  done
  [ $words -eq 0 ]
}

wants_help() { case " $* " in *" --help "* | *" -h "*) return 0 ;; esac; return 1; }

verb=${1:-help}
[ $# -gt 0 ] && shift
case $verb in
  help | --help | -h)
    usage
    ;;
  up)
    need_sdk
    if ! wants_help "$@"; then
      case " $* " in *" --containers "*) ;; *) need_servers ;; esac
      build AppHost/AppHost.csproj
    fi
    need_local
    run Local deploy/local up "$@"
    ;;
  down | status | logs | reset | token | amqp | tell)
    need_sdk
    need_local
    run Local deploy/local "$verb" "$@"
    ;;
  test)
    need_sdk
    if ! wants_help "$@"; then
      need_servers
      need_languages
      need_browser
      if wants_reliability "$@"; then
        need_faults
        export CSP_FAULTS_BUILD=on # the services once more, with crash points
      fi
      build CsPlatform.sln
    fi
    need_local
    run Local deploy/local test "$@"
    ;;
  pictures)
    need_sdk
    need_servers
    need_browser
    build tests/AppHost.Tests/AppHost.Tests.csproj
    need_local
    CSP_PICTURES=$root/deploy/pictures run Local deploy/local test AppHost --no-format
    ;;
  fuzz)
    need_sdk
    build tests/Fuzz/Fuzz.csproj
    run Fuzz tests/Fuzz "$@"
    ;;
  contracts)
    need_sdk
    build deploy/contracts/ContractFiles.csproj
    run ContractFiles deploy/contracts "$@"
    ;;
  bench)
    need_sdk
    wants_help "$@" || need_servers
    build deploy/local/Run.slnf
    build tests/Bench/Bench.csproj
    run Bench tests/Bench "$@"
    ;;
  demo)
    need_sdk
    wants_help "$@" || need_servers
    build deploy/local/Run.slnf
    run Demo deploy/demo "$@"
    ;;
  *)
    usage >&2
    fail "There is no verb '$verb'."
    ;;
esac
