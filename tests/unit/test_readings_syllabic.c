/* Names and places of China and Korea: spellings of one name share a reading, those of different names do not.  Texts
 * are split and folded here as the analyzer does, but simply. */
#include "libsearch/analysis/fold.h"
#include "libsearch/analysis/marks.h"
#include "libsearch/analysis/readings.h"
#include "libsearch/analysis/readings_chinese.h"
#include "libsearch/analysis/readings_korean.h"
#include "libsearch/analysis/table.h"
#include "libsearch/support/arena.h"
#include "libsearch/support/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define KEYS_MAX 512

static chinese *zh;
static korean *ko;
static folder fold;

static int open_languages(void **state) {
    (void)state;
    search_error error;
    if (chinese_new(&zh, &error) != SEARCH_OK || korean_new(&ko, &error) != SEARCH_OK ||
        folder_open(&fold, &error) != SEARCH_OK) {
        print_error("%s: %s\n", error.id, error.message);
        return -1;
    }
    return 0;
}

static int close_languages(void **state) {
    (void)state;
    chinese_free(zh);
    korean_free(ko);
    folder_free(&fold);
    return 0;
}

/* ---- Helpers ---- */

typedef struct read_text {
    arena memory;
    reading_word words[READING_MAX_WORDS];
    size_t n_words;
    char *keys[KEYS_MAX];
    size_t n_read[KEYS_MAX]; /* words of each */
    size_t n_keys;
} read_text;

static search_text fold_word(read_text *t, search_text word, bool is_exact) {
    buffer out = {0};
    assert_int_equal((is_exact ? folder_exact : folder_fold)(&fold, word, &out, NULL), SEARCH_OK);
    search_text kept = {arena_copy(&t->memory, out.bytes, out.n_bytes), out.n_bytes};
    buffer_free(&out);
    return kept;
}

static void add_word(read_text *t, search_text text) {
    if (t->n_words == READING_MAX_WORDS || text.n_bytes == 0)
        return;
    reading_word *word = &t->words[t->n_words];
    *word = (reading_word){.folded = fold_word(t, text, false), .exact = fold_word(t, text, true)};
    if (word->folded.n_bytes == 0)
        return;
    if (word->folded.n_bytes == word->exact.n_bytes &&
        memcmp(word->folded.bytes, word->exact.bytes, word->exact.n_bytes) == 0)
        word->exact = (search_text){NULL, 0};
    for (size_t i = 0; i < text.n_bytes; i++)
        word->is_capital |= text.bytes[i] >= 'A' && text.bytes[i] <= 'Z';
    t->n_words++;
}

static void split_words(read_text *t, const char *text) {
    size_t from = 0;
    for (size_t at = 0;; at++) {
        if (text[at] != ' ' && text[at] != '-' && text[at] != '\0')
            continue;
        add_word(t, (search_text){text + from, at - from});
        if (text[at] == '\0')
            return;
        if (text[at] == '-' && t->n_words > 0)
            t->words[t->n_words - 1].joins_next = true;
        from = at + 1;
    }
}

static search_status keep_key(void *context, const reading *r, search_error *error) {
    (void)error;
    read_text *t = context;
    assert_true(t->n_keys < KEYS_MAX);
    assert_true(r->n_words > 0 && r->n_words <= t->n_words);
    assert_true(r->key.n_bytes > 0 && r->key.n_bytes <= 200);
    assert_non_null(r->rule);
    t->n_read[t->n_keys] = r->n_words;
    t->keys[t->n_keys++] = arena_copy(&t->memory, r->key.bytes, r->key.n_bytes);
    return SEARCH_OK;
}

