# SPDX-License-Identifier: Apache-2.0
# Turns text files into C arrays: awk -f embed_text.awk FOLDER/FILE... > pages.c
# compliance-server/page/report.css becomes page_report_css; declared in the header that
# uses it. ASCII only.

BEGIN {
	for (i = 9; i < 127; i++)
		code[sprintf("%c", i)] = i
	print "/* SPDX-License-Identifier: Apache-2.0 */"
	print "/* Printed by common/gen/embed_text.awk. */"
}

FNR == 1 {
	if (name)
		print "\t0 };"
	count = split(FILENAME, part, "/")
	name = part[count]
	gsub(/[^a-z0-9]/, "_", name)
	printf "extern const char page_%s[];\nconst char page_%s[] = {\n", name, name
}

{
	line = ""
	for (i = 1; i <= length($0); i++) {
		c = substr($0, i, 1)
		if (!(c in code)) {
			print "embed_text.awk: " FILENAME ": line " FNR " is not ASCII" > "/dev/stderr"
			exit 1
		}
		line = line code[c] ","
	}
	print line "10,"
}

END {
	print "\t0 };"
}
