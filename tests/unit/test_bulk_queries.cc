/* The sample corpus, indexed by the bulk builder and by libxapian: the same queries, drawn at random but the same in
 * every run, give the same records and scores, through our matcher and through Xapian::Enquire; and so do copies that
 * libxapian has changed. */
#include <libsearch.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>
#include <xapian.h>

namespace {

constexpr unsigned n_queries = 500; /* of each kind */
constexpr unsigned n_hits = 100;    /* all that there are */

search_error error;
std::mt19937 generator(6);

void require(search_status status) {
    if (status != SEARCH_OK) {
        throw std::runtime_error(error.message);
    }
}

void require(bool is_so, const std::string &what) {
    if (!is_so) {
        throw std::runtime_error(what);
    }
}

std::size_t below(std::size_t n) {
    return generator() % n;
}

search_text text_of(const std::string &s) {
    return {s.data(), s.size()};
}

std::string string_of(search_text text) {
    return text.bytes == nullptr ? std::string() : std::string(text.bytes, text.n_bytes);
}

/* ---- What both indexes are made of ------------------------------------------------------------------------------- */

void build(const std::string &directory, bool via_xapian) {
    const char *top = std::getenv("top_srcdir");
    const std::string corpus = std::string(top == nullptr ? "." : top) + "/corpus";
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    options.via_xapian = via_xapian;
    search_writer *writer = nullptr;
    require(search_writer_open(directory.c_str(), &options, &writer, &error));
    require(search_writer_read(writer, (corpus + "/pages").c_str(), &error));
    require(search_writer_read(writer, (corpus + "/cables.jsonl").c_str(), &error));
    require(search_writer_commit(writer, nullptr, &error));
    search_writer_free(writer);
}

struct built {
    explicit built(const std::string &directory) : store(directory + "/CURRENT/segment-0/xapian") {
        require(search_index_open(directory.c_str(), &index, &error));
    }
    ~built() {
        search_index_free(index);
    }
    built(const built &) = delete;
    built &operator=(const built &) = delete;

    search_index *index = nullptr;
    Xapian::Database store;
};

/* The words of the corpus, and each record's in their order. */
struct words {
    std::vector<std::string> all;
    std::vector<std::vector<std::string>> texts;
    std::vector<std::pair<std::string, std::string>> values; /* of facets */
};

/* No capital, which begins a prefix, and nothing that a query would read as more than a word. */
bool is_word(const std::string &term) {
    for (const char c : term) {
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            return false;
        }
    }
    return true;
}

void take_values(const search_index *index, words &out) {
    for (std::size_t i = 0; search_index_facet(index, i) != nullptr; i++) {
        const std::string name = search_index_facet(index, i);
        search_facet_request facet = {};
        facet.name = text_of(name);
        facet.limit = 20;
        search_request request = SEARCH_REQUEST_INIT;
        request.limit = 0;
        request.facets = &facet;
        request.n_facets = 1;
        search_results *results = nullptr;
        require(search_run(index, &request, &results, &error));
        const search_facet_counts *counts = search_results_facet(results, 0);
        for (std::size_t k = 0; k < counts->n_values; k++) {
            if (counts->values[k].value.bytes != nullptr) {
                out.values.emplace_back(name, string_of(counts->values[k].value));
            }
        }
        search_results_free(results);
    }
}

words read_words(const built &from) {
    words out;
    for (auto term = from.store.allterms_begin(); term != from.store.allterms_end(); ++term) {
        if (is_word(*term)) {
            out.all.push_back(*term);
        }
    }
    for (Xapian::docid id = 1; id <= from.store.get_lastdocid(); id++) {
        std::map<Xapian::termpos, std::string> at;
        for (auto term = from.store.termlist_begin(id); term != from.store.termlist_end(id); ++term) {
            for (auto p = term.positionlist_begin(); is_word(*term) && p != term.positionlist_end(); ++p) {
                at[*p] = *term;
            }
        }
        out.texts.emplace_back();
        for (const auto &[position, word] : at) {
            out.texts.back().push_back(word);
        }
    }
    take_values(from.index, out);
    require(out.all.size() > 1000 && out.values.size() > 20, "the corpus has too few words or values");
    return out;
}

/* A word that is rare as often as not, or stands in a text: those are common. */
std::string draw_word(const words &w) {
    const std::vector<std::string> &text = w.texts[below(w.texts.size())];
    return below(2) == 0 || text.empty() ? w.all[below(w.all.size())] : text[below(text.size())];
}

/* n words that stand about each other in some text, or now and then do not. */
std::vector<std::string> draw_neighbours(const words &w, std::size_t n) {
    for (;;) {
        const std::vector<std::string> &text = w.texts[below(w.texts.size())];
        if (text.size() > n) {
            const auto first = text.begin() + static_cast<std::ptrdiff_t>(below(text.size() - n));
            std::vector<std::string> out(first, first + static_cast<std::ptrdiff_t>(n));
            if (below(8) == 0) {
                out[below(n)] = draw_word(w);
            }
            return out;
        }
    }
}