static void visit_both(read_text *t) {
    if (t->n_words == 0)
        return;
    assert_int_equal(chinese_visit(zh, t->words, t->n_words, keep_key, t, NULL), SEARCH_OK);
    if (t->n_keys > 0 && !chinese_may_begin(zh, t->words[0].folded))
        fail_msg("%s begins %s", t->words[0].folded.bytes, t->keys[0]);
    size_t n_chinese = t->n_keys;
    assert_int_equal(korean_visit(ko, t->words, t->n_words, keep_key, t, NULL), SEARCH_OK);
    if (t->n_keys > n_chinese && !korean_may_begin(ko, t->words[0].folded))
        fail_msg("%s begins %s", t->words[0].folded.bytes, t->keys[n_chinese]);
    assert_true(t->n_keys <= 256);
}

/* The readings of the text that take all of its words; with `takes_parts` also those that begin it. */
static void read_whole(read_text *t, const char *text, bool takes_parts) {
    *t = (read_text){.n_words = 0};
    split_words(t, text);
    visit_both(t);
    size_t n = 0;
    for (size_t i = 0; i < t->n_keys; i++)
        if (takes_parts || t->n_read[i] == t->n_words)
            t->keys[n++] = t->keys[i];
    t->n_keys = n;
}

static bool has_key(const read_text *t, const char *key) {
    for (size_t i = 0; i < t->n_keys; i++)
        if (strcmp(t->keys[i], key) == 0)
            return true;
    return false;
}

static void print_keys(const char *text, const read_text *t) {
    print_error("%s:", text);
    for (size_t i = 0; i < t->n_keys; i++)
        print_error(" %s", t->keys[i]);
    print_error("\n");
}

static bool do_meet(const char *a, const char *b, bool is_wanted) {
    read_text left;
    read_text right;
    read_whole(&left, a, false);
    read_whole(&right, b, false);
    bool is_met = false;
    for (size_t i = 0; i < left.n_keys; i++)
        is_met |= has_key(&right, left.keys[i]);
    if (is_met != is_wanted) {
        print_keys(a, &left);
        print_keys(b, &right);
    }
    arena_free(&left.memory);
    arena_free(&right.memory);
    return is_met;
}

/* Every two of the spellings, which have | between, meet. */
static void assert_same(const char *spellings) {
    char text[512];
    char *all[16];
    size_t n = 0;
    assert_true(strlen(spellings) < sizeof text);
    strcpy(text, spellings);
    for (char *item = strtok(text, "|"); item != NULL && n < 16; item = strtok(NULL, "|"))
        all[n++] = item;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (!do_meet(all[i], all[j], true))
                fail_msg("%s and %s do not meet", all[i], all[j]);
}

static void assert_different(const char *a, const char *b) {
    if (do_meet(a, b, false) || do_meet(b, a, false))
        fail_msg("%s and %s meet", a, b);
}

static void assert_unread(const char *text) {
    read_text t;
    read_whole(&t, text, true);
    if (t.n_keys > 0) {
        print_keys(text, &t);
        fail_msg("%s is read", text);
    }
    arena_free(&t.memory);
}

/* The readings of the text are the keys, with a blank between. */
static void assert_keys(const char *text, const char *keys) {
    read_text t;
    char got[2048] = "";
    read_whole(&t, text, true);
    for (size_t i = 0; i < t.n_keys; i++) {
        strcat(got, i == 0 ? "" : " ");
        strcat(got, t.keys[i]);
    }
    assert_string_equal(got, keys);
    arena_free(&t.memory);
}

/* ---- Chinese ---- */

