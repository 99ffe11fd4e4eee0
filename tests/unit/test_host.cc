/* A host in C++ that embeds libsearch and uses Xapian for itself: no exception comes out of libsearch, and the host's
 * own Xapian exceptions are caught by type though both libraries are loaded. */
#include <cerrno>
#include <csetjmp>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <libsearch.h>
#include <string>
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

} // namespace

int main() {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_host_catches_its_own_exceptions),
        cmocka_unit_test(test_failures_are_statuses),
        cmocka_unit_test(test_initialisers_compile),
        cmocka_unit_test(test_freeing_null_does_nothing),
        cmocka_unit_test(test_build_and_search),
    };
    return cmocka_run_group_tests_name("host", tests, nullptr, nullptr);
}
