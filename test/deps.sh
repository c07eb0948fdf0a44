#!/bin/sh
# usage: test/deps.sh build|test   installs the Debian packages of that part that are missing.
# The list is test/packages. No service is started and no database cluster is made.
set -eu
cd "$(dirname "$0")"
part=${1:?usage: test/deps.sh build|test}

missing() {
	sed '/^#/d; /^$/d' packages | while read -r p present package; do
		[ "$p" = build ] || [ "$p" = "$part" ] || continue
		case $present in
		/*) [ -e "$present" ] || echo "$package" ;;
		*) command -v "$present" >/dev/null 2>&1 || echo "$package" ;;
		esac
	done
}

list=$(missing | tr '\n' ' ')
[ -n "$list" ] || exit 0
if [ "$(id -u)" = 0 ]; then
	sudo=
elif command -v sudo >/dev/null 2>&1; then
	sudo=sudo
else
	echo "missing packages: $list" >&2
	echo "hint: run as root: apt-get install --no-install-recommends $list" >&2
	exit 69
fi
echo "installing: $list"
case $list in
*postgresql-15*)
	if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		$sudo mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' |
			$sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
	fi
	;;
esac
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
		-o Dpkg::Options::=--force-confold $list >"$log" 2>&1
}
$sudo apt-get update >"$log" 2>&1 && install || {
	cat "$log" >&2
	echo "hint: the packages above could not be installed" >&2
	exit 69
}
left=$(missing | tr '\n' ' ')
[ -z "$left" ] || { echo "still missing after the installation: $left" >&2; exit 69; }
