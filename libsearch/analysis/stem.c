/* Stemming, and the digest that tells one libstemmer from another. */
#include "libsearch/analysis/stem.h"
#include "libsearch/analysis/analysis.h"
#include "libsearch/support/digest.h"
#include <libstemmer.h>
#include <string.h>

static bool is_none(const char *name) {
    return strcmp(name, "none") == 0;
}

bool analyzer_has_stemmer(const char *name) {
    if (name == NULL)
        return false;
    if (is_none(name))
        return true;
    struct sb_stemmer *snowball = sb_stemmer_new(name, "UTF_8");
    if (snowball == NULL)
        return false;
    sb_stemmer_delete(snowball);
    return true;
}

static bool is_listed(const char *name) {
    for (const char **listed = sb_stemmer_list(); *listed != NULL; listed++)
        if (strcmp(*listed, name) == 0)
            return true;
    return false;
}

search_status stemmer_open(stemmer *s, const char *name, search_error *error) {
    *s = (stemmer){0};
    if (is_none(name))
        return SEARCH_OK;
    s->snowball = sb_stemmer_new(name, "UTF_8");
    if (s->snowball != NULL) {
        const char *const english[] = {"english", "en", "eng", "porter"};
        for (size_t i = 0; i < sizeof english / sizeof *english; i++)
            s->is_english = s->is_english || strcmp(name, english[i]) == 0;
        return SEARCH_OK;
    }
    if (is_listed(name))
        return error_memory(error);
    return error_set(error, SEARCH_E_ARGUMENT, "schema.unknown_stemmer", "no stemmer is called \"%.64s\"", name);
}

void stemmer_close(stemmer *s) {
    if (s->snowball != NULL)
        sb_stemmer_delete(s->snowball);
    *s = (stemmer){0};
}

search_text stemmer_stem(const stemmer *s, search_text folded, bool is_possessive) {
    if (s->snowball == NULL || folded.n_bytes > STEM_MAX_BYTES)
        return folded;
    search_text word = folded;
    if (is_possessive && s->is_english && word.n_bytes > 1)
        word.n_bytes--;
    const sb_symbol *stem = sb_stemmer_stem(s->snowball, (const sb_symbol *)word.bytes, (int)word.n_bytes);
    if (stem == NULL)
        return (search_text){NULL, 0};
    int n = sb_stemmer_length(s->snowball);
    return n > 0 ? (search_text){(const char *)stem, (size_t)n} : word;
}

/* Words that releases of Snowball are known to treat differently, and common ones with the endings of many languages.
 */
static const char *const probes[] = {
    "abilities", "added",      "agreement",       "attached",    "being",      "border",     "caresses",
    "ceased",    "citizens",   "communes",        "conditional", "consulates", "crossing",   "dying",
    "early",     "evening",    "exceeding",       "factories",   "generously", "general",    "generation",
    "hopping",   "illegally",  "inning",          "intensives",  "knightly",   "lying",      "meetings",
    "ministers", "national",   "nationalities",   "news",        "only",       "operators",  "organized",
    "outings",   "plotted",    "proceedings",     "provinces",   "relational", "skis",       "sky",
    "succeeded", "telegrams",  "territories",     "triplicate",  "uglier",     "university", "vietnamization",
    "workers",   "nationaler", "continuellement", "cantidades",  "città",      "книгами",    "házak",
};

static void digest_stemmer(digest *d, const char *name) {
    struct sb_stemmer *snowball = sb_stemmer_new(name, "UTF_8");
    digest_add(d, name, strlen(name) + 1);
    if (snowball == NULL)
        return;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        const sb_symbol *stem = sb_stemmer_stem(snowball, (const sb_symbol *)probes[i], (int)strlen(probes[i]));
        if (stem != NULL)
            digest_add(d, stem, (size_t)sb_stemmer_length(snowball) + 1);
    }
    sb_stemmer_delete(snowball);
}

void stemmer_digest(char hex[STEM_DIGEST_N + 1]) {
    digest d;
    char all[DIGEST_N_HEX + 1];
    digest_start(&d);
    for (const char **name = sb_stemmer_list(); *name != NULL; name++)
        digest_stemmer(&d, *name);
    digest_finish(&d, all);
    memcpy(hex, all, STEM_DIGEST_N);
    hex[STEM_DIGEST_N] = '\0';
}