static void wade_giles_meets_pinyin(void **state) {
    (void)state;
    assert_same("Mao Tse-tung|Mao Zedong|Mao Tsetung|Mao Tse Tung|MAO ZE-DONG|Mao Tsê-tung|mao zedong|Mao tse-tung");
    assert_same("Chou En-lai|Zhou Enlai|Chou Enlai|CHOU EN LAI|Zhou En-lai|Chou Ên-lai|Chow En-lai");
    assert_same("Teng Hsiao-p'ing|Teng Hsiao-ping|Deng Xiaoping|Teng Hsiaoping|Teng Hsiao-p’ing|TENG HSIAO PING");
    assert_same("Lin Piao|Lin Biao");
    assert_same("Chu Teh|Zhu De|Chu Te");
    assert_same("Liu Shao-ch'i|Liu Shao-chi|Liu Shaoqi|Liu Shaochi");
    assert_same("P'eng Te-huai|Peng Dehuai|P'êng Tê-huai|Peng Teh-huai");
    assert_same("Ch'en Yi|Chen I|Chen Yi|Ch'en I");
    assert_same("Hua Kuo-feng|Hua Guofeng");
    assert_same("Chiang Ch'ing|Chiang Ching|Jiang Qing");
    assert_same("Chiang Ching-kuo|Jiang Jingguo");
    assert_same("Chang Ch'un-ch'iao|Zhang Chunqiao");
    assert_same("Li Hsien-nien|Li Xiannian");
    assert_same("Ch'en Po-ta|Chen Boda");
    assert_same("K'ang Sheng|Kang Sheng");
    assert_same("Yeh Chien-ying|Ye Jianying");
    assert_same("Soong Ching-ling|Song Qingling|Sung Ch'ing-ling");
    assert_same("Lee Teng-hui|Li Denghui");
    assert_same("Liu Po Cheng|Liu Bocheng|Liu Po-ch'eng");
    assert_same("Li Tsung Jen|Li Zongren");
    assert_same("Hsü Hsiang-ch'ien|Xu Xiangqian|Hsu Hsiang-chien");
    assert_same("Lü Cheng-ts'ao|Lü Zhengcao|Lu Zhengcao|Lu Cheng-tsao");
    assert_same("Mao2 Tse2-tung1|Mao Zedong|Mao² Tsê²-tung¹");
    assert_same("Yu Chan|Yu Zhan");
    assert_same("Huang Hua|HUANG HUA");
    assert_same("Ou-yang Ch'in|Ouyang Qin");
    assert_same("Ssu-ma Kuang|Sima Guang|Szuma Kuang");
    assert_same("Ch'iao Kuan-hua|Qiao Guanhua|Chiao Kuan-hua");
    assert_same("Kuo Mo-jo|Guo Moruo");
    assert_same("Po I-po|Bo Yibo|Po Yi-po");
    assert_same("Maozedong|Maotsetung|Mao Tse-tung");
    assert_same("Máo Zédōng|Mao Tse-tung");
    assert_same("Ch'en Yün|Chen Yun|Chen Yün");
    assert_same("Li Fu-ch'un|Li Fuchun");
    assert_same("Chang Wen-t'ien|Zhang Wentian|Chang Wentien");
    assert_same("Hsi Chung-hsün|Xi Zhongxun|Hsi Chung-hsun");
    assert_same("Wu Hsiu-ch'üan|Wu Xiuquan|Wu Hsiu-chuan|Wu Hsiu-ch'uan");
    assert_same("Jen Pi-shih|Ren Bishi");
    assert_same("Jao Shu-shih|Rao Shushi");
    assert_same("Lo Jui-ch'ing|Luo Ruiqing|Lo Jui-ching");
    assert_same("Ho Lung|He Long");
    assert_same("Nieh Jung-chen|Nie Rongzhen");
    assert_same("Sung Tzu-wen|Song Ziwen|Soong Tzu-wen");
    assert_same("Ku Wei-chün|Gu Weijun|Koo Wei-chun");
    assert_same("K'o Ch'ing-shih|Ke Qingshi");
    assert_same("Ts'ai Ch'ang|Cai Chang|Tsai Chang");
    assert_same("Chi P'eng-fei|Ji Pengfei|Chi Peng-fei");
    assert_same("Lu Ting-i|Lu Dingyi|Lu Ting-yi");
    assert_same("Chao Tzu-yang|Zhao Ziyang|Chao Tze-yang");
    assert_same("Kao Kang|Gao Gang");
    assert_same("Chang Han-fu|Zhang Hanfu|Han-fu Zhang|Han-fu Chang");
}

