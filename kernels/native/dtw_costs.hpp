// Vectors of one instruction set, and the costs of a step's cells. No include guard: dtw.cpp includes this and
// dtw_sweep.hpp once per set, in a namespace and a target region of its own, with LAKHDB_LANES defined.

constexpr int W = LAKHDB_LANES;
constexpr int kBlock = W * kRows;

typedef float F __attribute__((vector_size(4 * LAKHDB_LANES)));
typedef int32_t I __attribute__((vector_size(4 * LAKHDB_LANES)));
typedef uint32_t U __attribute__((vector_size(4 * LAKHDB_LANES)));

template <typename V>
inline V load(const void* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

template <typename V>
inline void store(void* p, V v) {
    __builtin_memcpy(p, &v, sizeof v);
}

#if LAKHDB_LANES == 16

typedef __mmask16 M;
inline M less_equal(F x, F y) { return _mm512_cmp_ps_mask(x, y, _CMP_LE_OQ); }
inline M started(int t) { return static_cast<M>(t < W - 1 ? 0xffffu << (W - 1 - t) : 0xffffu); }
inline uint32_t bits(M m) { return m; }
// Costs are never negative, and such floats are ordered as their bits; integers have twice the ports.
inline F lower(F x, F y) { return (F)_mm512_min_epi32((__m512i)x, (__m512i)y); }
inline F pick(M m, F x, F y) { return _mm512_mask_blend_ps(m, y, x); }
inline I pick(M m, I x, I y) { return (I)_mm512_mask_blend_epi32(m, (__m512i)y, (__m512i)x); }
// m ? x + 1 : y
inline I pick_next(M m, I x, I y) {
    return (I)_mm512_mask_add_epi32((__m512i)y, m, (__m512i)x, _mm512_set1_epi32(1));
}
// Every lane takes its upper neighbour's value, the top lane takes x.
inline F enter(F v, float x) {
    return (F)_mm512_alignr_epi32(_mm512_castps_si512(_mm512_set1_ps(x)), (__m512i)v, 1);
}
inline I enter(I v, int32_t x) { return (I)_mm512_alignr_epi32(_mm512_set1_epi32(x), (__m512i)v, 1); }

#else

typedef I M;
inline M less_equal(F x, F y) { return x <= y; }
inline M started(int t) {
    M m;
    for (int l = 0; l < W; ++l) m[l] = t - (W - 1 - l) >= 0 ? -1 : 0;
    return m;
}
inline uint32_t bits(M m) {
    uint32_t word = 0;
    for (int l = 0; l < W; ++l) word |= (static_cast<uint32_t>(m[l]) & 1u) << l;
    return word;
}
inline F lower(F x, F y) { return x < y ? x : y; }
inline F pick(M m, F x, F y) { return m ? x : y; }
inline I pick(M m, I x, I y) { return m ? x : y; }
inline I pick_next(M m, I x, I y) { return m ? x + 1 : y; }
#if defined(__clang__) && LAKHDB_LANES == 8
#define LAKHDB_ENTER(v, w) __builtin_shufflevector(v, w, 1, 2, 3, 4, 5, 6, 7, 8)
#elif defined(__clang__)
#define LAKHDB_ENTER(v, w) __builtin_shufflevector(v, w, 1, 2, 3, 4)
#elif LAKHDB_LANES == 8
#define LAKHDB_ENTER(v, w) __builtin_shuffle(v, w, I{1, 2, 3, 4, 5, 6, 7, 8})
#else
#define LAKHDB_ENTER(v, w) __builtin_shuffle(v, w, I{1, 2, 3, 4})
#endif
inline F enter(F v, float x) { return LAKHDB_ENTER(v, F{} + x); }
inline I enter(I v, int32_t x) { return LAKHDB_ENTER(v, I{} + x); }
#undef LAKHDB_ENTER

#endif

// 1 - cosine of uint8 frames. Their products are whole numbers below 2^24, exact in int32 and in float32
// alike, so all instruction sets give the same costs to the last bit.
class Cosine {
  public:
    using Element = uint8_t;
#if LAKHDB_LANES == 16
    using Word = uint32_t;  // four bins
    using Dot = __m512i;
    static constexpr int kBins = 4;
#else
    using Word = float;  // one bin
    using Dot = F;
    static constexpr int kBins = 1;
#endif

    Cosine(const uint8_t* midi, int n, int d)
        : d_(d), n_words_((d + 2 * kBins - 1) / (2 * kBins) * 2), n_blocks_((n + kBlock - 1) / kBlock),
          words_(static_cast<std::size_t>(n_blocks_) * n_words_ * kBlock),
          inverse_(static_cast<std::size_t>(n_blocks_) * kBlock) {
        for (int i = 0; i < n; ++i) {
            const int row = i % kBlock, lane = W - 1 - row / kRows;
            const std::size_t at = (row % kRows) * W + lane, block = i / kBlock;
            const uint8_t* frame = midi + static_cast<std::size_t>(i) * d;
            inverse_[block * kBlock + at] = invert_norm(frame);
            for (int k = 0; k < n_words_; ++k)
                words_[(block * n_words_ + k) * kBlock + at] = pack(frame, k, kBins == 4 ? 0x80808080u : 0);
        }
    }

    int n_blocks() const { return n_blocks_; }

    // Lay audio out bin by bin. What the margins hold is of no matter: lanes are there outside the matrix.
    void prepare(const uint8_t* audio, int m, Scratch& scratch) const {
        const std::size_t stride = m + 2 * W;
        scratch.words.resize(stride * n_words_);
        scratch.inverse.resize(stride);
        scratch.offset.resize(stride);
        Word* words = reinterpret_cast<Word*>(scratch.words.data());
        for (int j = 0; j < m; ++j) {
            const uint8_t* frame = audio + static_cast<std::size_t>(j) * d_;
            int sum = 0;
            for (int k = 0; k < d_; ++k) sum += frame[k];
            scratch.offset[W - 1 + j] = 128 * sum;
            scratch.inverse[W - 1 + j] = invert_norm(frame);
            for (int k = 0; k < n_words_; ++k) words[k * stride + W - 1 + j] = pack(frame, k, 0);
        }
    }

    inline __attribute__((always_inline)) void costs(int block, int t, int m, const Scratch& scratch,
                                                     F* cost) const {
        const std::size_t stride = m + 2 * W;
        const Word* audio = reinterpret_cast<const Word*>(scratch.words.data()) + t;
        const Word* midi = words_.data() + static_cast<std::size_t>(block) * n_words_ * kBlock;
        F dot[kRows];
        dots(midi, audio, stride, scratch.offset.data() + t, dot);
        const F inverse = load<F>(scratch.inverse.data() + t);
        for (int r = 0; r < kRows; ++r) {
            const F midi_inverse = load<F>(inverse_.data() + static_cast<std::size_t>(block) * kBlock + r * W);
            const F cosine = dot[r] * inverse * midi_inverse;
            // Rounding can lift a cosine above 1; the sweep is promised costs from 0.
            cost[r] = lower(cosine, F{} + 1.0f);
            cost[r] = 1.0f - cost[r];
        }
    }

  private:
    float invert_norm(const uint8_t* frame) const {
        int square = 0;
        for (int k = 0; k < d_; ++k) square += frame[k] * frame[k];
        return square ? static_cast<float>(1.0 / __builtin_sqrt(static_cast<double>(square))) : 0.0f;
    }

#if LAKHDB_LANES == 16
    // `flip` turns unsigned bytes into signed ones 128 lower, which the instruction wants on one side.
    Word pack(const uint8_t* frame, int k, uint32_t flip) const {
        Word word = 0;
        if (4 * k + 4 <= d_)
            __builtin_memcpy(&word, frame + 4 * k, 4);
        else
            for (int bin = 4 * k; bin < d_; ++bin) word |= static_cast<Word>(frame[bin]) << 8 * (bin - 4 * k);
        return word ^ flip;
    }

    static inline Dot start_dot(const int32_t* offset) { return load<Dot>(offset); }
    static inline Dot multiply_add(Dot sum, Dot audio, Dot midi) { return _mm512_dpbusd_epi32(sum, audio, midi); }
    static inline F finish_dot(Dot even, Dot odd) { return _mm512_cvtepi32_ps(_mm512_add_epi32(even, odd)); }
#else
    Word pack(const uint8_t* frame, int k, uint32_t) const { return k < d_ ? frame[k] : 0.0f; }

    static inline Dot start_dot(const int32_t*) { return Dot{}; }
    static inline F finish_dot(Dot even, Dot odd) { return even + odd; }
    static inline Dot multiply_add(Dot sum, Dot audio, Dot midi) { return sum + audio * midi; }
#endif

    // Two sums a row: one alone would wait for the instruction's latency, and the sweep for both.
    inline __attribute__((always_inline)) void dots(const Word* midi, const Word* audio, std::size_t stride,
                                                    const int32_t* offset, F* dot) const {
        Dot even[kRows], odd[kRows];
        for (int r = 0; r < kRows; ++r) {
            even[r] = start_dot(offset);
            odd[r] = Dot{};
        }
        for (int k = 0; k < n_words_; k += 2, audio += 2 * stride, midi += 2 * kBlock) {
            const Dot first = load<Dot>(audio), second = load<Dot>(audio + stride);
#pragma GCC unroll 4
            for (int r = 0; r < kRows; ++r) {
                even[r] = multiply_add(even[r], first, load<Dot>(midi + r * W));
                odd[r] = multiply_add(odd[r], second, load<Dot>(midi + kBlock + r * W));
            }
        }
        for (int r = 0; r < kRows; ++r) dot[r] = finish_dot(even[r], odd[r]);
    }

    int d_, n_words_, n_blocks_;
    Buffer<Word> words_;     // (block, word, row, lane)
    Buffer<float> inverse_;  // (block, row, lane)
};

// Hamming distance of 32-bit hashes, over 32.
class Hamming {
  public:
    using Element = uint32_t;

    Hamming(const uint32_t* midi, int n, int)
        : n_blocks_((n + kBlock - 1) / kBlock), words_(static_cast<std::size_t>(n_blocks_) * kBlock) {
        for (int i = 0; i < n; ++i) {
            const int row = i % kBlock;
            words_[i / kBlock * kBlock + (row % kRows) * W + W - 1 - row / kRows] = midi[i];
        }
    }

    int n_blocks() const { return n_blocks_; }

    void prepare(const uint32_t* audio, int m, Scratch& scratch) const {
        scratch.words.resize(m + 2 * W);
        __builtin_memcpy(scratch.words.data() + W - 1, audio, sizeof(uint32_t) * m);
    }

    inline __attribute__((always_inline)) void costs(int block, int t, int, const Scratch& scratch, F* cost) const {
        const U audio = load<U>(scratch.words.data() + t);
        for (int r = 0; r < kRows; ++r)
            cost[r] = __builtin_convertvector(count_bits(audio ^ load<U>(words_.data() + block * kBlock + r * W)), F) *
                      (1.0f / 32.0f);
    }

  private:
#if LAKHDB_LANES == 16
    static inline I count_bits(U x) { return (I)_mm512_popcnt_epi32((__m512i)x); }
#else
    static inline I count_bits(U x) {
        x = x - (x >> 1 & 0x55555555u);
        x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
        return (I)(((x + (x >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24);
    }
#endif

    int n_blocks_;
    Buffer<uint32_t> words_;  // (block, row, lane)
};
