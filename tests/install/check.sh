#!/bin/sh
# make installcheck: what is installed, used as an embedder and a historian would use it.  The environment names the folders
# and the compilers.
set -u
: "${top_srcdir:?}" "${bindir:?}" "${libdir:?}" "${includedir:?}"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n_failed=0

check() {
    name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        sed 's/^/# /' "$work/log"
        n_failed=$((n_failed + 1))
    fi
}

PKG_CONFIG_PATH=$libdir/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export PKG_CONFIG_PATH LD_LIBRARY_PATH

# Compilers, flags and pkg-config carry options, hence the word splitting.
# shellcheck disable=SC2086
compile() {
    flags=$(${PKG_CONFIG:-pkg-config} --cflags --libs libsearch) || return 1
    $2 -I"$includedir" -L"$libdir" "$1" $flags -o "$work/embed"
}

# expect OUTPUT COMMAND...
expect() {
    expected=$1
    shift
    "$@" >"$work/out" || return 1
    [ "$(cat "$work/out")" = "$expected" ] || {
        echo "expected: $expected"
        echo "got: $(cat "$work/out")"
        return 1
    }
}

finds_one() {
    "$work/embed" "$1" 'rice AND pressure' >"$work/out" && cat "$work/out" && [ "$(head -n 1 "$work/out")" = "1 found" ]
}

cp "$top_srcdir/doc/examples/embed.c" "$work/embed.c"
cp "$top_srcdir/doc/examples/embed.c" "$work/embed.cc"
check "the example compiles against the installed library" compile "$work/embed.c" "${CC:-cc} ${CFLAGS:-}"
check "the example builds an index and searches" finds_one "$work/index-c"
check "the example compiles as C++" compile "$work/embed.cc" "${CXX:-c++} ${CXXFLAGS:-}"
check "the example in C++ builds an index and searches" finds_one "$work/index-c++"
check "the installed program builds an index" \
    "$bindir/cables" --index "$work/index" rebuild "$top_srcdir/corpus/cables.jsonl"
check "the installed program searches" "$bindir/cables" --index "$work/index" search 'border'
check "the pkg-config file names the version of the library" \
    expect "$(sed -nE 's/^AC_INIT\(\[libsearch\], \[([0-9.]+)\].*/\1/p' "$top_srcdir/configure.ac")" \
    "${PKG_CONFIG:-pkg-config}" --modversion libsearch

[ "$n_failed" -eq 0 ]