static void chinese_names_that_differ_do_not_meet(void **state) {
    (void)state;
    assert_different("Chen Yi", "Cheng Yi");
    assert_different("Ho Lung", "Hoe Lung");
    assert_different("Zhang Xueliang", "Zhang Xuelian");
    assert_different("Chang Hsueh-liang", "Zhang Xuelian");
    assert_different("Li Peng", "Li Ping");
    assert_different("Li P'eng", "Li P'ing");
    assert_different("Liu Shaoqi", "Liu Shaoji");
    assert_different("Liu Shao-ch'i", "Liu Shaoji");
    assert_different("Mao Zedong", "Mao Ze");
    assert_different("Mao Zedong", "Mao Zemin");
    assert_different("Chiang Ching-kuo", "Jiang Qing");
    assert_different("Chiang Ch'ing", "Jiang Jing");
    assert_different("Chang Ch'un-ch'iao", "Chang Zhunjiao");
    assert_different("Chou En-lai", "Chou Enlia");
    assert_different("Li Xian", "Li Xi'an");
    assert_different("Li Hsi-an", "Li Xian");
    assert_different("Ch'en I", "Zhen Yi");
}

/* Whatever row of the table a syllable is from, both its systems lead to it. */
static void every_syllable_of_mandarin_meets_itself(void **state) {
    (void)state;
    for (const char *const *row = table_chinese; *row != NULL; row++) {
        search_text rest = search_text_of(*row);
        search_text pinyin;
        search_text spelling;
        char text[64];
        char key[64];
        read_text t;
        table_next(&rest, '\t', &pinyin);
        snprintf(key, sizeof key, "zh:peng-%.*s-tian", (int)pinyin.n_bytes, pinyin.bytes);
        if (memchr(pinyin.bytes, 'v', pinyin.n_bytes) == NULL) {
            snprintf(text, sizeof text, "peng %.*stian", (int)pinyin.n_bytes, pinyin.bytes);
            read_whole(&t, text, false);
            if (!has_key(&t, key))
                fail_msg("%s is not %s", text, key);
            arena_free(&t.memory);
        }
        while (table_next(&rest, ' ', &spelling)) {
            snprintf(text, sizeof text, "P'êng %.*s-t'ien", (int)spelling.n_bytes, spelling.bytes);
            read_whole(&t, text, false);
            if (!has_key(&t, key) || t.n_keys > 2)
                fail_msg("%s is not %s", text, key);
            arena_free(&t.memory);
        }
    }
}

static void chinese_is_read_in_one_system(void **state) {
    (void)state;
    assert_keys("Chiang Zedong", "");
    assert_keys("Deng Hsiao-p'ing", "");
    assert_keys("Teng Hsiao-p'ing", "zh:deng-xiao-ping");
    assert_keys("Mao Tsê-t'ung", "zh:mao-ze-tong");
}

static void runs_end_where_names_do(void **state) {
    (void)state;
    assert_unread("Mao");
    assert_unread("Mao said");
    assert_unread("Chen to the");
    assert_unread("He can");
    assert_unread("he sang");
    assert_unread("long an");
    assert_unread("She Can");
    assert_unread("Zhou En-Nehru");
    assert_unread("Ho Chi Minh");
    assert_unread("ho chi minh");
    assert_unread("Hole");
    assert_unread("Malaya");
    assert_unread("Chinese");
    assert_unread("I also");
    assert_unread("Shao-chi");
    assert_unread("Kong are");
    assert_unread("Chiang He");
    assert_unread("Lima");
    assert_keys("Chen Yi to", "zh:chen-yi");
    assert_keys("Zhou Enlai Nehru", "zh:zhou-en-lai");
    assert_keys("Zhou Enlai-Nehru", "zh:zhou-en-lai");
    assert_keys("Zhou Enlai Li Peng", "zh:zhou-en-lai");
}

