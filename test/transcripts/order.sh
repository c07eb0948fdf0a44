#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Arrival order of calls in memory-server.
exec "${B:-build}/test/order" "${B:-build}/memory-server"
