#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Many processes on one database: run.sh short (half a minute) or long (minutes).
set -eu
B=${B:-build}
shm=/dev/shm
[ -w $shm ] || shm=/tmp
case ${1:-short} in
short)
	prove --merge -v -e '' "$B/test/stress/wal" :: short
	prove --merge -v -e '' "$B/test/stress/wal" :: kills 200
	prove --merge -v -e '' "$B/test/stress/kill" :: 25 "$B/memory-server"
	;;
long)
	prove --merge -v -e '' "$B/test/stress/wal" :: short
	prove --merge -v -e '' "$B/test/stress/wal" :: kills 500
	prove --merge -v -e '' "$B/test/stress/kill" :: 250 "$B/memory-server"
	prove --merge -v -e '' "$B/test/stress/wal" :: load 120 $shm
	prove --merge -v -e '' "$B/test/stress/wal-unlocked" :: control $shm
	LIFE_LONG=1 prove --merge -e sh "$(dirname "$0")/../transcripts/life.sh"
	;;
*)
	echo "usage: run.sh short|long" >&2
	exit 64
	;;
esac