static void names_in_a_list_are_read_apart(void **state) {
    (void)state;
    read_text t;
    read_whole(&t, "Chen Yi Liu Shaoqi", true);
    assert_true(has_key(&t, "zh:chen-yi"));
    arena_free(&t.memory);
    read_whole(&t, "Kim Ku Pak Hon-yong", true);
    assert_true(has_key(&t, "ko:gim-gu"));
    arena_free(&t.memory);
    read_whole(&t, "Il-sung Pak Hon-yong", true);
    assert_false(has_key(&t, "ko:bak-il-seong"));
    arena_free(&t.memory);
}

static void chinese_places_meet(void **state) {
    (void)state;
    assert_same("Beijing|Peking|Pei-ching|Peiching|beijing|PEKING|Bei-jing");
    assert_same("Nanjing|Nanking|Nan-ching");
    assert_same("Tianjin|Tientsin|T'ien-chin");
    assert_same("Guangzhou|Canton|Kuang-chou|Kwangchow");
    assert_same("Chongqing|Chungking|Ch'ung-ch'ing|Ch'ungch'ing");
    assert_same("Xi'an|Sian|Hsi-an|Hsian|Xian");
    assert_same("Shanxi|Shansi|Shan-hsi");
    assert_same("Shaanxi|Shensi");
    assert_same("Qingdao|Tsingtao|Ch'ing-tao");
    assert_same("Xiamen|Amoy|Hsia-men");
    assert_same("Jinmen|Kinmen|Quemoy|Chin-men");
    assert_same("Mazu|Matsu|Ma-tsu");
    assert_same("Fujian|Fukien|Fu-chien");
    assert_same("Zhejiang|Chekiang|Che-chiang");
    assert_same("Jilin|Kirin|Chi-lin");
    assert_same("Heilongjiang|Heilungkiang|Hei-lung-chiang");
    assert_same("Yan'an|Yenan|Yen-an|Yanan");
    assert_same("Xinjiang|Sinkiang|Hsin-chiang");
    assert_same("Taibei|Taipei|T'ai-pei");
    assert_same("Lüda|Luda|Lü-ta|Lu-ta");
    assert_same("Huanghe|Hwang Ho|Huang-ho|Hwangho");
    assert_same("Hong Kong|Hongkong|Xianggang|Hsiang-kang");
    assert_same("Shenyang|Shen-yang");
    assert_same("Dandong|Tan-tung");
    assert_same("Andong|Antung|An-tung");
    assert_same("Xinhua|Hsinhua|Hsin-hua");
    assert_same("Renmin Ribao|Jenmin Jihpao|Jen-min Jih-pao|Jen-min jih-pao");
    assert_same("Ta Kung Pao|Dagongbao|Ta-kung-pao");
    assert_same("Kuomintang|Guomindang|Kuo-min-tang");
    assert_same("Tachen|Dachen|Ta-ch'en");
    assert_different("Antung", "Dandong");
    assert_different("Shanxi", "Shaanxi");
    assert_different("Shansi", "Shensi");
    assert_different("Shan-hsi", "Shaanxi");
    assert_different("Beijing", "Beiping");
    assert_different("Peking", "Peiping");
    assert_different("Hunan", "Henan");
    assert_different("Honan", "Hunan");
    assert_different("Ch'ang-chou", "Zhangzhou");
    assert_different("Jinan", "Ji'an");
    assert_different("Guangxi", "Guangdong");
    assert_keys("Peking-Hankow", "zh-place:bei-jing");
    assert_keys("Peking University", "zh-place:bei-jing");
}

/* ---- Korean ---- */

