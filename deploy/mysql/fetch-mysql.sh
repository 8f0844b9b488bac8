#!/usr/bin/env bash
# Unpacks a real MySQL 9.x server into a folder, without installing anything system-wide.
# Run with --help for what it does and how the tests use the result.
set -euo pipefail

readonly DEFAULT_HOME="target/mysql-home"
readonly PACKAGE="mysql-server-core"
readonly COMPLETE=".anabranch-complete"

usage() {
  cat <<HELP
Usage: $(basename "$0") [--refresh] [FOLDER]

Fetches the newest MySQL server packaged by Debian (suite sid) together with every library
it needs, its own C library included, and unpacks it into FOLDER (default: $DEFAULT_HOME).
Nothing is installed: the ordinary apt client runs with its own lists, cache and status
inside FOLDER, no package script is executed, and root is not needed.

  --refresh   unpack again from the newest packages (sid moves on; the downloaded
              .deb files in FOLDER/cache are kept and reused where they still match)
  --help      this text

Needs: Debian (or a derivative with a debian.sources file or DEBIAN_MIRROR set), apt-get,
dpkg-deb, x86_64, about 60 MB of download and 450 MB of disk.
Environment: DEBIAN_MIRROR   a Debian mirror to use instead of the system's own.

A second run with the same FOLDER does nothing but print the result. It prints the folder,
the server's version, and the command that runs the integration tests against it.
HELP
}

die() { printf 'fetch-mysql: %s\n' "$*" >&2; exit 1; }

refresh=no
folder=
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --refresh) refresh=yes ;;
    -*) die "unknown option $1 (see --help)" ;;
    *) [ -z "$folder" ] || die "more than one folder given (see --help)"; folder=$1 ;;
  esac
  shift
done

[ "$(uname -sm)" = "Linux x86_64" ] || die "needs Linux on x86_64, this is $(uname -sm)"
for tool in apt-get apt-config dpkg-deb; do
  command -v "$tool" > /dev/null || die "needs $tool"
done

folder=${folder:-$DEFAULT_HOME}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
readonly folder refresh

# The suite line is the only thing that differs from the system's own source of packages, so
# a mirror or a proxy that is configured there keeps working.
write_sources() {
  local parts system
  if [ -n "${DEBIAN_MIRROR:-}" ]; then
    printf 'Types: deb\nURIs: %s\nSuites: sid\nComponents: main\nSigned-By: %s\n' \
      "$DEBIAN_MIRROR" /usr/share/keyrings/debian-archive-keyring.gpg > "$folder/etc/sid.sources"
    return
  fi
  eval "$(apt-config shell parts Dir::Etc::sourceparts/d)"
  system="${parts%/}/debian.sources"
  [ -r "$system" ] || die "no $system on this machine: set DEBIAN_MIRROR"
  sed 's/^Suites:.*/Suites: sid/' "$system" | awk '/^$/ { exit } 1' > "$folder/etc/sid.sources"
}

# The empty status file makes apt believe that nothing is installed, so it fetches the whole
# closure: the server must not depend on which libraries this machine happens to have.
download() {
  mkdir -p "$folder"/{etc,state/lists/partial,cache/archives/partial}
  : > "$folder/state/status"
  write_sources
  cat > "$folder/etc/apt.conf" <<CONF
Dir::Etc::sourcelist "$folder/etc/sid.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$folder/state";
Dir::State::status "$folder/state/status";
Dir::Cache "$folder/cache";
APT::Install-Recommends "false";
APT::Sandbox::User "";
CONF
  APT_CONFIG="$folder/etc/apt.conf" apt-get -qq update >&2
  APT_CONFIG="$folder/etc/apt.conf" apt-get -qq autoclean >&2
  APT_CONFIG="$folder/etc/apt.conf" apt-get -qq -y install --download-only "$PACKAGE" >&2
}

unpack() {
  local package fresh="$folder/root.new"
  rm -rf "$fresh" "$folder/root"
  mkdir -p "$fresh"
  for package in "$folder"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$fresh"
  done
  mv "$fresh" "$folder/root"
}

server() {
  local root="$folder/root"
  "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" \
    "$root/usr/sbin/mysqld" --no-defaults "$@"
}

if [ "$refresh" = yes ] || [ ! -e "$folder/$COMPLETE" ]; then
  rm -f "$folder/$COMPLETE"
  download
  unpack
  server --version > "$folder/$COMPLETE.new" || die "the unpacked server does not start"
  mv "$folder/$COMPLETE.new" "$folder/$COMPLETE"
fi

cat <<DONE
$(sed 's/.*Ver \([^ ]*\).*/MySQL \1/' "$folder/$COMPLETE") is unpacked in:
  $folder
Run the integration tests against it:
  mvn verify -Danabranch.test.database=mysql -Danabranch.mysql.home=$folder
DONE
