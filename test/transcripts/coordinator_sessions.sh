#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Coordinators that share a database, with the suite's own servers as their targets.
set -u
B=${B:-build}
exec "$B/test/coordinate" "$B"