static void korean_systems_meet(void **state) {
    (void)state;
    assert_same(
        "Kim Il-sung|Kim Il Sung|Kim Ilsong|KIM ILSUNG|Kim Il-sŏng|Kim Il-seong|kim il sung|Kim Ilsung|Gim Ilseong");
    assert_same("Pak Hŏn-yŏng|Pak Hon Yong|Park Heon-young|PAK HEONYEONG|Pak Heon-yeong|Pak Heon-young|Bak Heonyeong");
    assert_same("Pak Chŏng-hŭi|Park Chung Hee|Park Chung-hee|Pak Jong Hui|Bak Jeonghui|Pak Chong-hui");
    assert_same("Kim Ku|Kim Gu|Kim Koo");
    assert_same("Ri Ju-yeon|Ri Ju Yon|Yi Chu-yŏn|Lee Joo-yeon");
    assert_same("Kim Thae Hui|Kim Tae-hui|Kim T'ae-hŭi|Kim Taehui|Kim Tae-hee");
    assert_same("Kim Jong Il|Kim Chŏng-il|Kim Jong-il|Kim Jeongil|Kim Chong-il|Kim Jeong-il|Kim Chongil");
    assert_same("Choe Yong Gon|Ch'oe Yong-gŏn|Choi Yong-kun|Choe Yonggeon");
    assert_same("Syngman Rhee|Rhee Syngman|RHEE SYNGMANN|Yi Sŭng-man|Ri Sung Man|Lee Seung-man|syngman rhee");
    assert_same("Roh Tae-woo|No T'ae-u|Ro Thae U|Noh Tae-woo");
    assert_same("Chun Doo-hwan|Chŏn Tu-hwan|Jeon Duhwan|Chun Doo Hwan");
    assert_same("Kim Dae-jung|Kim Tae-jung|Kim Dai-jung|Kim Tae-chung|Kim Dae Jung");
    assert_same("Kim Yong Nam|Kim Yŏng-nam|Kim Young-nam|Kim Yeongnam");
    assert_same("Kim Young-sam|Kim Yŏng-sam|Kim Yong Sam");
    assert_same("Yun Posun|Yun Po-sŏn|Yoon Bo-seon|Yun Bo-seon");
    assert_same("Chang Myŏn|Chang Myun|Jang Myeon|Chang Myon");
    assert_same("Pak Sŏng-ch'ŏl|Pak Song Chol|Park Seong-cheol|Pak Song-ch'ol|Park Sung-chul");
    assert_same("Rim Ch'un-ch'u|Rim Chun Chu|Im Ch'un-ch'u|Lim Chun-chu");
    assert_same("Dae-jung Kim|Kim Dae-jung");
    assert_same("Kim Ch'aek|Kim Chaek");
    assert_same("Kim Tu-bong|Kim Tu Bong|Kim Du-bong|Kim Doo-bong");
    assert_same("Hŏ Ka-i|Ho Ka-i|Heo Ga-i");
    assert_same("Yŏ Un-hyŏng|Yo Un-hyong|Lyuh Un-hyong|Yeo Un-hyeong");
    assert_same("Paek Nam-un|Baek Nam-un|Paik Nam-un");
    assert_same("Hong Myŏng-hŭi|Hong Myong Hui|Hong Myeong-hui|Hong Myung-hee");
    assert_same("Yi Sang-cho|Li Sang Cho|Ri Sang Jo|Lee Sang-jo|Ri Sang-cho");
    assert_same("Hwang Chang-yŏp|Hwang Jang Yop|Hwang Jang-yeop|Hwang Jang-yop");
    assert_same("Yi Hu-rak|Lee Hu-rak|Lee Hoo-rak|Yi Hurak|Ri Hu Rak");
    assert_same("Kim Chong-p'il|Kim Jong-pil|Kim Jongpil|Kim Jong Phil");
    assert_same("Chŏng Il-gwŏn|Chung Il-kwon|Jong Il Gwon|Jeong Ilgwon");
    assert_same("Pak Kŭm-ch'ŏl|Pak Kum Chol|Park Geum-cheol");
    assert_same("Ch'oe Ch'ang-ik|Choe Chang Ik|Choi Chang-ik|Choe Changik|CHOE CHANG-IK");
    assert_same("Yun Kong-hŭm|Yun Kong Hum|Yoon Gong-heum|Yun Konghum");
    assert_same("Sŏ Hwi|So Hwi|Seo Hwi");
    assert_same("Sin Ik-hŭi|Shin Ik-hee|Shin Ikhee|Sin Ikhui");
    assert_same("Yi Sŭng-yŏp|Ri Sung Yop|Lee Seung-yeop|Yi Sung-yop");
    assert_same("Kang Kŏn|Kang Kon|Kang Gon|Kang Geon");
    assert_same("Hŏ Chŏng|Heo Jeong|Huh Chung|Ho Chong");
    assert_same("O Chin-u|O Jin U|Oh Jin-woo|O Jin-u");
    assert_same("Paek Sŏn-yŏp|Paik Sun-yup|Baek Seon-yeop|Paek Son-yop");
    assert_same("Mun Chae-in|Moon Jae-in|Moon Jaein|Mun Jae In");
    assert_same("Kim Chae-pong|Kim Jae Bong|Kim Chaebong");
}

