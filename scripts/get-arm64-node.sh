#!/usr/bin/env bash
# Puts Debian's Node for arm64, and the emulator that runs it on other processors, into a folder of their own, and prints
# the program's path: scripts/get-arm64-node.sh [FOLDER] (default: ~/.cache/otherworld/arm64-node). Nothing is installed on
# the machine: apt downloads with lists and a status of its own, from the mirror that the machine uses already. Does nothing
# where the folder has a Node that runs.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
  -*) echo "get-arm64-node: there is no option $1; \`scripts/get-arm64-node.sh --help\` shows how to use it" >&2; exit 2 ;;
esac
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/otherworld/arm64-node}
node=$folder/node
if [ -x "$node" ] && "$node" --version >/dev/null 2>&1; then echo "$node"; exit; fi

mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -1)
[ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -1)
[ -n "$mirror" ] || { echo 'get-arm64-node: no Debian mirror in /etc/apt/sources.list.d/debian.sources or /etc/apt/sources.list' >&2; exit 1; }

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
rm -rf "$folder"
mkdir -p "$folder/root" "$folder/emulator"

# Unpacks a package and everything that it needs: unpack ARCHITECTURE PACKAGE FOLDER
unpack() {
  rm -rf "$state/$1"
  mkdir -p "$state/$1/lists/partial" "$state/$1/cache/archives/partial"
  : >"$state/$1/status"
  echo "deb [arch=$1 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" >"$state/$1/sources.list"
  # Not valid until: a mirror that lags is good enough. An empty status: each library comes along, whatever the machine has.
  local options=(
    -qq -o APT::Architecture="$1" -o APT::Architectures="$1" -o Dir::State::Lists="$state/$1/lists" -o Dir::State::status="$state/$1/status"
    -o Dir::Cache="$state/$1/cache" -o Dir::Etc::SourceList="$state/$1/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o APT::Keep-Downloaded-Packages=true
  )
  apt-get "${options[@]}" update >&2
  apt-get "${options[@]}" -y --download-only install "$2" >&2
  for package in "$state/$1"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$3" --keep-directory-symlink --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
  done
}
unpack arm64 nodejs "$folder/root"
unpack "$(dpkg --print-architecture)" qemu-user-static "$folder/emulator"
cat >"$node" <<'WRAPPER'
#!/bin/sh
# Node for arm64 in the emulator, with the libraries of its own folder
here=$(dirname "$(readlink -f "$0")")
exec "$here/emulator/usr/bin/qemu-aarch64-static" -L "$here/root" "$here/root/usr/bin/node" "$@"
WRAPPER
chmod +x "$node"
echo "get-arm64-node: Node $("$node" --version) for arm64 in $folder" >&2
echo "$node"
