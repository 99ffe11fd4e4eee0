#!/bin/sh
# Options, help, and where the index is looked for.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run --help
code_is "--help succeeds" 0
has "--help lists the commands" out "rebuild"
has "--help tells the exit codes" out "75 another writer"
is_empty "--help says nothing on standard error" err
run --version
code_is "--version succeeds" 0
has "--version names the licence" out "GPL-2.0-or-later"
run
code_is "no command is a usage error" 2
is_empty "no command prints its help on standard error" out

for command in rebuild search facets timeline show cite similar terms dump stats check analyze lint; do
    run "$command" --help
    code_is "$command --help succeeds" 0
    has "$command --help has examples" out "  cables $command"
done
run show -h
has "-h is --help" out "usage: cables [--index DIR] show"

run serach korea
code_is "an unknown command is a usage error" 2
has "an unknown command gets the nearest" err "did you mean 'search'?"
run update x
code_is "a command of a later version is unknown" 2
has "with nothing near, the commands are listed" err "the commands are: rebuild search facets timeline show cite similar terms dump stats check analyze lint"
run search --limti 3 korea
code_is "an unknown option is a usage error" 2
has "an unknown option gets the nearest" err "did you mean --limit?"
run search --snip 3 korea
has "the beginning of an option gets the whole" err "did you mean --snippets?"
run search -limit 3 korea
code_is "a long option with one dash is not a word to leave out" 2
run show -x 188166
code_is "an unknown letter is a usage error" 2
run search korea --limit
has "a missing value is named" err "--limit needs a value"
run search --limit=ten korea
has "a bad number is named" err "not 'ten'"
run search --limit 10001 korea
code_is "a number out of bounds is a usage error" 2
run rebuild --memory 10 x
code_is "too little memory is a usage error" 2
has "and the least is told" err "--memory needs a whole number from 64 to 1048576, not '10'"
run rebuild --jobs 0 x
has "so is that of threads" err "--jobs needs a whole number from 1 to 64, not '0'"
run rebuild --verify slow x
has "--verify says how" err "--verify is quick or full, not 'slow'"
run rebuild --quiet=yes x
has "a flag takes no value" err "--quiet takes no value"
run search --format yaml korea
has "a bad format lists the good ones" err "text, json, jsonl, tsv, ids"
run facets --format ids
code_is "facets has no ids" 2
run rebuild
code_is "rebuild without source is a usage error" 2
run show
code_is "show without id is a usage error" 2
run stats extra
code_is "stats takes no argument" 2
run --index= stats
code_is "an empty --index is a usage error" 2

run search korea
code_is "without an index the exit code is 3" 3
has "what was tried: the user's index" err "$HOME/.local/share/cables/index"
has "what was tried: the machine's index" err "/var/lib/cables/index"
XDG_DATA_HOME=$work/data
export XDG_DATA_HOME
run search korea
has "what was tried: XDG_DATA_HOME" err "$work/data/cables/index"
run rebuild --quiet "$corpus/cables.jsonl"
code_is "rebuild makes the user's index" 0
run stats
code_is "the user's index is found" 0
CABLES_INDEX=$work/elsewhere
export CABLES_INDEX
run stats
code_is "CABLES_INDEX goes before the user's index" 3
has "what was tried: CABLES_INDEX" err "$work/elsewhere (from \$CABLES_INDEX)"
run --index "$work/data/cables/index" stats
code_is "--index goes before CABLES_INDEX" 0
run stats --index "$work/data/cables/index"
code_is "--index may follow the command" 0

mkdir "$work/no-index"
echo hello >"$work/no-index/file"
run --index "$work/no-index" search korea
code_is "a directory that is no index gives 3" 3
run --index "$work/no-index/file" search korea
code_is "a file that is no index gives 3" 3
run --index "$work/no-index" rebuild "$corpus/cables.jsonl"
code_is "rebuild does not write among other files" 3
if [ -e /dev/full ]; then
    "$CABLES" --help >/dev/full 2>"$work/err"
    code=$?
    code_is "a full disk gives 5" 5
else
    skip "a full disk gives 5" "no /dev/full"
fi
"$CABLES" --help >&- 2>"$work/err"
code=$?
code_is "a closed standard output gives 5" 5
run --index "$work/data/cables/index" rebuild --quiet "$corpus/cables.jsonl"
"$CABLES" --index "$work/data/cables/index" rebuild "$corpus" >&- 2>&-
run --index "$work/data/cables/index" stats
code_is "a rebuild with its streams closed does not write into the index" 0
finish
