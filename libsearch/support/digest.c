/* SHA-256 in lower-case hex, and checksums. */
#include "libsearch/support/digest.h"
#include <errno.h>
#include <fcntl.h>
#include <isa-l/crc64.h>
#include <unistd.h>

void digest_start(digest *d) {
    sha256_init(&d->context);
}

void digest_add(digest *d, const void *bytes, size_t n_bytes) {
    if (n_bytes > 0)
        sha256_update(&d->context, n_bytes, bytes);
}

void digest_finish(digest *d, char hex[DIGEST_N_HEX + 1]) {
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[SHA256_DIGEST_SIZE];
    sha256_digest(&d->context, sizeof bytes, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[DIGEST_N_HEX] = '\0';
}

void digest_of(const void *bytes, size_t n_bytes, char hex[DIGEST_N_HEX + 1]) {
    digest d;
    digest_start(&d);
    digest_add(&d, bytes, n_bytes);
    digest_finish(&d, hex);
}

/* ---- Files ---------------------------------------------------------------------------------------------------- */

/* Gives the bytes of the file to `add`, some at a time. */
static search_status read_file(const char *path, void (*add)(void *context, const void *bytes, size_t n_bytes),
                               void *context, search_error *error) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_system(error, errno, "file.open", "cannot open %s", path);
    search_status status = SEARCH_OK;
    for (;;) {
        char chunk[32768];
        const ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            status = error_system(error, errno, "file.read", "cannot read %s", path);
        if (n <= 0)
            break;
        add(context, chunk, (size_t)n);
    }
    close(fd);
    return status;
}

static void add_to_digest(void *context, const void *bytes, size_t n_bytes) {
    digest_add(context, bytes, n_bytes);
}

search_status digest_of_file(const char *path, char hex[DIGEST_N_HEX + 1], search_error *error) {
    digest d;
    digest_start(&d);
    hex[0] = '\0';
    const search_status status = read_file(path, add_to_digest, &d, error);
    if (status == SEARCH_OK)
        digest_finish(&d, hex);
    return status;
}

uint64_t checksum_add(uint64_t checksum, const void *bytes, size_t n_bytes) {
    return crc64_ecma_refl(checksum, bytes, n_bytes);
}

static void add_to_checksum(void *context, const void *bytes, size_t n_bytes) {
    uint64_t *checksum = context;
    *checksum = checksum_add(*checksum, bytes, n_bytes);
}

search_status checksum_of_file(const char *path, uint64_t *out, search_error *error) {
    *out = 0;
    return read_file(path, add_to_checksum, out, error);
}
