/* A host in C++ that embeds libsearch and uses Xapian for itself: no exception comes out of libsearch, and the host's
 * own Xapian exceptions are caught by type though both libraries are loaded. */
#include <cerrno>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <libsearch.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <xapian.h>

extern "C" {
#include <cmocka.h>
}

namespace {

search_text text_of(const char *string) {
    return search_text_of(string);
}

void test_host_catches_its_own_exceptions(void **) {
    bool is_caught = false;
    try {
        Xapian::Database database("/nonexistent/libsearch-test-host");
    } catch (const Xapian::DatabaseError &) {
        is_caught = true;
    }
    assert_true(is_caught);
}

void test_failures_are_statuses(void **) {
    search_error error;
    search_index *index = reinterpret_cast<search_index *>(&error);
    assert_int_equal(search_index_open("/nonexistent/libsearch-test-host", &index, &error), SEARCH_E_NO_INDEX);
    assert_null(index);
    assert_int_equal(error.status, SEARCH_E_NO_INDEX);
    assert_true(error.message[0] != '\0');
    assert_int_equal(search_index_open("/nonexistent/libsearch-test-host", &index, nullptr), SEARCH_E_NO_INDEX);
}

void test_initialisers_compile(void **) {
    search_request request = SEARCH_REQUEST_INIT;
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    assert_int_equal(request.size, sizeof request);
    assert_int_equal(request.limit, 10);
    assert_int_equal(request.n_snippets, 1);
    assert_int_equal(options.size, sizeof options);
    assert_int_equal(options.mode, SEARCH_WRITE_REBUILD);
}

void test_freeing_null_does_nothing(void **) {
    search_schema_free(nullptr);
    search_record_free(nullptr);
    search_writer_free(nullptr);
    search_index_free(nullptr);
    search_results_free(nullptr);
    search_bytes_free(nullptr);
}

void put(search_writer *writer, const char *json) {
    search_record *record = nullptr;
    assert_int_equal(search_record_from_json(text_of(json), &record, nullptr), SEARCH_OK);
    assert_int_equal(search_writer_put(writer, record, nullptr), SEARCH_OK);
    search_record_free(record);
}

/* Writes, opens, searches by both doors, and drops the index before the results. */
void test_build_and_search(void **) {
    char folder[] = "/tmp/libsearch-test-host-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const std::string place = std::string(folder) + "/index";
    search_error error;
    search_writer_options options = SEARCH_WRITER_OPTIONS_INIT;
    search_writer *writer = nullptr;
    assert_int_equal(search_writer_open(place.c_str(), &options, &writer, &error), SEARCH_OK);
    put(writer, "{\"id\":\"1\",\"title\":\"Telegram on the harvest\",\"body\":\"The harvest was good.\"}");
    put(writer, "{\"id\":\"2\",\"title\":\"Letter on the border\",\"body\":\"Nothing crossed the border.\"}");
    assert_int_equal(search_writer_commit(writer, nullptr, &error), SEARCH_OK);
    search_writer_free(writer);

    search_index *index = nullptr;
    assert_int_equal(search_index_open(place.c_str(), &index, &error), SEARCH_OK);
    search_request request = SEARCH_REQUEST_INIT;
    request.query = text_of("\"the border\"");
    search_results *results = nullptr;
    assert_int_equal(search_run(index, &request, &results, &error), SEARCH_OK);
    request.query = text_of("\"the border");
    search_results *none = results;
    assert_int_equal(search_run(index, &request, &none, &error), SEARCH_E_QUERY);
    assert_null(none);
    const char json[] = "{\"query\":\"harvest\"}";
    char *answer = nullptr;
    std::size_t n_answer = 0;
    assert_int_equal(search_run_json(index, json, sizeof json - 1, &answer, &n_answer, &error), SEARCH_OK);
    assert_non_null(std::strstr(std::string(answer, n_answer).c_str(), "\"total\":1"));
    search_bytes_free(answer);
    search_index_free(index);
    assert_int_equal(search_results_total(results), 1);
    assert_int_equal(search_results_n_hits(results), 1);
    const search_text id = search_results_hit(results, 0)->id;
    assert_int_equal(id.n_bytes, 1);
    assert_memory_equal(id.bytes, "2", 1);
    search_results_free(results);
    assert_int_equal(std::system(("rm -rf " + std::string(folder)).c_str()), 0);
}

class host_error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

bool opens_nothing() {
    search_error error;
    search_index *index = reinterpret_cast<search_index *>(&error);
    const search_status status = search_index_open("/nonexistent/libsearch-test-host", &index, &error);
    return status == SEARCH_E_NO_INDEX && error.status == status && index == nullptr;
}

/* Frees while an exception unwinds. */
struct schema_holder {
    search_schema *schema = nullptr;
    schema_holder() {
        search_schema_cables(&schema, nullptr);
    }
    schema_holder(const schema_holder &) = delete;
    schema_holder &operator=(const schema_holder &) = delete;
    ~schema_holder() {
        search_schema_free(schema);
    }
};

/* Calls libsearch, which throws and catches within, while an exception unwinds. */
struct opens_when_unwound {
    bool &result;
    ~opens_when_unwound() {
        result = std::uncaught_exceptions() == 1 && opens_nothing();
    }
};

void test_a_host_exception_unwinds_through_frees_and_calls(void **) {
    bool is_opened = false, is_caught = false;
    try {
        const schema_holder schema;
        const opens_when_unwound opener{is_opened};
        throw host_error("mine");
    } catch (const std::exception &e) {
        is_caught = std::strcmp(e.what(), "mine") == 0;
    }
    assert_true(is_caught);
    assert_true(is_opened);
}

void test_a_call_in_a_handler_leaves_the_exception_in_flight(void **) {
    bool is_opened = false, is_same = false;
    try {
        throw Xapian::DocNotFoundError("in flight");
    } catch (const Xapian::Error &) {
        is_opened = opens_nothing();
        try {
            throw;
        } catch (const Xapian::DocNotFoundError &e) {
            is_same = e.get_msg() == "in flight";
        }
    }
    assert_true(is_opened);
    assert_true(is_same);
}

void test_exceptions_and_calls_in_threads(void **) {
    constexpr std::size_t n = 4;
    bool is_ok[n] = {};
    std::thread threads[n];
    for (std::size_t i = 0; i < n; i++)
        threads[i] = std::thread([&is_ok, i] {
            int n_right = 0;
            for (int k = 0; k < 50; k++) {
                try {
                    n_right += opens_nothing() ? 1 : 0;
                    throw Xapian::RangeError("mine");
                } catch (const Xapian::RangeError &) {
                    n_right++;
                }
            }
            is_ok[i] = n_right == 100;
        });
    for (std::thread &thread : threads)
        thread.join();
    for (const bool ok : is_ok)
        assert_true(ok);
}

} // namespace

int main() {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_catches_its_own_exceptions),
        cmocka_unit_test(test_failures_are_statuses),
        cmocka_unit_test(test_a_host_exception_unwinds_through_frees_and_calls),
        cmocka_unit_test(test_a_call_in_a_handler_leaves_the_exception_in_flight),
        cmocka_unit_test(test_exceptions_and_calls_in_threads),
        cmocka_unit_test(test_initialisers_compile),
        cmocka_unit_test(test_freeing_null_does_nothing),
        cmocka_unit_test(test_build_and_search),
    };
    return cmocka_run_group_tests_name("host", tests, nullptr, nullptr);
}
