#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Throw-away servers for tests: unprivileged, on a private socket, gone after stop.
#   eval "$(test/services.sh start-pg [--durable])"   sets TEST_PG_DIR and TEST_PG_URL
#   test/services.sh restart-pg fast|immediate        stops and starts the same data
#   test/services.sh halt-pg fast|immediate           stops and keeps the data
#   test/services.sh resume-pg                        starts them again
#   test/services.sh stop-pg                          uses TEST_PG_DIR, removes everything
set -eu

say() { echo "services.sh: $*" >&2; }
die() { say "$*"; exit 1; }

pg_bin() {
	for d in /usr/lib/postgresql/15/bin $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null); do
		[ -x "$d/initdb" ] && { echo "$d"; return; }
	done
	d=$(command -v initdb 2>/dev/null) || die "PostgreSQL's initdb is missing (Debian: postgresql-15)"
	dirname "$d"
}

# PostgreSQL refuses to run as root.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		u=$(id -u postgres 2>/dev/null || id -u nobody)
		g=$(id -g postgres 2>/dev/null || id -g nobody)
		setpriv --reuid "$u" --regid "$g" --clear-groups -- "$@"
	else
		"$@"
	fi
}

wait_pg() {
	n=0
	until "$BIN/pg_isready" -q -h "$1" -U kilo -d postgres; do
		n=$((n + 1))
		[ $n -lt 300 ] || { cat "$1/log" >&2; die "PostgreSQL does not answer"; }
		sleep 0.1
	done
}

launch_pg() {
	as_user "$BIN/pg_ctl" -D "$1/data" -l "$1/log" -w -t 60 start >/dev/null 2>&1 </dev/null ||
		{ cat "$1/log" >&2; die "PostgreSQL does not start"; }
	wait_pg "$1"
}

start_pg() {
	dir=$(mktemp -d /tmp/kilo-pg.XXXXXX)
	if [ "$(id -u)" = 0 ]; then
		chown "$(id -u postgres 2>/dev/null || id -u nobody)" "$dir"
	fi
	chmod 711 "$dir"
	(cd "$dir" && as_user "$BIN/initdb" -D "$dir/data" -U kilo -A trust -E UTF8 --locale=C.UTF-8 \
		--no-sync >"$dir/initdb.log" 2>&1) || { cat "$dir/initdb.log" >&2; die "initdb failed"; }
	fsync=off
	[ "${1:-}" != --durable ] || fsync=on
	cat >>"$dir/data/postgresql.conf" <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$dir'
		unix_socket_permissions = 0777
		fsync = $fsync
		full_page_writes = $fsync
		max_connections = 60
		shared_buffers = 16MB
	CONF
	launch_pg "$dir"
	echo "export TEST_PG_DIR='$dir' TEST_PG_URL='postgresql://kilo@/postgres?host=$dir'"
}

stop_pg() {
	dir=${TEST_PG_DIR:-}
	case $dir in /tmp/kilo-pg.??????) ;; *) die "TEST_PG_DIR is not set" ;; esac
	[ ! -f "$dir/data/postmaster.pid" ] ||
		as_user "$BIN/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || :
	rm -rf "$dir"
}

halt_pg() {
	as_user "$BIN/pg_ctl" -D "${TEST_PG_DIR:?}/data" -m "${1:-fast}" -w stop >/dev/null
}

restart_pg() {
	halt_pg "$@"
	launch_pg "$TEST_PG_DIR"
}

BIN=$(pg_bin)
cmd=${1:-}
[ $# = 0 ] || shift
cd /
case $cmd in
start-pg) start_pg "$@" ;;
stop-pg) stop_pg ;;
restart-pg) restart_pg "$@" ;;
halt-pg) halt_pg "$@" ;;
resume-pg) launch_pg "${TEST_PG_DIR:?}" ;;
*) die "usage: services.sh start-pg [--durable] | restart-pg MODE | halt-pg MODE | resume-pg | stop-pg" ;;
esac
