/* The C bindings over libxapian.  Rules of this file:
 *   - every function that C can call is noexcept and its whole body runs inside guard(), the only door for exceptions;
 *   - report(), which runs while an exception is in flight, neither throws nor allocates: it formats into the caller's
 *     search_error and calls no method of an exception that could build a string;
 *   - handles are made by new here and deleted here; C sees them as incomplete types;
 *   - a path is opened only after require_database() saw a glass directory there, since Xapian would otherwise also
 * follow stub files, which can name remote servers and commands to run. */
#include "libsearch/xapian/xapian_c.h"

#include <cstdarg>
extern "C" {
#include "libsearch/support/error.h"
}

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <xapian.h>

struct xapian_writer {
    Xapian::WritableDatabase database;
    bool has_failed; /* half a change may be in its buffers: nothing more is written */
};

struct xapian_database {
    Xapian::Database database;
};

struct xapian_document {
    Xapian::Document document;
};

struct xapian_postings {
    Xapian::Database database; /* keeps the files open for as long as the cursor lives */
    Xapian::PostingIterator at;
    bool is_started;
    bool is_all; /* all documents: no positions */
};

struct xapian_terms {
    Xapian::Database database;
    Xapian::TermIterator at;
    bool is_started;
    std::string term; /* what the caller borrows */
    bool is_of_document;
};

struct xapian_values {
    Xapian::Document document;
    Xapian::ValueIterator at;
    bool is_started;
    std::string value; /* what the caller borrows */
};

