#!/bin/sh
# The direction of the data, enforced on the includes: cli -> <libsearch.h> -> ranking, index -> cable, query, analysis, xapian,
# glass -> support.  A file that reaches where it must not is named with its line.
set -u
cd "${top_srcdir:-$(dirname "$0")/../..}" || exit 99
n_failed=0

# check NAME LINES: passes when there are no offending lines.
check() {
    if [ -z "$2" ]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        n_failed=$((n_failed + 1))
    fi
}

sources() {
    find "$@" -type f \( -name '*.c' -o -name '*.h' -o -name '*.cc' \) | LC_ALL=C sort
}

# includes PATTERN FOLDER...: the include lines below the folders that match.
includes() {
    pattern=$1
    shift
    sources "$@" | xargs grep -En "^[[:space:]]*#[[:space:]]*include[[:space:]]*[\"<]($pattern)" /dev/null
}

layer() {
    check "$1 includes nothing of $(echo "$2" | tr '|' ' ')" "$(includes "libsearch/($2)/" "libsearch/$1")"
}

check "cli sees only <libsearch.h> and its own headers" \
    "$(includes 'libsearch/|\.\./|xapian|unicode/|libstemmer|jansson|nettle' cli)"
layer support 'analysis|cable|query|xapian|glass|index|ranking'
layer analysis 'cable|query|xapian|glass|index|ranking'
layer cable 'query|xapian|glass|index|ranking'
layer query 'analysis|cable|xapian|glass|index|ranking'
layer xapian 'analysis|cable|query|glass|index|ranking'
layer glass 'analysis|cable|query|xapian|index|ranking'
layer index 'query|ranking'
check "no file reaches into a sibling by a relative path" "$(includes '\.\./' libsearch cli)"

check "<xapian.h> is seen in xapian_c.cc only" \
    "$(includes 'xapian\.h|xapian/' libsearch cli include | grep -v '^libsearch/xapian/xapian_c\.cc:')"
check "xapian_c.cc is the only C++" \
    "$(find libsearch cli include \( -name '*.cc' -o -name '*.cpp' -o -name '*.cxx' -o -name '*.hpp' \) |
        grep -vx 'libsearch/xapian/xapian_c.cc')"
check "ICU is seen in analysis and dates only" \
    "$(includes 'unicode/' libsearch cli include | grep -Ev '^libsearch/(analysis/|cable/dates\.c:)')"
check "libstemmer is seen in analysis only" \
    "$(includes 'libstemmer' libsearch cli include | grep -v '^libsearch/analysis/')"

check "ISA-L is seen where tags are compressed and checksums taken only" \
    "$(includes 'isa-l' libsearch cli include | grep -vE '^libsearch/(glass/deflate|support/digest)\.c')"

unfenced=$(for header in $(sources libsearch | grep '\.h$'); do
    sed -n '/^#ifndef SEARCH_BUILDING$/{n;/^#error /p;}' "$header" | grep -q . || echo "$header"
done)
check "every private header refuses outsiders" "$unfenced"

check "the public header needs the C library only" \
    "$(grep -n '^#include' include/libsearch.h | grep -Ev '<std(bool|def|int)\.h>$')"

unlisted=$(for file in $(sources libsearch cli include tests/unit tests/fuzz; find tests -name '*.sh' | LC_ALL=C sort); do
    grep -qF -- "$file" Makefile.am || case $file in tests/install/*) ;; *) echo "$file" ;; esac
done)
check "Makefile.am lists every source and test" "$unlisted"

[ "$n_failed" -eq 0 ]
