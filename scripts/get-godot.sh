#!/usr/bin/env bash
# Puts a stock Godot 4.6 from Debian's forky suite into a folder of its own, with every library that it needs, and prints
# the program's path: scripts/get-godot.sh [FOLDER] (default: ~/.cache/otherworld/godot). Nothing is installed on the
# machine: apt downloads with lists and a status of its own, from the mirror that the machine uses already. Does nothing
# where the folder has a Godot that runs.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; exit ;;
  -*) echo "get-godot: there is no option $1; \`scripts/get-godot.sh --help\` shows how to use it" >&2; exit 2 ;;
esac
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/otherworld/godot}
godot=$folder/godot
if [ -x "$godot" ] && "$godot" --version >/dev/null 2>&1; then echo "$godot"; exit; fi

case $(dpkg --print-architecture) in
  amd64) triplet=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
  arm64) triplet=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
  *) echo "get-godot: Debian has Godot 4.6 for amd64 and arm64; this machine is $(dpkg --print-architecture). Set GODOT to a Godot 4.6 of your own." >&2; exit 1 ;;
esac
mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -1)
[ -n "$mirror" ] || mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -1)
[ -n "$mirror" ] || { echo 'get-godot: no Debian mirror in /etc/apt/sources.list.d/debian.sources or /etc/apt/sources.list. Set GODOT to a Godot 4.6 of your own.' >&2; exit 1; }

state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
: >"$state/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror forky main" >"$state/sources.list"
# Not valid until: a mirror that lags is good enough. An empty status: each library comes along, whatever the machine has.
options=(
  -qq -o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache"
  -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3
  -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o APT::Keep-Downloaded-Packages=true
)
apt-get "${options[@]}" update >&2
# Mesa draws in software where there is no graphics card: for pictures under Xvfb
apt-get "${options[@]}" -y --download-only install godot libgl1 libglx-mesa0 libgl1-mesa-dri libegl1 >&2

rm -rf "$folder"
mkdir -p "$folder"
for package in "$state"/cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder" --keep-directory-symlink --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
done
cat >"$godot" <<WRAPPER
#!/bin/sh
# Godot with the loader and the libraries of its own folder
here=\$(dirname "\$(readlink -f "\$0")")
libraries=\$here/usr/lib/$triplet
exec "\$libraries/$loader" --library-path "\$libraries:\$libraries/pulseaudio" "\$here/usr/bin/godot" "\$@"
WRAPPER
chmod +x "$godot"
echo "get-godot: Godot $("$godot" --version) in $folder" >&2
echo "$godot"