static void korean_names_that_differ_do_not_meet(void **state) {
    (void)state;
    assert_different("Kim Il-sung", "Kim Il");
    assert_different("Kim Jong-il", "Kim Jong-un");
    assert_different("Pak Chung-hee", "Pak Chun-hee");
    assert_different("Pak Hŏn-yŏng", "Pak Hon-yŏng");
    assert_different("Kim Il-sung", "Kim Il-san");
    assert_different("Kim Tae-hui", "Kim Dae-jung");
    assert_different("Kim Dae-hui", "Kim T'ae-hŭi");
    assert_different("Kim Jong-il", "Kim Jin-il");
    assert_different("Pak Chŏng-hŭi", "Pak Chung-hŭi");
    assert_different("Chŏng Il-gwŏn", "Chŏng Il-gwan");
    assert_different("Ch'oe Yong-gŏn", "Cho Yong-gŏn");
    assert_different("Kim Young-sam", "Kim Young-nam");
    assert_different("Seung-hyun Lee", "Lee Seung-hun");
    assert_different("Kim Tu-bong", "Kim Tu-bon");
}

static void english_is_not_korean(void **state) {
    (void)state;
    assert_unread("Park Avenue");
    assert_unread("Park in the");
    assert_unread("No man");
    assert_unread("So in");
    assert_unread("So In");
    assert_unread("Lee Harvey Oswald");
    assert_unread("Hyde Park");
    assert_unread("Kim");
    assert_unread("song in");
    assert_unread("you may");
    assert_unread("no man");
    assert_unread("Robert Lee");
    assert_unread("Lee also");
    assert_unread("Lee So");
    assert_unread("I In");
    assert_unread("In London");
    assert_unread("No Change");
    assert_unread("O Ja1240");
    assert_unread("Japan in");
    assert_keys("Taiwan seem", "zh-place:tai-wan");
    assert_unread("Chung-hee");
}

static void korean_places_meet(void **state) {
    (void)state;
    assert_same("P'yŏngyang|Pyongyang|Phyongyang|Pyeongyang|P'yongyang|P'yŏng-yang|pyongyang");
    assert_same("Seoul|Sŏul|SEOUL");
    assert_same("Pusan|Busan");
    assert_same("Inch'ŏn|Incheon|Inchon|Inch'on");
    assert_same("Kaesŏng|Kaesong|Gaeseong");
    assert_same("Wŏnsan|Wonsan");
    assert_same("Hamhŭng|Hamheung|Hamhung");
    assert_same("Hŭngnam|Hungnam|Heungnam");
    assert_same("Ch'ŏngjin|Chongjin|Cheongjin");
    assert_same("Hoeryŏng|Hoeryong|Hoiryong|Hoeryeong");
    assert_same("Sinŭiju|Sinuiju|Shinuiju");
    assert_same("P'anmunjŏm|Panmunjom|Phanmunjom|Panmunjeom");
    assert_same("Taegu|Daegu");
    assert_same("Taejŏn|Daejeon|Taejon");
    assert_same("Kwangju|Gwangju");
    assert_same("Cheju|Jeju");
    assert_same("Kŏje|Koje|Geoje");
    assert_same("Hamgyŏng|Hamgyong|Hamgyeong");
    assert_same("P'yŏngan|Pyongan|Pyeongan");
    assert_same("Kangwŏn|Kangwon|Gangwon");
    assert_same("Kyŏnggi|Kyonggi|Gyeonggi");
    assert_same("Paektu|Baekdu|Paekdu");
    assert_same("Sup'ung|Supung|Suphung");
    assert_same("Chŏlla|Cholla|Jeolla");
    assert_different("Ch'ŏngju", "Chŏngju");
    assert_different("Cheongju", "Jeongju");
    assert_different("Chŏnju", "Chinju");
    assert_different("Hamhŭng", "Hŭngnam");
    assert_different("Sunan", "Sunch'ŏn");
    assert_different("Seoul", "Sol");
    assert_different("Kwangju", "Kyŏngju");
}

