/* Plain Xapian builds an index of the texts of records: a TermGenerator with the English stemmer, positions, the line
 * as the document's data.  Title and summary are indexed for themselves and with everything else, as libsearch does.
 *
 *   bench/build_xapian RECORDS.jsonl FOLDER
 *
 * FOLDER must not exist.  As fast as Xapian allows: nothing is synced until the end, when everything is.  The number of
 * documents between flushes is Xapian's own setting, the variable XAPIAN_FLUSH_THRESHOLD of the environment. */
#include "bench/records.h"
#include <iostream>
#include <string>
#include <xapian.h>

namespace {

const char program[] = "bench/build_xapian";

std::string string_of(const record_text &text) {
    return std::string(text.bytes, text.n_bytes);
}

void add_text(Xapian::TermGenerator &generator, const record_text &text, const char *prefix) {
    if (text.n_bytes == 0)
        return;
    const std::string whole = string_of(text);
    if (*prefix != '\0')
        generator.index_text(whole, 1, prefix);
    generator.increase_termpos();
    generator.index_text(whole);
    generator.increase_termpos();
}

void build(records *source, const char *folder) {
    Xapian::WritableDatabase database(folder, Xapian::DB_CREATE | Xapian::DB_NO_SYNC);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("english"));
    record item;
    while (records_next(source, &item) != 0) {
        Xapian::Document document;
        document.set_data(string_of(item.line));
        generator.set_document(document);
        generator.set_termpos(0);
        add_text(generator, item.title, "S");
        add_text(generator, item.summary, "XTsummary:");
        add_text(generator, item.body, "");
        database.add_document(document);
    }
    database.commit();
    database.close();
}

} // namespace

int main(int n_arguments, char **arguments) {
    if (n_arguments != 3)
        bench_fail(program, "usage: bench/build_xapian RECORDS.jsonl FOLDER");
    records *source = records_open(program, arguments[1]);
    try {
        build(source, arguments[2]);
    } catch (const Xapian::Error &error) {
        bench_fail(program, error.get_description().c_str());
    }
    records_sync(source, arguments[2]);
    records_close(source, "xapian", arguments[2]);
    return 0;
}