namespace {

constexpr std::size_t max_n_term_bytes = 245; /* of glass: a key is at most 255 bytes and holds a document number too */

/* ---- The guard ------------------------------------------------------------------------------------------------ */

/* As error_clear, without writing a kilobyte for each step of a cursor. */
void clear(search_error *error) noexcept {
    if (error == nullptr)
        return;
    error->status = SEARCH_OK;
    error->system_errno = 0;
    error->offset = SEARCH_NO_OFFSET;
    error->id[0] = error->message[0] = error->hint[0] = '\0';
}

/* Whether an errno speaks of the system and not of the files of an index.  ENOENT is absent: Xapian looks for tables
 * that need not exist. */
bool is_system(int system_errno) noexcept {
    switch (system_errno) {
    case EACCES:
    case EDQUOT:
    case EFBIG:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENODEV:
    case ENOLCK:
    case ENOSPC:
    case ENXIO:
    case EPERM:
    case EROFS:
        return true;
    default:
        return false;
    }
}

search_status fail(search_error *error, search_status status, const char *id, const char *what,
                   const Xapian::Error &e) noexcept {
    const std::string &context = e.get_context();
    return context.empty() ? error_set(error, status, id, "%s: %s: %s", what, e.get_type(), e.get_msg().c_str())
                           : error_set(error, status, id, "%s: %s: %s (%s)", what, e.get_type(), e.get_msg().c_str(),
                                       context.c_str());
}

/* For errors that a failed system call may lie behind: that, or else what the caller says. */
search_status fail_or_system(search_error *error, int system_errno, search_status status, const char *id,
                             const char *what, const Xapian::Error &e) noexcept {
    if (system_errno == ENOMEM)
        return error_memory(error);
    if (is_system(system_errno))
        return error_system(error, system_errno, "xapian.system", "Xapian failed: %s", e.get_msg().c_str());
    return fail(error, status, id, what, e);
}

/* Turns the exception in flight into a status.  `system_errno` is errno as the exception left it, or 0. */
search_status report(search_error *error, int system_errno) noexcept {
    try {
        throw;
    } catch (const Xapian::DatabaseNotFoundError &e) {
        return fail_or_system(error, system_errno, SEARCH_E_NO_INDEX, "xapian.no_database", "there is no database", e);
    } catch (const Xapian::DatabaseVersionError &e) {
        return fail(error, SEARCH_E_FORMAT, "xapian.version", "the database has another format", e);
    } catch (const Xapian::DatabaseOpeningError &e) {
        /* the directory was seen to hold a database, so what cannot be opened is damaged or out of reach */
        return fail_or_system(error, system_errno, SEARCH_E_CORRUPT, "xapian.opening", "the database cannot be opened",
                              e);
    } catch (const Xapian::DatabaseCorruptError &e) {
        return fail_or_system(error, system_errno, SEARCH_E_CORRUPT, "xapian.corrupt", "the database is damaged", e);
    } catch (const Xapian::DatabaseModifiedError &e) {
        /* generations never change: a block of another revision is a damaged block */
        return fail(error, SEARCH_E_CORRUPT, "xapian.modified", "the database changed or is damaged", e);
    } catch (const Xapian::DatabaseLockError &e) {
        /* EACCES is one of fcntl's two ways to say that another holds the lock */
        return fail_or_system(error, system_errno == EACCES ? 0 : system_errno, SEARCH_E_LOCKED, "xapian.locked",
                              "the database is locked", e);
    } catch (const Xapian::DatabaseClosedError &e) {
        return fail(error, SEARCH_E_INTERNAL, "xapian.closed", "the database was closed", e);
    } catch (const Xapian::DatabaseCreateError &e) {
        return fail_or_system(error, system_errno, SEARCH_E_SYSTEM, "xapian.create", "the database cannot be made", e);
    } catch (const Xapian::DatabaseError &e) {
        return fail_or_system(error, system_errno, SEARCH_E_CORRUPT, "xapian.database",
                              "the database cannot be read or written", e);
    } catch (const Xapian::DocNotFoundError &e) {
        return fail(error, SEARCH_E_NOT_FOUND, "xapian.no_document", "there is no such document", e);
    } catch (const Xapian::RangeError &e) {
        return fail(error, SEARCH_E_CORRUPT, "xapian.range", "the database is damaged", e);
    } catch (const Xapian::SerialisationError &e) {
        return fail(error, SEARCH_E_CORRUPT, "xapian.serialisation", "the database is damaged", e);
    } catch (const Xapian::InvalidArgumentError &e) {
        return fail(error, SEARCH_E_ARGUMENT, "xapian.argument", "Xapian refuses an argument", e);
    } catch (const Xapian::FeatureUnavailableError &e) {
        return fail(error, SEARCH_E_INTERNAL, "xapian.unavailable", "this Xapian was built without a feature", e);
    } catch (const Xapian::Error &e) {
        /* after a failed write in place Xapian only says that it cannot undo it: errno knows more */
        return fail_or_system(error, system_errno, SEARCH_E_INTERNAL, "xapian.error", "unexpected error of Xapian", e);
    } catch (const std::bad_alloc &) {
        return error_memory(error);
    } catch (const std::length_error &e) {
        /* Xapian took a damaged number for a length */
        return error_set(error, SEARCH_E_CORRUPT, "xapian.length", "the database is damaged: %s", e.what());
    } catch (const std::exception &e) {
        return error_set(error, SEARCH_E_INTERNAL, "xapian.exception", "unexpected C++ exception: %s", e.what());
    } catch (...) {
        return error_set(error, SEARCH_E_INTERNAL, "xapian.unknown", "unexpected C++ exception of an unknown type");
    }
}

/* Runs `body`, which returns a search_status; whatever it throws becomes one.  errno is as it was afterwards. */
template <typename Body> search_status guard(search_error *error, Body &&body) noexcept {
    int &current = errno;
    const int before = current;
    search_status status;
    clear(error);
    current = 0;
    try {
        status = body();
    } catch (...) {
        status = report(error, current);
    }
    current = before;
    return status;
}

/* ---- Helpers -------------------------------------------------------------------------------------------------- */

std::string string_of(search_text text) {
    return text.n_bytes == 0 ? std::string() : std::string(text.bytes, text.n_bytes);
}

/* A Xapian built for 64-bit document numbers is read as long as none is in use. */
template <typename Number> std::uint32_t narrow(Number number) {
    const std::uint64_t wide = number;
    if (wide > UINT32_MAX)
        throw std::range_error("a number is above 32 bits");
    return static_cast<std::uint32_t>(wide);
}

/* Whether glass can hold a term or metadata key.  NUL takes two bytes of a key. */
bool is_storable(search_text key) {
    if (key.n_bytes == 0 || key.n_bytes > max_n_term_bytes)
        return false;
    const auto n_nul = std::count(key.bytes, key.bytes + key.n_bytes, '\0');
    return key.n_bytes + static_cast<std::size_t>(n_nul) <= max_n_term_bytes;
}

search_status refuse_key(search_error *error, const char *kind, search_text key) {
    if (key.n_bytes == 0)
        return error_set(error, SEARCH_E_ARGUMENT, "xapian.key_empty", "a %s is empty", kind);
    return error_set(error, SEARCH_E_ARGUMENT, "xapian.key_too_long",
                     "a %s of %zu bytes is over the limit of %zu (NUL counts as two)", kind, key.n_bytes,
                     max_n_term_bytes);
}

void copy_out(const std::string &from, char **out, std::size_t *n_out) {
    char *bytes = static_cast<char *>(std::malloc(from.size() + 1));
    if (bytes == nullptr)
        throw std::bad_alloc();
    std::memcpy(bytes, from.c_str(), from.size() + 1);
    *out = bytes;
    *n_out = from.size();
}

/* Reads a number of glass: seven bits a byte, the lowest first, the high bit set on all but the last.  False at the
 * end. */
bool read_number(const unsigned char **at, const unsigned char *end, std::uint64_t *out) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        const unsigned char byte = *(*at)++;
        number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = number;
            return true;
        }
    }
    return false;
}