std::vector<std::string> draw_words(const words &w) {
    std::vector<std::string> out(2 + below(3));
    for (std::string &word : out) {
        word = draw_word(w);
    }
    return out;
}

/* ---- Our matcher ------------------------------------------------------------------------------------------------- */

/* A query, and what else a request asks. */
struct question {
    std::string query;
    std::vector<std::pair<std::string, std::string>> wheres;
    std::vector<search_sort> sorts;
};

struct answer {
    uint64_t total = 0;
    std::vector<std::pair<std::string, double>> hits; /* id and score */
    bool operator==(const answer &other) const {
        return total == other.total && hits == other.hits;
    }
};

answer ask(const search_index *index, const question &q) {
    std::vector<search_where> wheres;
    for (const auto &[facet, value] : q.wheres) {
        wheres.push_back({text_of(facet), text_of(value)});
    }
    search_request request = SEARCH_REQUEST_INIT;
    request.query = text_of(q.query);
    request.limit = n_hits;
    request.n_snippets = 0;
    request.wheres = wheres.data();
    request.n_wheres = wheres.size();
    request.sorts = q.sorts.data();
    request.n_sorts = q.sorts.size();
    search_results *results = nullptr;
    if (search_run(index, &request, &results, &error) != SEARCH_OK) {
        throw std::runtime_error(q.query + ": " + error.message);
    }
    answer out;
    out.total = search_results_total(results);
    for (std::size_t i = 0; i < search_results_n_hits(results); i++) {
        const search_hit *hit = search_results_hit(results, i);
        out.hits.emplace_back(string_of(hit->id), hit->score);
    }
    search_results_free(results);
    return out;
}

std::string join(const std::vector<std::string> &list, const std::string &between) {
    std::string out;
    for (const std::string &word : list) {
        out += (out.empty() ? "" : between) + word;
    }
    return out;
}

/* Lower case: no word is taken for an operator. */
question draw_question(const std::string &kind, const words &w) {
    question q;
    if (kind == "term") {
        q.query = draw_word(w);
    } else if (kind == "AND") {
        q.query = join(below(2) == 0 ? draw_words(w) : draw_neighbours(w, 3), " ");
    } else if (kind == "OR") {
        q.query = join(draw_words(w), " OR ");
    } else if (kind == "NOT") {
        q.query = draw_word(w) + " NOT " + draw_word(w);
    } else if (kind == "phrase") {
        q.query = '"' + join(draw_neighbours(w, 2 + below(3)), " ") + '"';
    } else if (kind == "NEAR") {
        const std::vector<std::string> near = draw_neighbours(w, 5);
        q.query = near[below(2)] + " NEAR/" + std::to_string(below(6)) + " " + near[2 + below(3)];
    } else {
        q.query = below(4) == 0 ? "" : draw_word(w);
    }
    if (kind == "facet") {
        for (std::size_t n = 1 + below(2); n > 0; n--) {
            q.wheres.push_back(w.values[below(w.values.size())]);
        }
    } else if (kind == "sorting") {
        static const search_sort_key keys[] = {SEARCH_SORT_SCORE, SEARCH_SORT_DATE, SEARCH_SORT_TITLE,
                                               SEARCH_SORT_NUMBER};
        for (std::size_t n = 1 + below(2); n > 0; n--) {
            q.sorts.push_back({keys[below(4)], below(2) == 0});
        }
    }
    return q;
}

/* Whether all questions of a kind are answered alike; enough of them must find something to tell anything. */
bool is_same_through_us(const std::string &kind, const built &bulk, const built &reference, const words &w) {
    unsigned n_found = 0;
    for (unsigned i = 0; i < n_queries; i++) {
        const question q = draw_question(kind, w);
        const answer here = ask(bulk.index, q);
        if (!(here == ask(reference.index, q))) {
            std::printf("# %s: the answers are not the same\n", q.query.c_str());
            return false;
        }
        n_found += here.total > 0 ? 1 : 0;
    }
    std::printf("# %u of %u found something\n", n_found, n_queries);
    return n_found > n_queries / 10;
}

/* ---- Xapian::Enquire --------------------------------------------------------------------------------------------- */

Xapian::Query draw_query(const std::string &kind, const words &w) {
    if (kind == "term") {
        return Xapian::Query(draw_word(w));
    }
    if (kind == "PHRASE" || kind == "NEAR") {
        const std::vector<std::string> near = draw_neighbours(w, 2 + below(3));
        const auto window = static_cast<Xapian::termcount>(near.size() + below(4));
        return Xapian::Query(kind == "NEAR" ? Xapian::Query::OP_NEAR : Xapian::Query::OP_PHRASE, near.begin(),
                             near.end(), window);
    }
    if (kind == "AND_NOT") {
        return Xapian::Query(Xapian::Query::OP_AND_NOT, Xapian::Query(draw_word(w)), Xapian::Query(draw_word(w)));
    }
    const std::vector<std::string> list = kind == "AND" && below(2) == 0 ? draw_neighbours(w, 3) : draw_words(w);
    return Xapian::Query(kind == "OR" ? Xapian::Query::OP_OR : Xapian::Query::OP_AND, list.begin(), list.end());
}

