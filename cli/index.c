/* Where the index is: --index, else $CABLES_INDEX, else that of the user when there is one, else that of the machine.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char system_directory[] = "/var/lib/cables/index";

/* The directory that was asked for, or null. */
static const char *named_directory(const invocation *call) {
    const char *variable = getenv("CABLES_INDEX");

    if (call->index_option) {
        return call->index_option;
    }
    return variable && variable[0] ? variable : NULL;
}

static char *join(const char *base, const char *rest) {
    size_t n = strlen(base) + strlen(rest) + 1;
    char *path = error_check_memory(malloc(n));

    snprintf(path, n, "%s%s", base, rest);
    return path;
}

/* The user's index by the XDG rules, freed with free(); null when there is no home.  A relative XDG_DATA_HOME is
 * ignored, as those rules ask. */
static char *user_directory(void) {
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");

    if (data && data[0] == '/') {
        return join(data, "/cables/index");
    }
    return home && home[0] ? join(home, "/.local/share/cables/index") : NULL;
}

static void warn_of_analyzer(const invocation *call, const search_index *index) {
    if (!search_index_analyzer_matches(index)) {
        error_print(call->cmd, "run 'cables rebuild' to bring it up to date",
                    "this index was made by another version of the analyzer: some words may be missed");
    }
}

static exit_code open_named(const invocation *call, const char *directory, search_index **out) {
    search_error error;

    if (search_index_open(directory, out, &error) == SEARCH_OK) {
        warn_of_analyzer(call, *out);
        return EXIT_CODE_OK;
    }
    exit_code code = error_report(call->cmd, &error, NULL);
    if (error.status == SEARCH_E_NO_INDEX) {
        fprintf(stderr, "  tried: %s (from %s)\n", directory, call->index_option ? "--index" : "$CABLES_INDEX");
    }
    return code;
}

/* Opens the first index of the places that are looked at when none is named; `*out` is null when none is there. */
static exit_code open_usual(const invocation *call, const char *const *places, size_t n_places, search_index **out) {
    search_error error;

    for (size_t i = 0; i < n_places; i++) {
        if (!places[i]) {
            continue;
        }
        if (search_index_open(places[i], out, &error) == SEARCH_OK) {
            warn_of_analyzer(call, *out);
            return EXIT_CODE_OK;
        }
        if (error.status != SEARCH_E_NO_INDEX) { /* there is one, which cannot be read: do not look further */
            return error_report(call->cmd, &error, NULL);
        }
    }
    return EXIT_CODE_OK;
}

exit_code index_open_if_any(const invocation *call, search_index **out) {
    const char *named = named_directory(call);

    *out = NULL;
    if (named) {
        return open_named(call, named, out);
    }
    char *user = user_directory();
    const char *const places[] = {user, system_directory};
    exit_code code = open_usual(call, places, 2, out);
    free(user);
    return code;
}

static exit_code explain_absent(const invocation *call) {
    char *user = user_directory();

    error_print(call->cmd, NULL, "there is no index");
    fprintf(stderr, "  tried: --index and $CABLES_INDEX (not given), %s%s%s\n", user ? user : "", user ? ", " : "",
            system_directory);
    fputs("  'cables rebuild SOURCE…' makes one\n", stderr);
    free(user);
    return EXIT_CODE_INDEX;
}

exit_code index_open(const invocation *call, search_index **out) {
    exit_code code = index_open_if_any(call, out);

    return code != EXIT_CODE_OK || *out ? code : explain_absent(call);
}

/* Makes the directories above `path`; one that is there already is no error.  The last part is the library's to make.
 */
static bool make_parents(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool is_made = mkdir(path, 0777) == 0 || errno == EEXIST;
        *slash = '/';
        if (!is_made) {
            return false;
        }
    }
    return true;
}

static bool has_index(const char *directory) {
    search_index *index;
    search_error error;
    search_status status = search_index_open(directory, &index, &error);

    search_index_free(index);
    return status != SEARCH_E_NO_INDEX;
}

exit_code index_find(const invocation *call, char **out) {
    const char *named = named_directory(call);

    *out = NULL;
    if (named) {
        *out = join(named, "");
        return EXIT_CODE_OK;
    }
    char *user = user_directory();
    if (user && has_index(user)) {
        *out = user;
        return EXIT_CODE_OK;
    }
    free(user);
    if (!has_index(system_directory)) {
        return explain_absent(call);
    }
    *out = join(system_directory, "");
    return EXIT_CODE_OK;
}

exit_code index_directory(const invocation *call, char **out) {
    const char *named = named_directory(call);

    if (named) {
        *out = join(named, "");
        return EXIT_CODE_OK;
    }
    char *user = user_directory();
    if (!user || (!has_index(user) && has_index(system_directory))) {
        free(user);
        *out = join(system_directory, "");
        return EXIT_CODE_OK;
    }
    if (!make_parents(user)) {
        error_print(call->cmd, NULL, "cannot make the directories of %s: %s", user, strerror(errno));
        free(user);
        return EXIT_CODE_SYSTEM;
    }
    *out = user;
    return EXIT_CODE_OK;
}
