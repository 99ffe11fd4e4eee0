/* cables: searches and builds indexes of translated cables.  This file reads the command line as far as the command,
 * prints help, and sees that what was printed has arrived. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const command *const commands[] = {
    &command_rebuild, &command_search,  &command_facets, &command_timeline, &command_show,
    &command_cite,    &command_similar, &command_terms,  &command_dump,     &command_stats,
    &command_check,   &command_analyze, &command_lint,
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *file) {
    fputs("usage: cables [--index DIR] COMMAND [ARGUMENT]…\n\n"
          "Full-text search in archives of translated cables.\n\n"
          "Commands\n",
          file);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        fprintf(file, "  %-22s  %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\nOptions\n", file);
    args_print_options(args_global_options, file);
    fputs("\nThe index is --index, else $CABLES_INDEX, else ~/.local/share/cables/index when there\n"
          "is one, else /var/lib/cables/index.\n\n"
          "Examples\n"
          "  cables rebuild ~/cables/           index a directory of saved pages and JSONL files\n"
          "  cables search border crossers      find the cables with both words\n"
          "  cables search --help               what search can do\n\n"
          "Exit codes: 0 done, 1 no hits or findings, 2 usage or bad query, 3 no index or a damaged one,\n"
          "4 input or result refused, 5 system error, 75 another writer is at work.\n",
          file);
}

static void print_command_help(const command *cmd) {
    printf("usage: cables [--index DIR] %s [OPTION]…%s%s\n\n%s\n\nOptions\n", cmd->name, cmd->operands[0] ? " " : "",
           cmd->operands, cmd->details);
    args_print_options(cmd->options, stdout);
    args_print_options(args_global_options, stdout);
    printf("\nExamples\n%s", cmd->examples);
}

static void print_version(void) {
    printf("cables %s\n"
           "Copyright the libsearch authors.  Licence: GPL-2.0-or-later; there is no warranty.\n",
           search_version());
}

static const command *find_command(const char *name) {
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static exit_code refuse_command(const char *name) {
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;
    char hint[160];
    size_t n_hint = 0;

    for (size_t i = 0; i < N_COMMANDS; i++) {
        size_t distance;
        if (args_is_near(name, commands[i]->name, &distance) && distance < best_distance) {
            best = commands[i]->name;
            best_distance = distance;
        }
    }
    if (best) {
        snprintf(hint, sizeof hint, "did you mean '%s'?", best);
    } else {
        n_hint = (size_t)snprintf(hint, sizeof hint, "the commands are:");
        for (size_t i = 0; i < N_COMMANDS && n_hint < sizeof hint; i++) {
            n_hint += (size_t)snprintf(hint + n_hint, sizeof hint - n_hint, " %s", commands[i]->name);
        }
    }
    return error_usage(NULL, hint, "unknown command '%s'", name);
}

/* Carries out a global option; `*is_done` says that nothing else is to be done. */
static void take_global(const arg *item, const command *cmd, const char **index_option, bool *is_done) {
    if (item->id == OPTION_INDEX) {
        *index_option = item->text;
    } else if (item->id == OPTION_HELP && !*is_done) {
        *is_done = true;
        if (cmd) {
            print_command_help(cmd);
        } else {
            print_help(stdout);
        }
    } else if (item->id == OPTION_VERSION && !*is_done) {
        *is_done = true;
        print_version();
    }
}

static exit_code run_command(const command *cmd, int n, char **argv, const char *index_option) {
    invocation call = {cmd, index_option, {NULL, 0}};
    bool is_done = false;
    exit_code code = args_read(cmd, n, argv, &call.arguments, NULL);

    if (code != EXIT_CODE_OK) {
        return code;
    }
    for (size_t i = 0; i < call.arguments.n; i++) {
        take_global(&call.arguments.items[i], cmd, &call.index_option, &is_done);
    }
    if (call.index_option && call.index_option[0] == '\0') {
        code = error_usage(cmd, NULL, "--index needs the name of a directory");
    } else if (!is_done) {
        code = cmd->run(&call);
    }
    args_free(&call.arguments);
    return code;
}

static exit_code run(int n, char **argv) {
    const char *index_option = NULL;
    bool is_done = false;
    int n_read = 0;
    args list;
    exit_code code = args_read(NULL, n, argv, &list, &n_read);

    if (code != EXIT_CODE_OK) {
        return code;
    }
    for (size_t i = 0; i < list.n; i++) {
        take_global(&list.items[i], NULL, &index_option, &is_done);
    }
    args_free(&list);
    if (is_done) {
        return EXIT_CODE_OK;
    }
    if (n_read >= n) {
        print_help(stderr);
        return EXIT_CODE_USAGE;
    }
    const command *cmd = find_command(argv[n_read]);
    if (!cmd) {
        return refuse_command(argv[n_read]);
    }
    return run_command(cmd, n - n_read - 1, argv + n_read + 1, index_option);
}

/* Whether the reader of standard output has gone, as `head` does: no error worth a word. */
static bool is_reader_gone(void) {
    struct pollfd out = {STDOUT_FILENO, POLLOUT, 0};

    return errno == EPIPE || (poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0);
}

/* A result that did not arrive is no result: a full disk must not pass for success. */
static exit_code finish_output(exit_code code) {
    errno = 0;
    bool has_failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    int reason = errno;

    if (has_failed && is_reader_gone()) {
        return code;
    }
    if (!has_failed && fclose(stdout) != 0) {
        has_failed = true;
        reason = errno;
    }
    if (has_failed) {
        error_print(NULL, NULL, "cannot write to standard output: %s", reason ? strerror(reason) : "write error");
        return EXIT_CODE_SYSTEM;
    }
    return code;
}

/* A standard stream that the caller closed would give its number to the next file opened, and messages would be written
 * into the index.  Opened for reading, it makes writes to it fail instead. */
static void occupy_standard_streams(void) {
    int fd;

    do {
        fd = open("/dev/null", O_RDONLY);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}

int main(int argc, char **argv) {
    occupy_standard_streams();
    /* A rebuild must not die half way because nobody reads its messages; writes report EPIPE instead. */
    signal(SIGPIPE, SIG_IGN);
    exit_code code = run(argc > 0 ? argc - 1 : 0, argv + 1);
    return (int)finish_output(code);
}