/* Whether the version file's account of the six tables is within what Xapian's readers have room for.  Those
 * before 1.4.25 do not look, and a damaged byte there made them write past an array. */
bool is_sane_version_file(const unsigned char *at, std::size_t n_bytes) {
    static const unsigned char start[] = {
        0x0F, 0x0D, 'X', 'a', 'p', 'i', 'a',  'n',
        ' ',  'G',  'l', 'a', 's', 's', 0x04, 0x6E}; /* the magic and the one format whose layout is known here */
    constexpr std::size_t n_uuid = 16;
    constexpr std::uint64_t max_level = 9, max_block = 32; /* in units of 2048 bytes */
    const unsigned char *const end = at + n_bytes;
    if (n_bytes < sizeof start || std::memcmp(at, start, sizeof start) != 0)
        return true; /* Xapian will say what is wrong */
    if (n_bytes < sizeof start + n_uuid)
        return false;
    at += sizeof start + n_uuid;
    std::uint64_t revision, root, level, n_entries, block, threshold, n_freelist;
    if (!read_number(&at, end, &revision))
        return false;
    for (int table = 0; table < 6; table++) {
        if (!read_number(&at, end, &root) || !read_number(&at, end, &level) || !read_number(&at, end, &n_entries) ||
            !read_number(&at, end, &block) || !read_number(&at, end, &threshold) ||
            !read_number(&at, end, &n_freelist) || n_freelist > static_cast<std::size_t>(end - at))
            return false;
        at += n_freelist;
        const bool has_no_root = (level & 1) != 0;
        level >>= 2;
        if (level > max_level || (has_no_root && level != 0) || block == 0 || block > max_block ||
            (block & (block - 1)) != 0)
            return false;
    }
    return true;
}

