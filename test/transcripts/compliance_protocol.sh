#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The protocol's requirement table against compliance-server.
B=${B:-build}
exec "$B/test/protocol" "$B/compliance-server"
