/* Plain Xapian, as its guide shows it, on the same records and queries as bench/quality_libsearch: title and body
 * through a TermGenerator with the English stemmer, the queries through a QueryParser with its default flags and
 * STEM_SOME, BM25 as it comes.  What else a user may choose is a setting: AND in the place of OR, spelling correction,
 * and a title that counts five times.
 *
 *   bench/quality_xapian RECORDS.jsonl ITEMS.tsv DATABASE RUNS
 *
 * makes DATABASE-1 and DATABASE-5, and in the directory RUNS a run for each setting: number of the query (its line,
 * from 1), rank, id.  The query is the last field of its line. */
#include <fstream>
#include <iostream>
#include <jansson.h>
#include <string>
#include <vector>
#include <xapian.h>

namespace {

constexpr unsigned n_hits = 10;

struct setting {
    const char *name;
    Xapian::termcount title_weight;
    Xapian::Query::op op;
    bool spelling;
};

/* The first is Xapian's default. */
constexpr setting settings[] = {
    {"xapian-or", 1, Xapian::Query::OP_OR, false},
    {"xapian-and", 1, Xapian::Query::OP_AND, false},
    {"xapian-and-spelling", 1, Xapian::Query::OP_AND, true},
    {"xapian-or-title5", 5, Xapian::Query::OP_OR, false},
    {"xapian-and-title5", 5, Xapian::Query::OP_AND, false},
    {"xapian-and-title5-spelling", 5, Xapian::Query::OP_AND, true},
};

std::string text_of(const json_t *record, const char *key) {
    const json_t *value = json_object_get(record, key);
    return json_is_string(value) ? std::string(json_string_value(value), json_string_length(value)) : std::string();
}

void add_record(Xapian::WritableDatabase &database, Xapian::TermGenerator &generator, const json_t *record,
                Xapian::termcount title_weight) {
    Xapian::Document document;
    document.set_data(text_of(record, "id"));
    generator.set_document(document);
    generator.index_text(text_of(record, "title"), title_weight);
    generator.increase_termpos();
    generator.index_text(text_of(record, "body"));
    database.add_document(document);
}

void build(const char *records, const std::string &path, Xapian::termcount title_weight) {
    Xapian::WritableDatabase database(path, Xapian::DB_CREATE_OR_OVERWRITE);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("english"));
    generator.set_database(database);
    generator.set_flags(Xapian::TermGenerator::FLAG_SPELLING);
    std::ifstream lines(records);
    std::string line;
    while (std::getline(lines, line)) {
        json_t *record = json_loads(line.c_str(), 0, nullptr);
        if (json_object_get(record, "id") != nullptr)
            add_record(database, generator, record, title_weight);
        json_decref(record);
    }
    database.commit();
}

/* The first hits of a query as typed; when there are none, as corrected. */
Xapian::MSet ask(Xapian::QueryParser &parser, Xapian::Enquire &enquire, const std::string &text, bool spelling) {
    const unsigned flags = Xapian::QueryParser::FLAG_DEFAULT;
    enquire.set_query(parser.parse_query(text, flags));
    const Xapian::MSet hits = enquire.get_mset(0, n_hits);
    if (!spelling || !hits.empty())
        return hits;
    parser.parse_query(text, flags | Xapian::QueryParser::FLAG_SPELLING_CORRECTION);
    enquire.set_query(parser.parse_query(parser.get_corrected_query_string(), flags));
    return enquire.get_mset(0, n_hits);
}

void run(const setting &chosen, const Xapian::Database &database, const std::vector<std::string> &queries,
         const std::string &path) {
    Xapian::QueryParser parser;
    parser.set_database(database);
    parser.set_stemmer(Xapian::Stem("english"));
    parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
    parser.set_default_op(chosen.op);
    Xapian::Enquire enquire(database);
    std::ofstream out(path);
    for (size_t i = 0; i < queries.size(); i++) {
        const Xapian::MSet hits = ask(parser, enquire, queries[i], chosen.spelling);
        for (Xapian::MSetIterator hit = hits.begin(); hit != hits.end(); ++hit)
            out << i + 1 << '\t' << hit.get_rank() + 1 << '\t' << hit.get_document().get_data() << '\n';
    }
}

std::vector<std::string> read_queries(const char *path) {
    std::vector<std::string> queries;
    std::ifstream lines(path);
    std::string line;
    while (std::getline(lines, line))
        queries.push_back(line.substr(line.rfind('\t') + 1));
    return queries;
}

} // namespace

int main(int n_arguments, char **arguments) {
    if (n_arguments != 5) {
        std::cerr << "usage: bench/quality_xapian RECORDS.jsonl ITEMS.tsv DATABASE RUNS\n";
        return 1;
    }
    try {
        const std::string base = arguments[3];
        const std::string runs = arguments[4];
        build(arguments[1], base + "-1", 1);
        build(arguments[1], base + "-5", 5);
        const std::vector<std::string> queries = read_queries(arguments[2]);
        for (const setting &chosen : settings) {
            const Xapian::Database database(base + "-" + std::to_string(chosen.title_weight));
            run(chosen, database, queries, runs + "/" + chosen.name + ".tsv");
        }
    } catch (const Xapian::Error &error) {
        std::cerr << "bench/quality_xapian: " << error.get_description() << '\n';
        return 1;
    }
    return 0;
}
