#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The protocol's requirement table against memory-server.
B=${B:-build}
exec "$B/test/protocol" "$B/memory-server"
