/* SQLite FTS5 builds an index of the texts of records: the columns title, summary and body with the porter tokenizer,
 * and what else a record has as JSON in a column that is not indexed, so that the record is stored once.
 *
 *   bench/build_fts5 [--optimize] RECORDS.jsonl FOLDER
 *
 * FOLDER must not exist.  As fast as SQLite allows: one transaction, no journal, nothing synced until the end, large
 * pages, and segments that are merged only when there are very many of them.  --optimize merges them into one. */
#include "bench/records.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char program[] = "bench/build_fts5";

/* Measured: see bench/RESULTS.md. */
static const char prepare[] = "PRAGMA page_size = 16384;"
                              "PRAGMA journal_mode = OFF;"
                              "PRAGMA synchronous = OFF;"
                              "PRAGMA locking_mode = EXCLUSIVE;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA cache_size = -16384;"
                              "CREATE VIRTUAL TABLE records USING fts5(title, summary, body, rest UNINDEXED,"
                              " tokenize = 'porter unicode61');"
                              "INSERT INTO records(records, rank) VALUES('pgsz', 16000);"
                              "INSERT INTO records(records, rank) VALUES('hashsize', 16777216);"
                              "INSERT INTO records(records, rank) VALUES('automerge', 0);"
                              "INSERT INTO records(records, rank) VALUES('crisismerge', 1000);"
                              "BEGIN;";

static void run(sqlite3 *database, const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        bench_fail(program, sqlite3_errmsg(database));
    }
}

static void bind(sqlite3_stmt *insert, int column, record_text text) {
    sqlite3_bind_text64(insert, column, text.bytes, text.n_bytes, SQLITE_STATIC, SQLITE_UTF8);
}

/* What the record holds beside the columns. */
static char *rest_of(json_t *json) {
    json_t *rest = json_copy(json);
    json_object_del(rest, "title");
    json_object_del(rest, "summary");
    json_object_del(rest, "body");
    char *text = json_dumps(rest, JSON_COMPACT);
    json_decref(rest);
    return text;
}

static void insert_all(sqlite3 *database, records *source) {
    sqlite3_stmt *insert = NULL;
    static const char sql[] = "INSERT INTO records(title, summary, body, rest) VALUES(?, ?, ?, ?)";
    if (sqlite3_prepare_v2(database, sql, -1, &insert, NULL) != SQLITE_OK) {
        bench_fail(program, sqlite3_errmsg(database));
    }
    record item;
    while (records_next(source, &item)) {
        bind(insert, 1, item.title);
        bind(insert, 2, item.summary);
        bind(insert, 3, item.body);
        sqlite3_bind_text(insert, 4, rest_of(item.json), -1, free);
        if (sqlite3_step(insert) != SQLITE_DONE) {
            bench_fail(program, sqlite3_errmsg(database));
        }
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
}

int main(int n_arguments, char **arguments) {
    const int optimizes = n_arguments == 4 && strcmp(arguments[1], "--optimize") == 0;
    if (n_arguments != 3 + optimizes) {
        bench_fail(program, "usage: bench/build_fts5 [--optimize] RECORDS.jsonl FOLDER");
    }
    const char *folder = arguments[2 + optimizes];
    records *source = records_open(program, arguments[1 + optimizes]);
    char path[4096];
    snprintf(path, sizeof path, "%s/records.db", folder);
    sqlite3 *database = NULL;
    if (mkdir(folder, 0777) != 0 || sqlite3_open(path, &database) != SQLITE_OK) {
        bench_fail(program, "cannot make the database");
    }
    run(database, prepare);
    insert_all(database, source);
    if (optimizes) {
        run(database, "INSERT INTO records(records) VALUES('optimize')");
    }
    run(database, "COMMIT");
    sqlite3_close(database);
    records_sync(source, folder);
    records_close(source, optimizes ? "fts5-optimize" : "fts5", folder);
    return 0;
}
