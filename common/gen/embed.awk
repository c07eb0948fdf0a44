# SPDX-License-Identifier: Apache-2.0
# Turns migration files into C: awk -v set=NAME -f embed.awk FILE... > migrations_NAME.c
# FILE is migrations/SET/DIALECT/NNNN_title.sql or NNNN_title.VARIANT.sql, sorted by path.

function fail(text)
{
	print "embed.awk: " FILENAME ": " text > "/dev/stderr"
	failed = 1
	exit 1
}

function begin_file(   part, count, base, dot)
{
	count = split(FILENAME, part, "/")
	base = part[count]
	if (base !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+(\.[a-z0-9-]+)?\.sql$/)
		fail("name is not NNNN_title.sql or NNNN_title.variant.sql")
	dialect[++files] = part[count - 1]
	if (dialect[files] != "postgresql" && dialect[files] != "sqlite")
		fail("folder is neither postgresql nor sqlite")
	version[files] = substr(base, 1, 4) + 0
	base = substr(base, 6, length(base) - 9)
	dot = index(base, ".")
	title[files] = dot ? substr(base, 1, dot - 1) : base
	variant[files] = dot ? substr(base, dot + 1) : ""
	printf "\nstatic const char sql_%d[] = {\n", files
}

function end_file()
{
	if (files)
		print "\t0 };"
}

BEGIN {
	for (i = 9; i < 127; i++)
		code[sprintf("%c", i)] = i
	print "/* SPDX-License-Identifier: Apache-2.0 */"
	print "/* Printed by common/gen/embed.awk from migrations/" set ". */"
	print "#include \"common/db/migrate.h\""
}

FNR == 1 {
	end_file()
	begin_file()
}

{
	line = ""
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (!(c in code))
			fail("line " FNR " holds something other than ASCII text")
		line = line code[c] ","
	}
	print line "10,"
}

END {
	if (failed)
		exit 1
	end_file()
	print "\nstatic const struct migration files[] = {"
	for (i = 1; i <= files; i++)
		printf "\t{ %d, \"%s\", \"%s\", \"%s\", sql_%d },\n", version[i], title[i],
			variant[i], dialect[i], i
	print "\t{ 0, NULL, NULL, NULL, NULL }\n};"
	printf "\nconst struct migration_set migrations_%s = { \"%s\", files };\n", set, set
}
