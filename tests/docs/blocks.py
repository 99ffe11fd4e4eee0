"""Runs the examples of a document: the ```console blocks, in which "$ " begins a command.  Each command must print what the
document shows, but for times and the names of generations.  Used by the tests in this folder."""
import re, subprocess

n_failed = 0


def tell(passed, name, *details):
    """Prints a line of test result; the details only when it failed."""
    global n_failed
    print(("ok - " if passed else "not ok - ") + name, flush=True)
    for line in "\n".join(details).splitlines() if not passed else []:
        print("# " + line)
    n_failed += not passed


def run(command, here):
    """What the command prints, standard error included, and its exit code."""
    done = subprocess.run(["sh", "-c", command], cwd=here, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.stdout.decode("utf-8", "replace"), done.returncode


def fenced(text, language):
    return re.findall(r"^```" + language + r"\n(.*?)^```$", text, re.S | re.M)


def plain(output):
    return re.sub(r"\b\d{6}-[0-9a-f]{12}\b", "GENERATION", re.sub(r"\b\d+\.\d s\b", "TIME", output))


def table(text, heading):
    """The cells of the tables below a heading, row by row, up to the next heading of any level."""
    below = re.search(r"^#+ " + re.escape(heading) + r"\n(.*?)(?=^#|\Z)", text, re.S | re.M).group(1)
    rows = [line.strip("|").split("|") for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if not set(row[0]) <= set("-: ")]


def run_console(text, here, absent=()):
    """Runs all blocks and returns the text with what they print now.  absent: programs that are not here."""
    shown = text
    for block in fenced(text, "console"):
        printed = ""
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
            missing = [word for word in absent if word in command.split()]
            if missing:
                print("ok - %s # skip there is no %s" % (command, missing[0]))
                printed += "$ " + command + "\n" + expected
                continue
            output, code = run(command, here)
            same = plain(output) == plain(expected)
            printed += "$ " + command + "\n" + (expected if same else output)
            tell(same and code == 0, command, "exit code %d, and it prints:" % code, output)
        shown = shown.replace(block, printed)
    return shown