std::vector<std::pair<Xapian::docid, double>> enquire(const Xapian::Database &store, const Xapian::Query &query) {
    Xapian::Enquire enquire(store);
    enquire.set_weighting_scheme(Xapian::BM25Weight());
    enquire.set_query(query);
    std::vector<std::pair<Xapian::docid, double>> out;
    const Xapian::MSet hits = enquire.get_mset(0, n_hits);
    for (auto hit = hits.begin(); hit != hits.end(); ++hit) {
        out.emplace_back(*hit, hit.get_weight());
    }
    return out;
}

bool is_same_through_xapian(const std::string &kind, const built &bulk, const built &reference, const words &w) {
    unsigned n_found = 0;
    for (unsigned i = 0; i < n_queries; i++) {
        const Xapian::Query query = draw_query(kind, w);
        const auto here = enquire(bulk.store, query);
        if (here != enquire(reference.store, query)) {
            std::printf("# %s: the hits are not the same\n", query.get_description().c_str());
            return false;
        }
        n_found += here.empty() ? 0 : 1;
    }
    std::printf("# %u of %u found something\n", n_found, n_queries);
    return n_found > n_queries / 10;
}

/* ---- Changes by other programs ------------------------------------------------------------------------------------
 */

void change(const std::string &path, const words &w) {
    Xapian::WritableDatabase store(path, Xapian::DB_OPEN);
    for (unsigned i = 0; i < 200; i++) {
        Xapian::Document d;
        for (std::size_t n = below(40); n > 0; n--) {
            d.add_posting(draw_word(w), static_cast<Xapian::termpos>(1 + below(50)));
        }
        const auto id = static_cast<Xapian::docid>(1 + below(store.get_lastdocid()));
        switch (below(3)) {
        case 0:
            store.add_document(d);
            break;
        case 1:
            store.replace_document(id, d);
            break;
        default:
            d.add_boolean_term("Kchanged");
            store.replace_document("Kchanged", d);
            break;
        }
        if (below(50) == 0) {
            store.commit();
        }
    }
    for (unsigned i = 0; i < 20; i++) {
        auto document = store.postlist_begin("");
        document.skip_to(static_cast<Xapian::docid>(1 + below(store.get_lastdocid())));
        if (document != store.postlist_end("")) {
            store.delete_document(*document);
        }
    }
    store.commit();
}

/* The same random changes to a copy of each: both stay sound, and alike. */
bool is_same_when_changed(const std::string &directory, const words &w) {
    const std::mt19937 before = generator;
    std::vector<Xapian::Database> stores;
    for (const char *which : {"bulk", "reference"}) {
        const std::string copy = directory + "/changed-" + which;
        const std::string command = "cp -R '" + directory + "/" + which + "/CURRENT/segment-0/xapian' '" + copy + "'";
        require(std::system(command.c_str()) == 0, "cannot copy the database");
        generator = before;
        change(copy, w);
        if (Xapian::Database::check(copy) != 0) {
            std::printf("# xapian-check complains of the changed %s\n", which);
            return false;
        }
        stores.emplace_back(copy);
    }
    for (unsigned i = 0; i < n_queries; i++) {
        const Xapian::Query query = draw_query(i % 2 == 0 ? "OR" : "PHRASE", w);
        if (enquire(stores[0], query) != enquire(stores[1], query)) {
            std::printf("# %s: the hits are not the same\n", query.get_description().c_str());
            return false;
        }
    }
    return stores[0].get_doccount() > 100 && stores[0].get_doccount() == stores[1].get_doccount();
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

using comparison = std::function<bool(const std::string &, const built &, const built &, const words &)>;

int compare(const std::vector<std::string> &kinds, const char *through, const comparison &is_same, const built &bulk,
            const built &reference, const words &w) {
    int n_failed = 0;
    for (const std::string &kind : kinds) {
        const bool ok = is_same(kind, bulk, reference, w);
        std::printf("%s - %s: %s\n", ok ? "ok" : "not ok", through, kind.c_str());
        n_failed += ok ? 0 : 1;
    }
    return n_failed;
}

int run(const std::string &directory) {
    build(directory + "/bulk", false);
    build(directory + "/reference", true);
    const built bulk(directory + "/bulk");
    const built reference(directory + "/reference");
    const words w = read_words(reference);
    const bool ok = is_same_when_changed(directory, w);
    std::printf("%s - copies that libxapian changes stay sound and alike\n", ok ? "ok" : "not ok");
    return (ok ? 0 : 1) +
           compare({"term", "AND", "OR", "NOT", "phrase", "NEAR", "facet", "sorting"}, "search_run", is_same_through_us,
                   bulk, reference, w) +
           compare({"term", "AND", "OR", "AND_NOT", "PHRASE", "NEAR"}, "Xapian::Enquire", is_same_through_xapian, bulk,
                   reference, w);
}

} // namespace

int main() {
    char directory[] = "/tmp/libsearch-queries-XXXXXX";
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
