// Best cosine of a tile of windows with any query window, for one instruction set. No include guard: scan.cpp
// includes this once per set, in a namespace and a target region of its own, with LAKHDB_LANES defined.
//
// A lane is a window. Codes are laid out word by word: a word holds, for one lane, as many neighbouring
// dimensions as one instruction multiplies and adds. All sums are whole numbers below 2^24, exact in int32 and
// in float32 alike, and no product is rounded twice: every set gives the same answers to the last bit.

constexpr int W = LAKHDB_LANES;

#if LAKHDB_LANES == 16

// Four unsigned by four signed bytes: windows are lifted by 128, and the sum starts below by as much.
using Word = __m512i;
using Sum = __m512i;
using Floats = __m512;
constexpr int kWordDims = 4, kGroups = 4, kQueries = 4;

inline Word load_word(const int32_t* p) { return _mm512_load_si512(p); }
inline Word spread_word(int32_t x) { return _mm512_set1_epi32(x); }
inline Sum start_sum(int32_t query_total) { return _mm512_set1_epi32(-128 * query_total); }
inline Sum multiply_add(Sum sum, Word window, Word query) { return _mm512_dpbusd_epi32(sum, window, query); }
inline Floats to_floats(Sum sum) { return _mm512_cvtepi32_ps(sum); }

inline int32_t pack_query(const int8_t* codes, int d, int word) {
    uint32_t packed = 0;
    for (int k = 0; k < 4 && 4 * word + k < d; ++k)
        packed |= static_cast<uint32_t>(static_cast<uint8_t>(codes[4 * word + k])) << 8 * k;
    return static_cast<int32_t>(packed);
}

// 64 dimensions of 16 windows: rows of words become words of lanes.
constexpr int kChunkWords = 16;
inline void transpose_chunk(const int8_t* const* rows, int at, int n, int32_t* words, int stride) {
    const __mmask64 there = n >= 64 ? ~0ull : (1ull << n) - 1;
    const __m512i lift = _mm512_set1_epi8(-128);
    __m512i a[16], b[16];
    for (int r = 0; r < 16; ++r) a[r] = _mm512_xor_si512(_mm512_maskz_loadu_epi8(there, rows[r] + at), lift);
    for (int r = 0; r < 16; r += 2) {
        b[r] = _mm512_unpacklo_epi32(a[r], a[r + 1]);
        b[r + 1] = _mm512_unpackhi_epi32(a[r], a[r + 1]);
    }
    for (int r = 0; r < 16; r += 4) {
        for (int h = 0; h < 2; ++h) {
            a[r + 2 * h] = _mm512_unpacklo_epi64(b[r + h], b[r + h + 2]);
            a[r + 2 * h + 1] = _mm512_unpackhi_epi64(b[r + h], b[r + h + 2]);
        }
    }
    for (int c = 0; c < 4; ++c) {
        b[c] = _mm512_shuffle_i32x4(a[c], a[c + 4], 0x88);
        b[c + 4] = _mm512_shuffle_i32x4(a[c], a[c + 4], 0xdd);
        b[c + 8] = _mm512_shuffle_i32x4(a[c + 8], a[c + 12], 0x88);
        b[c + 12] = _mm512_shuffle_i32x4(a[c + 8], a[c + 12], 0xdd);
    }
    for (int c = 0; c < 4; ++c) {
        _mm512_store_si512(words + c * stride, _mm512_shuffle_i32x4(b[c], b[c + 8], 0x88));
        _mm512_store_si512(words + (c + 4) * stride, _mm512_shuffle_i32x4(b[c + 4], b[c + 12], 0x88));
        _mm512_store_si512(words + (c + 8) * stride, _mm512_shuffle_i32x4(b[c], b[c + 8], 0xdd));
        _mm512_store_si512(words + (c + 12) * stride, _mm512_shuffle_i32x4(b[c + 4], b[c + 12], 0xdd));
    }
}

inline void keep_better(Floats cosine, int query, float* best, int32_t* best_query) {
    const Floats known = _mm512_load_ps(best);
    const __mmask16 better = _mm512_cmp_ps_mask(cosine, known, _CMP_GT_OQ);
    _mm512_store_ps(best, _mm512_mask_blend_ps(better, known, cosine));
    _mm512_mask_store_epi32(best_query, better, _mm512_set1_epi32(query));
}

