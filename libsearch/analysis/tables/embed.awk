# Tables to C: each file NAME.txt becomes the array table_NAME of its rows, for libsearch/analysis/table.h.
BEGIN {
    print "/* Made by embed.awk from the tables; do not edit. */"
    print "#include \"libsearch/analysis/table.h\""
}
FNR == 1 {
    if (is_open) print "    0,\n};"
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.txt$/, "", name)
    print "const char *const table_" name "[] = {"
    is_open = 1
}
{ sub(/\r$/, "") }
/^[ \t]*(#|$)/ { next }
{
    gsub(/\\/, "\\\\")
    gsub(/"/, "\\\"")
    gsub(/\t/, "\\t")
    print "    \"" $0 "\","
}
END { if (is_open) print "    0,\n};" }
