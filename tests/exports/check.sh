#!/bin/sh
# What leaves the library: the symbols of libsearch.so are those the header declares, no more and no less; and every function
# that C can call in the C++ file is noexcept and runs through the guard, so that no exception leaves.
set -u
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
bindings=$top_srcdir/libsearch/xapian/xapian_c.cc
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
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

# declared WORD HEADER: the names of the functions that are declared, comments and line breaks aside.  WORD begins a
# declaration; "" takes all of them.
declared() {
    sed -e 's,/\*.*\*/,,' -e '/\/\*/,/\*\//d' -e '/^#/d' "$2" | tr '\n' ' ' | tr ';' '\n' |
        sed -nE "s/^.*$1.*[ *]((search|xapian)_[a-z0-9_]+)\(.*\$/\1/p" | LC_ALL=C sort -u
}

# ---- The shared library ----

library=$(find "$top_builddir/.libs/" -maxdepth 1 -name 'libsearch.so.*.*.*' -type f | head -n 1)
check "there is a shared library" "$([ -n "$library" ] || echo "none in $top_builddir/.libs")"
if [ -n "$library" ]; then
    declared SEARCH_API "$top_srcdir/include/libsearch.h" >"$work/declared"
    nm -D --defined-only "$library" | awk '{ print $3 }' | sed 's/@.*//' | LC_ALL=C sort -u >"$work/exported"
    check "the header declares functions" "$([ -s "$work/declared" ] || echo "none found")"
    check "every declared function is exported" "$(LC_ALL=C comm -23 "$work/declared" "$work/exported")"
    check "nothing else is exported" "$(LC_ALL=C comm -13 "$work/declared" "$work/exported")"
    check "the soname is libsearch.so.0" \
        "$(readelf -d "$library" | grep SONAME | grep -vF '[libsearch.so.0]')"
fi

# ---- The header ----

printf '#include <libsearch.h>\nint main(void) { search_request r = SEARCH_REQUEST_INIT; return (int)r.offset; }\n' \
    >"$work/host.c"
cp "$work/host.c" "$work/host.cc"
# CC and CXX carry options
# shellcheck disable=SC2086
check "the header compiles alone as C99" \
    "$(${CC:-cc} -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$top_srcdir/include" -fsyntax-only "$work/host.c" 2>&1)"
# shellcheck disable=SC2086
check "the header compiles alone as C++11" \
    "$(${CXX:-c++} -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$top_srcdir/include" -fsyntax-only "$work/host.cc" 2>&1)"

# ---- The bindings ----

# Each definition from its `extern "C"` to the brace that ends it.  Before the guard there may only be the plain variable that
# the function returns.
check "every function of the bindings is noexcept and guarded" "$(awk '
    /^extern "C" / && !/^extern "C" \{/ { inside = 1; text = "" }
    inside { text = text $0 "\n" }
    inside && /^}/ {
        inside = 0
        n++
        match(text, /xapian_[a-z0-9_]+\(/)
        name = substr(text, RSTART, RLENGTH - 1)
        head = substr(text, 1, index(text, "{"))
        body = substr(text, index(text, "{") + 1)
        if (head !~ /\) noexcept \{$/)
            print name " is not noexcept"
        before = substr(body, 1, index(body, "guard(") - 1)
        if (body !~ /(^|[^a-z_])guard\(/)
            print name " does not call guard"
        else if (before ~ /\(/)
            print name " calls something before the guard"
    }
    END { if (n == 0) print "no function found" }' "$bindings")"
sed -nE '/^extern "C"/,/\{$/s/^.*[ *](xapian_[a-z0-9_]+)\(.*$/\1/p' "$bindings" | LC_ALL=C sort -u >"$work/defined"
declared '' "$top_srcdir/libsearch/xapian/xapian_c.h" >"$work/bindings"
check "every function of the bindings' header is defined extern \"C\"" "$(LC_ALL=C comm -23 "$work/bindings" "$work/defined")"
check "the bindings define nothing else for C" "$(LC_ALL=C comm -13 "$work/bindings" "$work/defined")"

[ "$n_failed" -eq 0 ]