/* SEARCH_OK when `path` is a directory with the version file of a glass database. */
search_status require_database(const char *path, search_error *error) {
    std::string name(path);
    name += "/iamglass";
    struct stat status;
    /* not opened before it is known to be a file: a fifo would block */
    const bool is_there = stat(name.c_str(), &status) == 0;
    const int reason = is_there ? 0 : errno;
    if (reason == ENOENT || reason == ENOTDIR || reason == ENAMETOOLONG || reason == ELOOP ||
        (is_there && !S_ISREG(status.st_mode)))
        return error_set(error, SEARCH_E_NO_INDEX, "xapian.no_database", "there is no database at %s", path);
    unsigned char bytes[256]; /* Xapian reads no more either */
    std::FILE *file = is_there ? std::fopen(name.c_str(), "rbe") : nullptr;
    if (file == nullptr)
        return error_system(error, errno, "xapian.system", "cannot read %s", name.c_str());
    const std::size_t n_bytes = std::fread(bytes, 1, sizeof bytes, file);
    std::fclose(file);
    if (!is_sane_version_file(bytes, n_bytes))
        return error_set(error, SEARCH_E_CORRUPT, "xapian.corrupt", "the version file of %s is damaged", path);
    errno = 0;
    return SEARCH_OK;
}

/* Made here and not by Xapian, which would also take a directory that exists, or a stub. */
search_status make_directory(const char *path, search_error *error) {
    if (mkdir(path, 0777) != 0)
        return error_system(error, errno, "xapian.system", "cannot make the directory %s", path);
    return SEARCH_OK;
}

/* Moves a cursor by `step`; if that fails, the cursor is past the end, since Xapian's is then in no defined state. */
template <typename Cursor, typename Step> void move(Cursor *cursor, Step &&step) {
    try {
        step();
        cursor->is_started = true;
    } catch (...) {
        cursor->at = decltype(cursor->at)();
        throw;
    }
}

/* Runs a change.  Xapian does not undo one that failed in the middle, and to go on from there can crash; errors that it
 * finds before it changes anything do no harm. */
template <typename Change> search_status write(xapian_writer *w, search_error *error, Change &&change) {
    if (w->has_failed)
        return error_set(error, SEARCH_E_INTERNAL, "xapian.writer_failed", "an earlier write to this database failed");
    try {
        change();
    } catch (const Xapian::DocNotFoundError &) {
        throw;
    } catch (const Xapian::InvalidArgumentError &) {
        throw;
    } catch (const Xapian::DatabaseClosedError &) {
        throw;
    } catch (...) {
        w->has_failed = true;
        throw;
    }
    return SEARCH_OK;
}

/* Makes the destructor drop what was not committed.  A database that was closed refuses, and has nothing to drop. */
void drop(xapian_writer *w) {
    try {
        w->database.begin_transaction(false);
    } catch (const Xapian::Error &) {
    }
}

/* Moves a cursor of terms by `step` and tells where it is. */
template <typename Step>
search_status move_terms(xapian_terms *t, search_text *term, std::uint32_t *n_documents, Step &&step) {
    *term = search_text{nullptr, 0};
    if (n_documents != nullptr)
        *n_documents = 0;
    move(t, [&] {
        step();
        if (t->at == Xapian::TermIterator())
            return;
        t->term = *t->at;
        if (n_documents != nullptr)
            *n_documents = narrow(t->at.get_termfreq());
        *term = search_text{t->term.data(), t->term.size()};
    });
    return SEARCH_OK;
}

/* Copies the positions into the array, which grows; gives their number. */
std::size_t copy_positions(Xapian::PositionIterator at, std::uint32_t **positions, std::size_t *capacity) {
    std::size_t n = 0;
    for (; at != Xapian::PositionIterator(); ++at) {
        if (n == *capacity) {
            const std::size_t larger = n < 8 ? 16 : n * 2;
            void *grown = std::realloc(*positions, larger * sizeof **positions);
            if (grown == nullptr)
                throw std::bad_alloc();
            *positions = static_cast<std::uint32_t *>(grown);
            *capacity = larger;
        }
        (*positions)[n++] = narrow(*at);
    }
    return n;
}

std::uint32_t current_docid(const xapian_postings *p) {
    return p->at == Xapian::PostingIterator() ? 0 : narrow(*p->at);
}