inline Floats scale(Floats x, float y) { return _mm512_mul_ps(x, _mm512_set1_ps(y)); }

#elif LAKHDB_LANES == 8

// Two by two signed 16-bit numbers.
using Word = __m256i;
using Sum = __m256i;
using Floats = __m256;
constexpr int kWordDims = 2, kGroups = 2, kQueries = 4;

inline Word load_word(const int32_t* p) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(p)); }
inline Word spread_word(int32_t x) { return _mm256_set1_epi32(x); }
inline Sum start_sum(int32_t) { return _mm256_setzero_si256(); }
inline Sum multiply_add(Sum sum, Word window, Word query) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(window, query));
}
inline Floats to_floats(Sum sum) { return _mm256_cvtepi32_ps(sum); }

inline int32_t pack_query(const int8_t* codes, int d, int word) {
    const uint32_t low = static_cast<uint16_t>(codes[2 * word]);
    const uint32_t high = 2 * word + 1 < d ? static_cast<uint16_t>(codes[2 * word + 1]) : 0;
    return static_cast<int32_t>(low | high << 16);
}

// 16 dimensions of 8 windows.
constexpr int kChunkWords = 8;
inline void transpose_chunk(const int8_t* const* rows, int at, int n, int32_t* words, int stride) {
    __m256i a[8], b[8];
    for (int r = 0; r < 8; ++r) {
        alignas(16) int8_t codes[16] = {};
        const int8_t* from = rows[r] + at;
        if (n < 16) {
            __builtin_memcpy(codes, from, n);
            from = codes;
        }
        a[r] = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    }
    for (int r = 0; r < 8; r += 2) {
        b[r] = _mm256_unpacklo_epi32(a[r], a[r + 1]);
        b[r + 1] = _mm256_unpackhi_epi32(a[r], a[r + 1]);
    }
    for (int r = 0; r < 8; r += 4) {
        for (int h = 0; h < 2; ++h) {
            a[r + 2 * h] = _mm256_unpacklo_epi64(b[r + h], b[r + h + 2]);
            a[r + 2 * h + 1] = _mm256_unpackhi_epi64(b[r + h], b[r + h + 2]);
        }
    }
    for (int c = 0; c < 4; ++c) {
        _mm256_store_si256(reinterpret_cast<__m256i*>(words + c * stride), _mm256_permute2x128_si256(a[c], a[c + 4], 0x20));
        _mm256_store_si256(reinterpret_cast<__m256i*>(words + (c + 4) * stride),
                           _mm256_permute2x128_si256(a[c], a[c + 4], 0x31));
    }
}

inline void keep_better(Floats cosine, int query, float* best, int32_t* best_query) {
    const Floats known = _mm256_load_ps(best);
    const Floats better = _mm256_cmp_ps(cosine, known, _CMP_GT_OQ);
    _mm256_store_ps(best, _mm256_blendv_ps(known, cosine, better));
    _mm256_maskstore_epi32(best_query, _mm256_castps_si256(better), _mm256_set1_epi32(query));
}

inline Floats scale(Floats x, float y) { return _mm256_mul_ps(x, _mm256_set1_ps(y)); }

#else

// One number, as a float: compilers turn the loops over lanes into what the machine has.
struct Floats {
    float lane[W];
};
using Word = Floats;
using Sum = Floats;
constexpr int kWordDims = 1, kGroups = 1, kQueries = 4;

inline Word load_word(const int32_t* p) {
    Word word;
    __builtin_memcpy(&word, p, sizeof word);
    return word;
}
inline Word spread_word(int32_t x) {
    float value;
    __builtin_memcpy(&value, &x, sizeof value);
    Word word;
    for (int l = 0; l < W; ++l) word.lane[l] = value;
    return word;
}
inline Sum start_sum(int32_t) { return Sum{}; }
inline Sum multiply_add(Sum sum, const Word& window, const Word& query) {
    for (int l = 0; l < W; ++l) sum.lane[l] += window.lane[l] * query.lane[l];
    return sum;
}
inline Floats to_floats(const Sum& sum) { return sum; }

