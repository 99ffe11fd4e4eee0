/* The version file: what makes a folder a database, and where the tables begin.
 *
 *   14 magic | be16 format | 16 uuid | vint revision
 *   | root of postlist, docdata, termlist, position, spelling, synonym
 *   | vints: documents, last docid - documents, least length but 0, greatest wdf, greatest length - greatest wdf,
 *            oldest changeset, total length, greatest frequency in the spelling table
 *
 *   root      vint block | vint level << 2 | sequential << 1 | absent | vint entries | vint block size / 2048
 *             | vint threshold | length and bytes of the free list
 *   free list vint revision | vint number of blocks in the file | 00 00 00 00
 *   absent    00 03 00 vint block size / 2048 | vint threshold | 00 */
#include "libsearch/glass/codes.h"
#include "libsearch/support/files.h"

enum {
    VERSION_REVISION = 1,
    VERSION_MAX_N_BYTES = 256, /* readers look at no more */
    N_UUID = 16,
    ROOT_ABSENT = 1,
    ROOT_SEQUENTIAL = 2,
    ROOT_LEVEL_SHIFT = 2,
    N_FREE_LIST_ZEROS = 4,
    THRESHOLD_NONE = 0,
    THRESHOLD_STOCK = 18,
    ROOT_MAX_N_BYTES = VINT32_MAX_N_BYTES + 1 + VINT64_MAX_N_BYTES + 4 + VINT32_MAX_N_BYTES + N_FREE_LIST_ZEROS,
    ABSENT_N_BYTES = 6,
    STATISTICS_MAX_N_BYTES = 5 * VINT32_MAX_N_BYTES + 2 + VINT64_MAX_N_BYTES
};

static const char magic[] = "\x0f\x0dXapian Glass\x04\x6e"; /* the last two: (2016 - 2014) << 9 | 3 << 5 | 14 */
static_assert(((2016 - 2014) << 9 | 3 << 5 | 14) == 0x046e, "the format of 2016-03-14");
static_assert(sizeof magic - 1 + N_UUID + 1 + 4 * ROOT_MAX_N_BYTES + 2 * ABSENT_N_BYTES + STATISTICS_MAX_N_BYTES <=
                  VERSION_MAX_N_BYTES,
              "the longest version file is read");

static unsigned char *put_root(unsigned char *at, const glass_root *root, unsigned threshold) {
    const bool is_absent = root->n_blocks == 0;
    at = put_vint(at, root->block);
    at = put_vint(at, root->level << ROOT_LEVEL_SHIFT | ROOT_SEQUENTIAL | (is_absent ? ROOT_ABSENT : 0));
    at = put_vint(at, root->n_entries);
    at = put_vint(at, GLASS_BLOCK_N_BYTES / 2048);
    at = put_vint(at, threshold);
    unsigned char *n_free_list = at++;
    if (!is_absent) {
        at = put_vint(at, VERSION_REVISION);
        at = put_vint(at, root->n_blocks);
        memset(at, 0, N_FREE_LIST_ZEROS);
        at += N_FREE_LIST_ZEROS;
    }
    *n_free_list = (unsigned char)(at - n_free_list - 1);
    return at;
}

static unsigned char *put_statistics(unsigned char *at, const glass_statistics *s) {
    at = put_vint(at, s->n_documents);
    at = put_vint(at, s->last_docid - s->n_documents);
    at = put_vint(at, s->min_length);
    at = put_vint(at, s->max_wdf);
    at = put_vint(at, s->max_length - s->max_wdf);
    at = put_vint(at, 0);
    at = put_vint(at, s->total_length);
    return put_vint(at, 0);
}

search_status glass_write_version(const char *path, const unsigned char uuid[16], const glass_roots *roots,
                                  const glass_statistics *statistics, search_error *error) {
    if (statistics->last_docid < statistics->n_documents || statistics->max_length < statistics->max_wdf)
        return error_set(error, SEARCH_E_INTERNAL, "glass.totals", "the statistics of a glass database contradict");
    const glass_root absent = {0};
    unsigned char bytes[VERSION_MAX_N_BYTES];
    unsigned char *at = bytes;
    memcpy(at, magic, sizeof magic - 1);
    at += sizeof magic - 1;
    memcpy(at, uuid, N_UUID);
    at += N_UUID;
    at = put_vint(at, VERSION_REVISION);
    at = put_root(at, &roots->postlist, THRESHOLD_NONE);
    at = put_root(at, &roots->docdata, THRESHOLD_STOCK);
    at = put_root(at, &roots->termlist, THRESHOLD_STOCK);
    at = put_root(at, &roots->position, THRESHOLD_NONE);
    at = put_root(at, &absent, THRESHOLD_STOCK);
    at = put_root(at, &absent, THRESHOLD_STOCK);
    at = put_statistics(at, statistics);
    return file_write(path, bytes, (size_t)(at - bytes), error);
}
