#!/bin/sh
# The README tells the truth: its commands run and print what it shows, its program compiles and runs, its links lead somewhere.
# Times and the names of generations may differ.  UPDATE=1 writes what was printed into the README instead of failing.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
top_builddir=${top_builddir:-$(dirname "$CABLES")}

# The README writes as a reader would: "cables" and the compiler are found by name, the corpus lies in the current folder.
mkdir "$work/bin" "$work/here" "$work/cables"
ln -s "$CABLES" "$work/bin/cables"
ln -s "$corpus" "$work/here/corpus"
ln -s "$corpus/pages" "$work/cables/pages"
PATH=$work/bin:$PATH
export PATH

# Nothing is installed here, so cc and pkg-config lead to the build; make installcheck tries the installed ones.
variable() {
    sed -n "s/^$1 = //p" "$top_builddir/Makefile" | head -n 1
}
if [ -f "$top_builddir/libtool" ] && [ -f "$top_builddir/libsearch.la" ]; then
    cat >"$work/bin/cc" <<END
#!/bin/sh
exec '$top_builddir/libtool' --quiet --tag=CC --mode=link $(variable CC) $(variable CFLAGS) $(variable SANITIZER_FLAGS) "\$@"
END
    cat >"$work/bin/pkg-config" <<END
#!/bin/sh
[ "\$*" = "--cflags --libs libsearch" ] && echo "-I$top_srcdir/include $top_builddir/libsearch.la"
END
    chmod +x "$work/bin/cc" "$work/bin/pkg-config"
fi

cat >"$work/run.py" <<'PYTHON'
import blocks, os, re, sys
from blocks import *

source, here = sys.argv[1], sys.argv[2]
text = open(os.path.join(source, "README.md"), encoding="utf-8").read()
open(os.path.join(here, "find.c"), "w", encoding="utf-8").write(fenced(text, "c")[0])
shown = run_console(text, here, () if sys.argv[3] == "yes" else ("cc", "./find"))
open(os.path.join(here, "README.md"), "w", encoding="utf-8").write(shown)

for line in fenced(text, "crontab"):
    output, code = run(line[line.index("cables "):].replace("/srv", os.path.dirname(here)), here)
    tell(code == 0 and output == "", "the line for cron runs and is silent", output)

for link in sorted(set(re.findall(r"\]\(([^)#:]+)\)", text))):
    tell(os.path.exists(os.path.join(source, link)), "the link leads somewhere: " + link)

told = set(re.findall(r"\d+", " ".join(row[0] for row in table(text, "Searching"))))
manual = open(os.path.join(source, "doc/cables.1"), encoding="utf-8").read()
manual = manual[manual.index(".Sh EXIT STATUS"):manual.index(".Sh EXAMPLES")]
known = set(re.findall(r"\d+", " ".join(re.findall(r"^\.It (.*)", manual, re.M))))
tell(told == known, "the exit codes are those of the manual page", str(sorted(told ^ known)))
sys.exit(blocks.n_failed > 0)
PYTHON
builds=no
[ -x "$work/bin/cc" ] && builds=yes
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top_srcdir/tests/docs python3 "$work/run.py" "$top_srcdir" "$work/here" "$builds"
status=$?
if [ "${UPDATE:-}" = 1 ] && [ -f "$work/here/README.md" ]; then
    cp "$work/here/README.md" "$top_srcdir/README.md"
fi
exit "$status"