inline int32_t pack_query(const int8_t* codes, int, int word) {
    const float value = codes[word];
    int32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

constexpr int kChunkWords = 1;
inline void transpose_chunk(const int8_t* const* rows, int at, int, int32_t* words, int) {
    for (int l = 0; l < W; ++l) {
        const float value = rows[l][at];
        __builtin_memcpy(words + l, &value, sizeof value);
    }
}

inline void keep_better(const Floats& cosine, int query, float* best, int32_t* best_query) {
    for (int l = 0; l < W; ++l) {
        if (cosine.lane[l] <= best[l]) continue;
        best[l] = cosine.lane[l];
        best_query[l] = query;
    }
}

inline Floats scale(Floats x, float y) {
    for (int l = 0; l < W; ++l) x.lane[l] *= y;
    return x;
}

#endif

class LaneScanner final : public Scanner {
  public:
    LaneScanner(const int8_t* query, const float* inverse, int n_queries, int d)
        : n_queries_(n_queries), d_(d), n_words_((d + kWordDims - 1) / kWordDims),
          n_padded_((n_queries + kQueries - 1) / kQueries * kQueries), inverse_(inverse),
          words_(static_cast<std::size_t>(n_padded_) * n_words_), totals_(n_padded_) {
        for (int q = 0; q < n_queries; ++q) {
            const int8_t* codes = query + static_cast<std::size_t>(q) * d;
            for (int k = 0; k < d; ++k) totals_[q] += codes[k];
            for (int k = 0; k < n_words_; ++k) words_[at(q, k)] = pack_query(codes, d, k);
        }
    }

    int tile_size() const override { return kTile; }

    void scan_tile(const int8_t* const* rows, Tile& tile) const override {
        tile.words.resize(static_cast<std::size_t>(padded_words()) * kTile);
        for (int g = 0; g < kGroups; ++g)
            for (int k = 0; k < n_words_; k += kChunkWords)
                transpose_chunk(rows + g * W, k * kWordDims, d_ - k * kWordDims,
                                tile.words.data() + static_cast<std::size_t>(k) * kTile + g * W, kTile);
        for (int w = 0; w < kTile; ++w) {
            tile.best[w] = -std::numeric_limits<float>::infinity();
            tile.best_query[w] = 0;
        }
        for (int q = 0; q < n_queries_; q += kQueries) compare(q, tile);
    }

  private:
    static constexpr int kTile = W * kGroups;
    static_assert(kTile <= kMaxTile);

    int padded_words() const { return (n_words_ + kChunkWords - 1) / kChunkWords * kChunkWords; }

    // Words of the queries that are compared together lie side by side.
    std::size_t at(int q, int k) const {
        return (static_cast<std::size_t>(q / kQueries) * n_words_ + k) * kQueries + q % kQueries;
    }

    void compare(int first, Tile& tile) const {
        Sum sum[kQueries][kGroups];
        for (int q = 0; q < kQueries; ++q)
            for (int g = 0; g < kGroups; ++g) sum[q][g] = start_sum(totals_[first + q]);
        const int32_t* query = words_.data() + at(first, 0);
        const int32_t* window = tile.words.data();
        for (int k = 0; k < n_words_; ++k, query += kQueries, window += kTile) {
            Word words[kGroups];
#pragma GCC unroll 4
            for (int g = 0; g < kGroups; ++g) words[g] = load_word(window + g * W);
#pragma GCC unroll 4
            for (int q = 0; q < kQueries; ++q) {
                const Word spread = spread_word(query[q]);
#pragma GCC unroll 4
                for (int g = 0; g < kGroups; ++g) sum[q][g] = multiply_add(sum[q][g], words[g], spread);
            }
        }
        for (int q = 0; q < kQueries && first + q < n_queries_; ++q)
            for (int g = 0; g < kGroups; ++g)
                keep_better(scale(to_floats(sum[q][g]), inverse_[first + q]), first + q, tile.best + g * W,
                            tile.best_query + g * W);
    }

    int n_queries_, d_, n_words_, n_padded_;
    const float* inverse_;
    std::vector<int32_t> words_;
    std::vector<int32_t> totals_;
};
