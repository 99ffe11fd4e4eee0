/* What libxapian makes of tables that it did not write: the terms and length of each document, and then the same random
 * changes as to a database of its own. */
extern "C" {
#include "libsearch/glass/glass.h"
}

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>
#include <xapian.h>

namespace {

constexpr unsigned n_documents = 400;
constexpr unsigned n_words = 300;

search_error error;

void require(search_status status) {
    if (status != SEARCH_OK) {
        throw std::runtime_error(error.message);
    }
}

void require(bool is_so, const char *what) {
    if (!is_so) {
        throw std::runtime_error(what);
    }
}

search_text text_of(const std::string &s) {
    return {s.data(), s.size()};
}

unsigned below(unsigned n, std::mt19937 &random) {
    return static_cast<unsigned>(random() % n);
}

std::string word(std::mt19937 &random) {
    const unsigned n = below(n_words, random);
    std::string out = "w" + std::to_string(n * n);
    if (n % 7 == 0) {
        out.insert(0, 1, '\0');
    }
    if (n % 11 == 0) {
        out += std::string(230, 'x');
    }
    return out;
}

/* Data is of under 8,192 bytes: longer data of libxapian's own it could not always read. */
Xapian::Document document(std::mt19937 &random) {
    Xapian::Document d;
    const unsigned n = below(120, random);
    for (unsigned i = 1; i <= n; i++) {
        const std::string w = word(random);
        d.add_posting(w, i * i, 1 + static_cast<unsigned>(w.size() % 3));
    }
    if (n > 0) {
        d.add_boolean_term("Q" + std::to_string(random()));
    }
    d.set_data(std::string(below(8000, random), static_cast<char>('a' + n % 26)));
    return d;
}

struct posting {
    uint32_t wdf;
    std::vector<uint32_t> positions;
};
using inversion = std::map<std::string, std::map<uint32_t, posting>>;

void write_lists(const inversion &terms, const std::vector<uint32_t> &lengths, const std::string &path,
                 glass_roots &roots) {
    glass_postlist *p = nullptr;
    glass_positions *q = nullptr;
    require(glass_postlist_open((path + "/postlist.glass").c_str(), &p, &error));
    require(glass_positions_open((path + "/position.glass").c_str(), false, &q, &error));
    for (uint32_t docid = 1; docid < lengths.size(); docid++) {
        require(glass_postlist_length(p, docid, lengths[docid], &error));
    }
    for (const auto &[term, postings] : terms) {
        uint64_t frequency = 0;
        for (const auto &[docid, entry] : postings) {
            frequency += entry.wdf;
        }
        require(glass_postlist_term(p, text_of(term), static_cast<uint32_t>(postings.size()), frequency, &error));
        require(glass_positions_term(q, text_of(term), &error));
        for (const auto &[docid, entry] : postings) {
            require(glass_postlist_posting(p, docid, entry.wdf, &error));
            if (!entry.positions.empty()) {
                const size_t n = entry.positions.size();
                std::vector<unsigned char> tag(glass_positions_max_n_bytes(n));
                const unsigned char *end = glass_positions_encode(tag.data(), entry.positions.data(), n);
                const char *bytes = reinterpret_cast<const char *>(tag.data());
                require(glass_positions_add(q, docid, {bytes, static_cast<size_t>(end - tag.data())}, &error));
            }
        }
    }
    require(glass_postlist_finish(p, &roots.postlist, &error));
    require(glass_positions_finish(q, &roots.position, &error));
    glass_postlist_free(p);
    glass_positions_free(q);
}

void add(glass_table *t, glass_deflater *d, uint32_t docid, search_text tag) {
    buffer packed = {};
    bool is_compressed = false;
    char key[5];
    const size_t n_key = glass_docid_key(docid, key);
    require(glass_deflate(d, tag, &packed, &is_compressed, &error));
    require(glass_table_add(t, {key, n_key}, is_compressed ? search_text{packed.bytes, packed.n_bytes} : tag,
                            is_compressed, &error));
    buffer_free(&packed);
}

void write_documents(const std::vector<Xapian::Document> &documents, const std::vector<uint32_t> &lengths,
                     const std::string &path, glass_roots &roots) {
    glass_table *terms = nullptr;
    glass_table *data = nullptr;
    glass_deflater *d = nullptr;
    buffer tag = {};
    require(glass_deflater_new(&d, &error));
    require(glass_table_open((path + "/termlist.glass").c_str(), &terms, &error));
    require(glass_table_open_optional((path + "/docdata.glass").c_str(), false, &data, &error));
    for (uint32_t docid = 1; docid < lengths.size(); docid++) {
        const Xapian::Document &document = documents[docid - 1];
        glass_termlist list;
        glass_termlist_start(&list, &tag, lengths[docid], document.termlist_count());
        for (auto t = document.termlist_begin(); t != document.termlist_end(); ++t) {
            const std::string term = *t;
            const std::string padded = term + std::string(GLASS_TERM_PADDING, 'x');
            glass_termlist_add(&list, {padded.data(), term.size()}, t.get_wdf());
        }
        add(terms, d, docid, {tag.bytes, tag.n_bytes});
        const std::string bytes = document.get_data();
        if (!bytes.empty()) {
            add(data, d, docid, text_of(bytes));
        }
    }
    require(glass_table_finish(terms, &roots.termlist, &error));
    require(glass_table_finish(data, &roots.docdata, &error));
    glass_table_free(terms);
    glass_table_free(data);
    glass_deflater_free(d);
    buffer_free(&tag);
}

void write_ours(const std::vector<Xapian::Document> &documents, const std::string &path) {
    inversion terms;
    std::vector<uint32_t> lengths(documents.size() + 1);
    glass_statistics s = {};
    s.n_documents = s.last_docid = static_cast<uint32_t>(documents.size());
    for (uint32_t docid = 1; docid < lengths.size(); docid++) {
        const Xapian::Document &d = documents[docid - 1];
        for (auto t = d.termlist_begin(); t != d.termlist_end(); ++t) {
            posting &p = terms[*t][docid];
            p.wdf = t.get_wdf();
            p.positions.assign(t.positionlist_begin(), t.positionlist_end());
            lengths[docid] += p.wdf;
            s.max_wdf = std::max(s.max_wdf, p.wdf);
        }
        const uint32_t length = lengths[docid];
        s.total_length += length;
        s.max_length = std::max(s.max_length, length);
        if (length > 0 && (s.min_length == 0 || length < s.min_length)) {
            s.min_length = length;
        }
    }
    require(mkdir(path.c_str(), 0777) == 0, "mkdir");
    glass_roots roots = {};
    write_lists(terms, lengths, path, roots);
    write_documents(documents, lengths, path, roots);
    const unsigned char uuid[16] = {1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16};
    require(glass_write_version((path + "/iamglass").c_str(), uuid, &roots, &s, &error));
}

/* All that can be read of a database, as text. */
std::string content(const std::string &path) {
    const Xapian::Database db(path);
    std::string out = std::to_string(db.get_doccount()) + " " + std::to_string(db.get_lastdocid()) + " " +
                      std::to_string(db.get_total_length()) + "\n";
    for (auto d = db.postlist_begin(""); d != db.postlist_end(""); ++d) {
        out += std::to_string(*d) + " " + std::to_string(db.get_doclength(*d)) + " " + db.get_document(*d).get_data() +
               "\n";
        for (auto t = db.termlist_begin(*d); t != db.termlist_end(*d); ++t) {
            out += " " + *t + " " + std::to_string(t.get_wdf());
            for (auto p = t.positionlist_begin(); p != t.positionlist_end(); ++p) {
                out += "," + std::to_string(*p);
            }
        }
    }
    for (auto t = db.allterms_begin(); t != db.allterms_end(); ++t) {
        out += "\n" + *t + " " + std::to_string(t.get_termfreq()) + " " + std::to_string(db.get_collection_freq(*t));
        for (auto d = db.postlist_begin(*t); d != db.postlist_end(*t); ++d) {
            out += " " + std::to_string(*d) + ":" + std::to_string(d.get_wdf());
        }
    }
    return out;
}

void change(const std::string &path, unsigned seed) {
    std::mt19937 random(seed);
    Xapian::WritableDatabase db(path, Xapian::DB_OPEN);
    for (unsigned i = 0; i < 150; i++) {
        const Xapian::docid docid = 1 + below(n_documents, random);
        const unsigned kind = below(4, random);
        if (kind == 0) {
            db.add_document(document(random));
        } else if (kind == 1) {
            db.replace_document(docid, document(random));
        } else if (kind == 2) {
            db.delete_document("w" + std::to_string(below(20, random)));
        } else {
            db.replace_document("w" + std::to_string(below(400, random)), document(random));
        }
        if (i % 50 == 49) {
            db.commit();
        }
    }
    db.commit();
}

void delete_all(const std::string &path) {
    Xapian::WritableDatabase db(path, Xapian::DB_OPEN);
    std::vector<Xapian::docid> all(db.postlist_begin(""), db.postlist_end(""));
    for (const Xapian::docid docid : all) {
        db.delete_document(docid);
    }
    db.commit();
}

void compare(const std::string &ours, const std::string &theirs, const char *when) {
    require(Xapian::Database::check(ours) == 0, when);
    require(content(ours) == content(theirs), when);
}

void run(const std::string &directory) {
    const std::string ours = directory + "/ours";
    const std::string theirs = directory + "/theirs";
    std::mt19937 random(1);
    std::vector<Xapian::Document> documents;
    {
        Xapian::WritableDatabase db(theirs, Xapian::DB_CREATE);
        for (unsigned i = 0; i < n_documents; i++) {
            documents.push_back(document(random));
            db.add_document(documents.back());
        }
        db.commit();
    }
    write_ours(documents, ours);
    compare(ours, theirs, "as built");
    for (unsigned seed = 1; seed <= 3; seed++) {
        change(ours, seed);
        change(theirs, seed);
        compare(ours, theirs, "after changes");
    }
    delete_all(ours);
    delete_all(theirs);
    compare(ours, theirs, "after all was deleted");
}

} // namespace

/* Faults of Xapian 1.4.22 itself: check() deletes a table as another type. */
extern "C" const char *__asan_default_options(void);
extern "C" const char *__asan_default_options(void) {
    return "new_delete_type_mismatch=0";
}

int main() {
    char directory[] = "/tmp/test_glass_update.XXXXXX";
    int status = 1;
    if (mkdtemp(directory) == nullptr) {
        return status;
    }
    try {
        run(directory);
        status = 0;
    } catch (const Xapian::Error &e) {
        std::fprintf(stderr, "%s\n", e.get_description().c_str());
    } catch (const std::exception &e) {
        std::fprintf(stderr, "%s\n", e.what());
    }
    const std::string command = "rm -rf '" + std::string(directory) + "'";
    return std::system(command.c_str()) == 0 ? status : 1;
}
