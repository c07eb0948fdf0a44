#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rows of the requirement table that need the fixture server's tools.
B=${B:-build}
exec "$B/test/protocol_fixture" "$B/test/fixture-server"