/* ---- Anything ---- */

static const char *const pieces[] = {"kim", "Il",  "sung", "Mao",  "tse", "-",  " ", "'",  "ŏ",
                                     "ü",   "ch'", "ng",   "a",    "1",   "²",  "́",  "金", "æ",
                                     "Pak", "ju",  "hs",   "hsia", "ua",  "eo", "x", "Ri"};

static void any_words_are_read_safely(void **state) {
    (void)state;
    uint32_t seed = 7;
    for (size_t round = 0; round < 20000; round++) {
        char text[256] = "";
        for (size_t i = 0; i < 1 + round % 20; i++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(text, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        read_text t;
        read_whole(&t, text, true);
        arena_free(&t.memory);
    }
}

static void long_words_are_no_names(void **state) {
    (void)state;
    size_t n_bytes = 1 << 20;
    char *text = malloc(n_bytes);
    assert_non_null(text);
    for (size_t i = 0; i < n_bytes; i++)
        text[i] = "aneo"[i % 4];
    const size_t lengths[] = {1, 23, 24, 25, 200, n_bytes};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        read_text t = {.n_words = 2};
        t.words[0] = (reading_word){.folded = {text, lengths[i]}, .is_capital = true};
        t.words[1] = t.words[0];
        visit_both(&t);
        chinese_may_begin(zh, t.words[0].folded);
        korean_may_begin(ko, t.words[0].folded);
        arena_free(&t.memory);
    }
    free(text);
}

static search_status refuse(void *context, const reading *r, search_error *error) {
    (void)r;
    ++*(size_t *)context;
    return error_set(error, SEARCH_E_INTERNAL, "test", "enough");
}

static void a_visit_may_end_it(void **state) {
    (void)state;
    size_t n_visits = 0;
    read_text t = {.n_words = 0};
    split_words(&t, "Mao Tse-tung");
    assert_int_equal(chinese_visit(zh, t.words, t.n_words, refuse, &n_visits, NULL), SEARCH_E_INTERNAL);
    assert_int_equal(n_visits, 1);
    arena_free(&t.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wade_giles_meets_pinyin),
        cmocka_unit_test(chinese_names_that_differ_do_not_meet),
        cmocka_unit_test(every_syllable_of_mandarin_meets_itself),
        cmocka_unit_test(chinese_is_read_in_one_system),
        cmocka_unit_test(runs_end_where_names_do),
        cmocka_unit_test(names_in_a_list_are_read_apart),
        cmocka_unit_test(chinese_places_meet),
        cmocka_unit_test(korean_systems_meet),
        cmocka_unit_test(korean_names_that_differ_do_not_meet),
        cmocka_unit_test(english_is_not_korean),
        cmocka_unit_test(korean_places_meet),
        cmocka_unit_test(any_words_are_read_safely),
        cmocka_unit_test(long_words_are_no_names),
        cmocka_unit_test(a_visit_may_end_it),
    };
    return cmocka_run_group_tests(tests, open_languages, close_languages);
}
