/* A small option parser driven by tables.
 *
 * Long options take their value after "=" or as the next argument, options may stand before or after operands, "--"
 * ends them.  Where a query is expected, an argument such as -japan is no option but a word to leave out. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

const option args_global_options[] = {
    {OPTION_INDEX, "index", 0, OPTION_TEXT, "DIR", "the index to use", 0, 0},
    {OPTION_HELP, "help", 'h', OPTION_FLAG, 0, "show this help", 0, 0},
    {OPTION_VERSION, "version", 0, OPTION_FLAG, 0, "show the version", 0, 0},
    {0, 0, 0, OPTION_FLAG, 0, 0, 0, 0},
};

static const option no_options[] = {{0, 0, 0, OPTION_FLAG, 0, 0, 0, 0}};

typedef struct reader {
    const command *cmd;
    const option *tables[2];
    int n;
    char **argv;
    int next;
    bool is_over; /* "--" was seen */
    args *out;
} reader;

bool args_number(const char *text, size_t n_text, uint64_t lowest, uint64_t highest, uint64_t *out) {
    uint64_t value = 0;

    if (n_text == 0) {
        return false;
    }
    for (size_t i = 0; i < n_text; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (value < lowest || value > highest) {
        return false;
    }
    *out = value;
    return true;
}

enum { DISTANCE_MAX_N = 40 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t args_distance(const char *a, const char *b) {
    size_t n_a = strlen(a);
    size_t n_b = strlen(b);
    size_t cost[DISTANCE_MAX_N + 1][DISTANCE_MAX_N + 1];

    if (n_a > DISTANCE_MAX_N || n_b > DISTANCE_MAX_N) {
        return n_a + n_b;
    }
    for (size_t i = 0; i <= n_a; i++) {
        for (size_t j = 0; j <= n_b; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            size_t change = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            size_t best = least(change, least(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = least(best, cost[i - 2][j - 2] + 1);
            }
            cost[i][j] = best;
        }
    }
    return cost[n_a][n_b];
}

bool args_is_near(const char *typed, const char *name, size_t *distance) {
    size_t n_typed = strlen(typed);

    if (n_typed >= 2 && strncmp(typed, name, n_typed) == 0) {
        *distance = 1; /* typed the beginning only */
        return true;
    }
    *distance = args_distance(typed, name);
    return *distance <= 1 + n_typed / 4 && *distance < n_typed;
}

static const option *find_long(const reader *r, const char *name, size_t n_name) {
    for (size_t t = 0; t < 2; t++) {
        for (const option *o = r->tables[t]; o->name; o++) {
            if (strlen(o->name) == n_name && memcmp(o->name, name, n_name) == 0) {
                return o;
            }
        }
    }
    return NULL;
}

static const option *find_letter(const reader *r, char letter) {
    for (size_t t = 0; t < 2; t++) {
        for (const option *o = r->tables[t]; o->name; o++) {
            if (o->letter && o->letter == letter) {
                return o;
            }
        }
    }
    return NULL;
}

static exit_code refuse_unknown(const reader *r, const char *given) {
    char typed[64];
    char hint[128];
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;

    given += strspn(given, "-");
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(given, "="), given);
    for (size_t t = 0; t < 2; t++) {
        for (const option *o = r->tables[t]; o->name; o++) {
            size_t distance;
            if (args_is_near(typed, o->name, &distance) && distance < best_distance) {
                best = o->name;
                best_distance = distance;
            }
        }
    }
    if (best) {
        snprintf(hint, sizeof hint, "did you mean --%s?", best);
    }
    return error_usage(r->cmd, best ? hint : NULL, "unknown option --%s", typed);
}

static void keep(reader *r, int id, const char *text, uint64_t number) {
    r->out->items[r->out->n++] = (arg){id, text, number};
}

/* Takes the value of an option: `attached` after "=", or the next argument. */
static exit_code take_value(reader *r, const option *o, const char *attached) {
    const char *value = attached;
    uint64_t number = 0;

    if (o->kind == OPTION_FLAG) {
        if (attached) {
            return error_usage(r->cmd, NULL, "--%s takes no value", o->name);
        }
        keep(r, o->id, NULL, 0);
        return EXIT_CODE_OK;
    }
    if (!value) {
        if (r->next >= r->n) {
            return error_usage(r->cmd, NULL, "--%s needs a value: --%s %s", o->name, o->name, o->value);
        }
        value = r->argv[r->next++];
    }
    if (o->kind == OPTION_NUMBER && !args_number(value, strlen(value), o->lowest, o->highest, &number)) {
        return error_usage(r->cmd, NULL, "--%s needs a whole number from %llu to %llu, not '%s'", o->name,
                           (unsigned long long)o->lowest, (unsigned long long)o->highest, value);
    }
    keep(r, o->id, value, number);
    return EXIT_CODE_OK;
}

static exit_code read_long(reader *r, const char *given) {
    size_t n_name = strcspn(given + 2, "=");
    const option *o = find_long(r, given + 2, n_name);

    if (!o) {
        return refuse_unknown(r, given);
    }
    return take_value(r, o, given[2 + n_name] == '=' ? given + 2 + n_name + 1 : NULL);
}

/* One dash: a letter; in a query also a word to leave out.  A long option with a dash too few is neither, for the
 * search it would make is not what was meant. */
static exit_code read_short(reader *r, const char *given) {
    const option *o = given[2] == '\0' ? find_letter(r, given[1]) : NULL;
    char hint[160];

    if (o) {
        return take_value(r, o, NULL);
    }
    o = find_long(r, given + 1, strcspn(given + 1, "="));
    if (o) {
        bool in_query = r->cmd && r->cmd->takes_query;
        snprintf(hint, sizeof hint, "did you mean --%s?%s", o->name,
                 in_query ? "  A word to leave out that is named like an option goes after --" : "");
        return error_usage(r->cmd, hint, "unknown option %s", given);
    }
    if (r->cmd && r->cmd->takes_query && given[2] != '\0') {
        keep(r, ARG_OPERAND, given, 0);
        return EXIT_CODE_OK;
    }
    return error_usage(r->cmd, NULL, "unknown option %s", given);
}

exit_code args_read(const command *cmd, int n, char **argv, args *out, int *n_read) {
    const option *own = cmd && cmd->options ? cmd->options : no_options;
    reader r = {cmd, {own, args_global_options}, n, argv, 0, false, out};
    exit_code code = EXIT_CODE_OK;

    *out = (args){error_check_memory(calloc((size_t)n + 1, sizeof(arg))), 0};
    while (code == EXIT_CODE_OK && r.next < n) {
        const char *given = argv[r.next];
        bool is_option = !r.is_over && given[0] == '-' && given[1] != '\0';
        if (!is_option && !cmd) {
            break;
        }
        r.next++;
        if (!is_option) {
            keep(&r, ARG_OPERAND, given, 0);
        } else if (strcmp(given, "--") == 0) {
            r.is_over = true;
        } else if (given[1] == '-') {
            code = read_long(&r, given);
        } else {
            code = read_short(&r, given);
        }
    }
    if (n_read) {
        *n_read = r.next;
    }
    if (code != EXIT_CODE_OK) {
        args_free(out);
    }
    return code;
}

void args_free(args *list) {
    free(list->items);
    *list = (args){NULL, 0};
}

void args_print_options(const option *table, FILE *file) {
    for (const option *o = table; o && o->name; o++) {
        char left[64];
        char letter[8] = "";
        if (o->letter) {
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        }
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "", o->value ? o->value : "");
        fprintf(file, "  %-22s  %s\n", left, o->help);
    }
}