/* Whether a line that Database::check() wrote is the ordinary account of a sound table. */
bool is_ordinary(const std::string &line) {
    static const char *const starts[] = {"blocksize=",
                                         "B-tree checked okay",
                                         "Not present.",
                                         "Lazily created",
                                         "Continuing check anyway",
                                         "Cross-checking document lengths",
                                         "Couldn't allocate enough"};
    static const char *const parts[] = {" table structure checked OK",
                                        " table errors found: ", "Don't know how to check structure"};
    if (line.empty())
        return true;
    for (const char *start : starts)
        if (line.compare(0, std::strlen(start), start) == 0)
            return true;
    for (const char *part : parts)
        if (line.find(part) != std::string::npos)
            return true;
    return false;
}

/* The first line of a check's output that is none of those, after the name of its table. */
std::string first_complaint(const std::string &output) {
    std::istringstream lines(output);
    std::string table;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == ':')
            table = line + ' ';
        else if (!is_ordinary(line))
            return table + line;
    }
    return "no details are known";
}

} // namespace

/* ---- Writing -------------------------------------------------------------------------------------------------- */

extern "C" search_status xapian_writer_create(const char *path, xapian_writer **out, search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        const search_status status = make_directory(path, error);
        if (status != SEARCH_OK)
            return status;
        const int flags = Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC | Xapian::DB_DANGEROUS;
        try {
            *out = new xapian_writer{Xapian::WritableDatabase(path, flags), false};
        } catch (const Xapian::DatabaseError &e) { /* nothing is there yet that could be damaged */
            return fail_or_system(error, errno, SEARCH_E_SYSTEM, "xapian.create", "the database cannot be made", e);
        }
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_writer_add(xapian_writer *w, const xapian_document *d, uint32_t *docid,
                                           search_error *error) noexcept {
    return guard(error, [&] {
        if (docid != nullptr)
            *docid = 0;
        return write(w, error, [&] {
            const std::uint32_t added = narrow(w->database.add_document(d->document));
            if (docid != nullptr)
                *docid = added;
        });
    });
}

extern "C" search_status xapian_writer_set_data(xapian_writer *w, uint32_t docid, search_text data,
                                                search_error *error) noexcept {
    return guard(error, [&] {
        return write(w, error, [&] {
            Xapian::Document document = w->database.get_document(docid);
            document.set_data(string_of(data));
            w->database.replace_document(docid, document);
        });
    });
}

extern "C" search_status xapian_writer_data(const xapian_writer *w, uint32_t docid, char **out, size_t *n_out,
                                            search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        *n_out = 0;
        copy_out(w->database.get_document(docid).get_data(), out, n_out);
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_writer_set_metadata(xapian_writer *w, search_text key, search_text value,
                                                    search_error *error) noexcept {
    return guard(error, [&] {
        if (!is_storable(key))
            return refuse_key(error, "metadata key", key);
        return write(w, error, [&] { w->database.set_metadata(string_of(key), string_of(value)); });
    });
}

extern "C" search_status xapian_writer_commit(xapian_writer *w, search_error *error) noexcept {
    return guard(error, [&] { return write(w, error, [&] { w->database.commit(); }); });
}

extern "C" search_status xapian_writer_close(xapian_writer *w, search_error *error) noexcept {
    return guard(error, [&] { return write(w, error, [&] { w->database.close(); }); });
}

extern "C" void xapian_writer_free(xapian_writer *w) noexcept {
    guard(nullptr, [&] {
        /* the destructor would commit, but it only drops a transaction */
        if (w != nullptr)
            drop(w);
        delete w;
        return SEARCH_OK;
    });
}

/* ---- Documents ------------------------------------------------------------------------------------------------ */

extern "C" search_status xapian_document_new(xapian_document **out, search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        *out = new xapian_document{Xapian::Document()};
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_document_add_posting(xapian_document *d, search_text term, uint32_t position,
                                                     uint32_t wdf, search_error *error) noexcept {
    return guard(error, [&] {
        if (!is_storable(term))
            return refuse_key(error, "term", term);
        d->document.add_posting(string_of(term), position, wdf);
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_document_add_term(xapian_document *d, search_text term, uint32_t wdf,
                                                  search_error *error) noexcept {
    return guard(error, [&] {
        if (!is_storable(term))
            return refuse_key(error, "term", term);
        d->document.add_term(string_of(term), wdf);
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_document_set_data(xapian_document *d, search_text data, search_error *error) noexcept {
    return guard(error, [&] {
        d->document.set_data(string_of(data));
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_document_set_value(xapian_document *d, uint32_t slot, search_text value,
                                                   search_error *error) noexcept {
    return guard(error, [&] {
        d->document.add_value(slot, string_of(value));
        return SEARCH_OK;
    });
}

extern "C" void xapian_document_free(xapian_document *d) noexcept {
    guard(nullptr, [&] {
        delete d;
        return SEARCH_OK;
    });
}

/* ---- Reading -------------------------------------------------------------------------------------------------- */

extern "C" search_status xapian_database_open(const char *path, xapian_database **out, search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        const search_status status = require_database(path, error);
        if (status != SEARCH_OK)
            return status;
        *out = new xapian_database{Xapian::Database(path, Xapian::DB_BACKEND_GLASS)};
        return SEARCH_OK;
    });
}

extern "C" uint32_t xapian_database_n_documents(const xapian_database *d) noexcept {
    std::uint32_t n = 0;
    guard(nullptr, [&] {
        n = narrow(d->database.get_doccount());
        return SEARCH_OK;
    });
    return n;
}

extern "C" uint32_t xapian_database_last_docid(const xapian_database *d) noexcept {
    std::uint32_t docid = 0;
    guard(nullptr, [&] {
        docid = narrow(d->database.get_lastdocid());
        return SEARCH_OK;
    });
    return docid;
}

extern "C" uint64_t xapian_database_total_length(const xapian_database *d) noexcept {
    std::uint64_t length = 0;
    guard(nullptr, [&] {
        length = d->database.get_total_length();
        return SEARCH_OK;
    });
    return length;
}

extern "C" search_status xapian_database_term_frequency(const xapian_database *d, search_text term,
                                                        uint32_t *n_documents, search_error *error) noexcept {
    return guard(error, [&] {
        *n_documents = 0;
        if (term.n_bytes == 0)
            *n_documents = narrow(d->database.get_doccount());
        else if (is_storable(term))
            *n_documents = narrow(d->database.get_termfreq(string_of(term)));
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_database_collection_frequency(const xapian_database *d, search_text term,
                                                              uint64_t *n_occurrences, search_error *error) noexcept {
    return guard(error, [&] {
        *n_occurrences = 0;
        if (is_storable(term))
            *n_occurrences = d->database.get_collection_freq(string_of(term));
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_database_document_length(const xapian_database *d, uint32_t docid, uint32_t *length,
                                                         search_error *error) noexcept {
    return guard(error, [&] {
        *length = 0;
        *length = narrow(d->database.get_doclength(docid));
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_database_data(const xapian_database *d, uint32_t docid, char **out, size_t *n_out,
                                              search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        *n_out = 0;
        copy_out(d->database.get_document(docid).get_data(), out, n_out);
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_database_metadata(const xapian_database *d, search_text key, char **out, size_t *n_out,
                                                  search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        *n_out = 0;
        copy_out(is_storable(key) ? d->database.get_metadata(string_of(key)) : std::string(), out, n_out);
        return SEARCH_OK;
    });
}

extern "C" void xapian_database_free(xapian_database *d) noexcept {
    guard(nullptr, [&] {
        delete d;
        return SEARCH_OK;
    });
}

/* ---- Postings ------------------------------------------------------------------------------------------------- */

extern "C" search_status xapian_postings_open(const xapian_database *d, search_text term, xapian_postings **out,
                                              search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        const bool is_all = term.n_bytes == 0;
        Xapian::PostingIterator at;
        if (is_all || is_storable(term))
            at = d->database.postlist_begin(string_of(term));
        *out = new xapian_postings{d->database, at, false, is_all};
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_postings_next(xapian_postings *p, uint32_t *docid, search_error *error) noexcept {
    return guard(error, [&] {
        *docid = 0;
        move(p, [&] {
            if (p->is_started && p->at != Xapian::PostingIterator())
                ++p->at;
        });
        *docid = current_docid(p);
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_postings_skip_to(xapian_postings *p, uint32_t target, uint32_t *docid,
                                                 search_error *error) noexcept {
    return guard(error, [&] {
        *docid = 0;
        move(p, [&] {
            if (p->at != Xapian::PostingIterator() && *p->at < target)
                p->at.skip_to(target);
        });
        *docid = current_docid(p);
        return SEARCH_OK;
    });
}

extern "C" uint32_t xapian_postings_wdf(const xapian_postings *p) noexcept {
    std::uint32_t wdf = 0;
    guard(nullptr, [&] {
        if (p->is_started && p->at != Xapian::PostingIterator())
            wdf = narrow(p->at.get_wdf());
        return SEARCH_OK;
    });
    return wdf;
}

extern "C" search_status xapian_postings_positions(xapian_postings *p, uint32_t **positions, size_t *capacity,
                                                   size_t *n_positions, search_error *error) noexcept {
    return guard(error, [&] {
        *n_positions = 0;
        if (p->is_started && !p->is_all && p->at != Xapian::PostingIterator())
            *n_positions = copy_positions(p->at.positionlist_begin(), positions, capacity);
        return SEARCH_OK;
    });
}

extern "C" void xapian_postings_free(xapian_postings *p) noexcept {
    guard(nullptr, [&] {
        delete p;
        return SEARCH_OK;
    });
}

/* ---- Terms ---------------------------------------------------------------------------------------------------- */

extern "C" search_status xapian_terms_open(const xapian_database *d, search_text prefix, xapian_terms **out,
                                           search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        Xapian::TermIterator at;
        if (prefix.n_bytes == 0 || is_storable(prefix))
            at = d->database.allterms_begin(string_of(prefix));
        *out = new xapian_terms{d->database, at, false, std::string(), false};
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_terms_next(xapian_terms *t, search_text *term, uint32_t *n_documents,
                                           search_error *error) noexcept {
    return guard(error, [&] {
        return move_terms(t, term, n_documents, [&] {
            if (t->is_started && t->at != Xapian::TermIterator())
                ++t->at;
        });
    });
}

extern "C" search_status xapian_terms_skip_to(xapian_terms *t, search_text target, search_text *term,
                                              uint32_t *n_documents, search_error *error) noexcept {
    return guard(error, [&] {
        return move_terms(t, term, n_documents, [&] {
            const std::string wanted = string_of(target);
            /* Xapian refuses longer ones; a NUL takes two bytes */
            const std::string start = wanted.substr(0, max_n_term_bytes / 2);
            if (t->at != Xapian::TermIterator() && *t->at < wanted)
                t->at.skip_to(is_storable(target) ? wanted : start);
            while (t->at != Xapian::TermIterator() && *t->at < wanted)
                ++t->at;
        });
    });
}

extern "C" search_status xapian_terms_open_document(const xapian_database *d, uint32_t docid, xapian_terms **out,
                                                    search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        *out = new xapian_terms{d->database, d->database.termlist_begin(docid), false, std::string(), true};
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_terms_open_metadata(const xapian_database *d, xapian_terms **out,
                                                    search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        *out = new xapian_terms{d->database, d->database.metadata_keys_begin(), false, std::string(), false};
        return SEARCH_OK;
    });
}

extern "C" uint32_t xapian_terms_wdf(const xapian_terms *t) noexcept {
    std::uint32_t wdf = 0;
    guard(nullptr, [&] {
        if (t->is_of_document && t->is_started && t->at != Xapian::TermIterator())
            wdf = narrow(t->at.get_wdf());
        return SEARCH_OK;
    });
    return wdf;
}

extern "C" search_status xapian_terms_positions(xapian_terms *t, uint32_t **positions, size_t *capacity,
                                                size_t *n_positions, search_error *error) noexcept {
    return guard(error, [&] {
        *n_positions = 0;
        /* counting leaves the block at hand in the table, from where the list takes it instead of from the file */
        if (t->is_of_document && t->is_started && t->at != Xapian::TermIterator() && t->at.positionlist_count() > 0)
            *n_positions = copy_positions(t->at.positionlist_begin(), positions, capacity);
        return SEARCH_OK;
    });
}

extern "C" void xapian_terms_free(xapian_terms *t) noexcept {
    guard(nullptr, [&] {
        delete t;
        return SEARCH_OK;
    });
}

/* ---- Values --------------------------------------------------------------------------------------------------- */

extern "C" search_status xapian_values_open(const xapian_database *d, uint32_t docid, xapian_values **out,
                                            search_error *error) noexcept {
    return guard(error, [&] {
        *out = nullptr;
        const Xapian::Document document = d->database.get_document(docid);
        *out = new xapian_values{document, document.values_begin(), false, std::string()};
        return SEARCH_OK;
    });
}

extern "C" search_status xapian_values_next(xapian_values *v, uint32_t *slot, search_text *value,
                                            search_error *error) noexcept {
    return guard(error, [&] {
        *slot = 0;
        *value = search_text{nullptr, 0};
        move(v, [&] {
            if (v->is_started && v->at != Xapian::ValueIterator())
                ++v->at;
            if (v->at == Xapian::ValueIterator())
                return;
            v->value = *v->at;
            *slot = narrow(v->at.get_valueno());
            *value = search_text{v->value.data(), v->value.size()};
        });
        return SEARCH_OK;
    });
}

extern "C" void xapian_values_free(xapian_values *v) noexcept {
    guard(nullptr, [&] {
        delete v;
        return SEARCH_OK;
    });
}

/* ---- Whole databases ------------------------------------------------------------------------------------------ */

extern "C" search_status xapian_check(const char *path, size_t *n_errors, search_error *error) noexcept {
    return guard(error, [&] {
        *n_errors = 0;
        const search_status status = require_database(path, error);
        if (status != SEARCH_OK)
            return status;
        std::ostringstream output;
        const std::size_t n = Xapian::Database::check(path, 0, &output);
        if (n == 0)
            return SEARCH_OK;
        *n_errors = n;
        return error_set(error, SEARCH_E_CORRUPT, "xapian.check", "the database is damaged: %s",
                         first_complaint(output.str()).c_str());
    });
}

extern "C" search_status xapian_check_table(const char *path, const char *table, search_error *error) noexcept {
    return guard(error, [&] {
        const search_status status = require_database(path, error);
        if (status != SEARCH_OK)
            return status;
        const std::string file = std::string(path) + "/" + table + ".glass";
        struct stat info;
        if (stat(file.c_str(), &info) != 0 && errno == ENOENT)
            return SEARCH_OK;
        std::ostringstream output;
        if (Xapian::Database::check(file, 0, &output) == 0)
            return SEARCH_OK;
        return error_set(error, SEARCH_E_CORRUPT, "xapian.check", "the table %s is damaged: %s", table,
                         first_complaint(output.str()).c_str());
    });
}

extern "C" search_status xapian_compact(const char *from, const char *to, search_error *error) noexcept {
    return guard(error, [&] {
        search_status status = require_database(from, error);
        if (status == SEARCH_OK)
            status = make_directory(to, error);
        if (status != SEARCH_OK)
            return status;
        Xapian::Database database(from, Xapian::DB_BACKEND_GLASS);
        database.compact(to, Xapian::DBCOMPACT_NO_RENUMBER);
        return SEARCH_OK;
    });
}

extern "C" const char *xapian_version(void) noexcept {
    const char *version = "";
    guard(nullptr, [&] {
        version = Xapian::version_string();
        return SEARCH_OK;
    });
    return version;
}
