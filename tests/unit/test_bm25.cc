/* With one zone our BM25F is plain BM25: its scores must be those of Xapian::Enquire but for the weight of the word,
 * which the two derive by different formulas.  So the scores of one word are compared as ratios between documents. */
#include <libsearch.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <xapian.h>

namespace {

const char *const vocabulary[] = {"alpha", "beta", "gamma", "delta", "omega"};
constexpr unsigned n_words = sizeof vocabulary / sizeof *vocabulary;
constexpr unsigned n_documents = 120;

void require(search_status status, const search_error &error) {
    if (status != SEARCH_OK) {
        throw std::runtime_error(error.message);
    }
}

/* Documents of 1 to 60 words, the words of the vocabulary ever rarer. */
std::string document(unsigned number) {
    unsigned seed = number * 2654435761u + 7;
    std::string text;
    for (unsigned i = 0; i <= number % 60; i++) {
        seed = seed * 1103515245u + 12345u;
        const unsigned drawn = (seed >> 16) % 31;
        const unsigned word = drawn < 16 ? 0 : drawn < 24 ? 1 : drawn < 28 ? 2 : drawn < 30 ? 3 : 4;
        text += std::string(vocabulary[word]) + " ";
    }
    return text;
}

void build_ours(const std::string &directory) {
    search_error error;
    search_schema *schema = nullptr;
    require(search_schema_new("none", &schema, &error), error);
    const search_field field = {"body", SEARCH_FIELD_TEXT, SEARCH_ZONE_BODY, false};
    require(search_schema_add(schema, &field, &error), error);
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.schema = schema;
    search_writer *writer = nullptr;
    require(search_writer_open(directory.c_str(), &options, &writer, &error), error);
    for (unsigned i = 1; i <= n_documents; i++) {
        search_record *record = nullptr;
        require(search_record_new(&record, &error), error);
        require(search_record_add(record, "id", search_text_of(std::to_string(i).c_str()), &error), error);
        require(search_record_add(record, "body", search_text_of(document(i).c_str()), &error), error);
        require(search_writer_put(writer, record, &error), error);
        search_record_free(record);
    }
    require(search_writer_commit(writer, nullptr, &error), error);
    search_writer_free(writer);
    search_schema_free(schema);
}

Xapian::WritableDatabase build_theirs() {
    Xapian::WritableDatabase database(std::string(), Xapian::DB_BACKEND_INMEMORY);
    for (unsigned i = 1; i <= n_documents; i++) {
        Xapian::Document d;
        const std::string text = document(i);
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find(' ', at);
            d.add_term(text.substr(at, end - at));
            at = end + 1;
        }
        database.add_document(d);
    }
    return database;
}

std::map<std::string, double> our_scores(const search_index *index, const char *query) {
    search_error error;
    search_request request = SEARCH_REQUEST_INIT;
    request.query = search_text_of(query);
    request.limit = n_documents;
    request.n_snippets = 0;
    search_weights weights = SEARCH_WEIGHTS_INIT; /* stage 1 alone, of the body alone */
    weights.k1 = 1.2;
    weights.pair = weights.window = weights.title = 0;
    request.weights = &weights;
    search_results *results = nullptr;
    require(search_run(index, &request, &results, &error), error);
    std::map<std::string, double> scores;
    for (std::size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        scores[std::string(hit->id.bytes, hit->id.n_bytes)] = hit->score;
    }
    search_results_free(results);
    return scores;
}

std::map<std::string, double> their_scores(const Xapian::Database &database, const Xapian::Query &query) {
    Xapian::Enquire enquire(database);
    enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 0, 0.75, 0));
    enquire.set_query(query);
    std::map<std::string, double> scores;
    const Xapian::MSet hits = enquire.get_mset(0, n_documents);
    for (auto hit = hits.begin(); hit != hits.end(); ++hit) {
        scores[std::to_string(*hit)] = hit.get_weight();
    }
    return scores;
}

std::map<std::string, double> their_scores(const Xapian::Database &database, const char *word) {
    return their_scores(database, Xapian::Query(word));
}

/* What Xapian's weight of the word must be multiplied by to have our idf instead of Xapian's. */
double scale_of(const Xapian::Database &database, const char *word) {
    const double n = database.get_termfreq(word);
    const double odds = (n_documents - n + 0.5) / (n + 0.5);
    return std::log(1 + odds) / std::log(odds < 2 ? odds * 0.5 + 1 : odds);
}

std::map<std::string, double> their_sums(const Xapian::Database &database, const char *a, const char *b) {
    using Xapian::Query;
    return their_scores(database, Query(Query::OP_OR, Query(Query::OP_SCALE_WEIGHT, Query(a), scale_of(database, a)),
                                        Query(Query::OP_SCALE_WEIGHT, Query(b), scale_of(database, b))));
}

bool are_proportional(const std::map<std::string, double> &ours, const std::map<std::string, double> &theirs) {
    if (ours.size() != theirs.size() || ours.empty()) {
        return false;
    }
    const double factor = ours.begin()->second / theirs.at(ours.begin()->first);
    for (const auto &score : ours) {
        const auto other = theirs.find(score.first);
        if (other == theirs.end() || std::fabs(score.second / other->second / factor - 1) > 1e-9) {
            return false;
        }
    }
    return true;
}

int run(const std::string &directory) {
    build_ours(directory + "/index");
    const Xapian::Database database = build_theirs();
    search_error error;
    search_index *index = nullptr;
    require(search_index_open((directory + "/index").c_str(), &index, &error), error);
    int n_failed = 0;
    for (const char *word : vocabulary) {
        const bool ok = are_proportional(our_scores(index, word), their_scores(database, word));
        std::printf("%s - BM25 of \"%s\" is that of Xapian::Enquire\n", ok ? "ok" : "not ok", word);
        n_failed += ok ? 0 : 1;
    }
    for (unsigned a = 0; a < n_words; a++) {
        for (unsigned b = a + 1; b < n_words; b++) {
            const std::string query = std::string(vocabulary[a]) + " OR " + vocabulary[b];
            const bool ok =
                are_proportional(our_scores(index, query.c_str()), their_sums(database, vocabulary[a], vocabulary[b]));
            std::printf("%s - BM25 of \"%s\" is that of Xapian::Enquire\n", ok ? "ok" : "not ok", query.c_str());
            n_failed += ok ? 0 : 1;
        }
    }
    search_index_free(index);
    return n_failed;
}

} // namespace

int main() {
    char directory[] = "/tmp/libsearch-bm25-XXXXXX";
    if (mkdtemp(directory) == nullptr) {
        return 1;
    }
    int n_failed = 1;
    try {
        n_failed = run(directory);
    } catch (const std::exception &e) {
        std::printf("not ok - %s\n", e.what());
    } catch (const Xapian::Error &e) {
        std::printf("not ok - %s\n", e.get_msg().c_str());
    }
    const std::string remove = std::string("rm -rf '") + directory + "'";
    return std::system(remove.c_str()) == 0 && n_failed == 0 ? 0 : 1;
}
