#include "sim/engine/random.hpp"

#include "sim/util/simd_clones.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>

#ifdef BULLY_BY_PROCESSOR
#include <immintrin.h>
#endif

namespace bully::sim {
namespace philox {  // with a name: clang 14 takes one of two versions without one for unused

using Word = std::uint32_t;

constexpr std::size_t lanes = 4;

// Philox4x32-10 on counters side by side, the same as Random123's one by one: on the first `count` of them, a multiple
// of `lanes`.
#ifdef BULLY_BY_PROCESSOR
[[gnu::target("default")]]
#endif
void evaluate(const Random::Counters& counters, std::size_t count, Word key0, Word key1, Word* out) {
    using Lanes = std::array<Word, lanes>;
    for (std::size_t first = 0; first < count; first += lanes) {
        Lanes c0;  // NOLINT(*-member-init): written before it is read; likewise the others
        Lanes c1;  // NOLINT(*-member-init)
        Lanes c2;  // NOLINT(*-member-init)
        Lanes c3;  // NOLINT(*-member-init)
        std::copy_n(counters.block.begin() + first, lanes, c0.begin());
        std::copy_n(counters.count.begin() + first, lanes, c1.begin());
        std::copy_n(counters.owner.begin() + first, lanes, c2.begin());
        std::copy_n(counters.purpose.begin() + first, lanes, c3.begin());
        auto k0 = key0;
        auto k1 = key1;
        for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 1
            for (std::size_t i = 0; i < lanes; ++i) {
                const auto a = std::uint64_t{PHILOX_M4x32_0} * c0[i];
                const auto b = std::uint64_t{PHILOX_M4x32_1} * c2[i];
                c0[i] = static_cast<Word>(b >> 32U) ^ c1[i] ^ k0;
                c1[i] = static_cast<Word>(b);
                c2[i] = static_cast<Word>(a >> 32U) ^ c3[i] ^ k1;
                c3[i] = static_cast<Word>(a);
            }
            k0 += PHILOX_W32_0;
            k1 += PHILOX_W32_1;
        }
        for (std::size_t i = 0; i < lanes; ++i) {
            *out++ = c0[i];
            *out++ = c1[i];
            *out++ = c2[i];
            *out++ = c3[i];
        }
    }
}

#ifdef BULLY_BY_PROCESSOR
[[gnu::target("avx2")]] inline __m256i widened(const Word* words) {
    return _mm256_cvtepu32_epi64(
        _mm_load_si128(reinterpret_cast<const __m128i*>(words)));  // NOLINT(*-reinterpret-cast)
}

// The same by hand, in lanes of 64 bits whose upper halves are of no meaning until the end: what gcc 12 makes of the
// above takes twice as long, for all that it moves between lanes.
[[gnu::target("avx2")]] void evaluate(const Random::Counters& counters, std::size_t count, Word key0, Word key1,
                                      Word* out) {
    const auto m0 = _mm256_set1_epi64x(PHILOX_M4x32_0);
    const auto m1 = _mm256_set1_epi64x(PHILOX_M4x32_1);
    for (std::size_t i = 0; i < count; i += lanes) {
        auto c0 = widened(&counters.block[i]);
        auto c1 = widened(&counters.count[i]);
        auto c2 = widened(&counters.owner[i]);
        auto c3 = widened(&counters.purpose[i]);
        auto k0 = key0;
        auto k1 = key1;
        for (int round = 0; round < 10; ++round) {
            const auto a = _mm256_mul_epu32(c0, m0);
            const auto b = _mm256_mul_epu32(c2, m1);
            c0 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), c1), _mm256_set1_epi64x(k0));
            c1 = b;
            c2 = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), c3), _mm256_set1_epi64x(k1));
            c3 = a;
            k0 += PHILOX_W32_0;
            k1 += PHILOX_W32_1;
        }
        const auto c01 = _mm256_blend_epi32(c0, _mm256_slli_epi64(c1, 32), 0xAA);
        const auto c23 = _mm256_blend_epi32(c2, _mm256_slli_epi64(c3, 32), 0xAA);
        const auto even = _mm256_unpacklo_epi64(c01, c23);
        const auto odd = _mm256_unpackhi_epi64(c01, c23);
        auto* const target = reinterpret_cast<__m256i*>(out + 4 * i);  // NOLINT(*-reinterpret-cast)
        _mm256_storeu_si256(target, _mm256_permute2x128_si256(even, odd, 0x20));
        _mm256_storeu_si256(target + 1, _mm256_permute2x128_si256(even, odd, 0x31));
    }
}
#endif

constexpr std::size_t blocks_that_pay = 3;  // side by side

}  // namespace philox

using philox::Word;

void Random::fill(const Counters& counters, std::span<Word> out) const {
    assert(out.size() % 4 == 0 && out.size() <= 4 * Counters::at_once);
    const auto blocks = out.size() / 4;
    if (blocks % philox::lanes == 0) {
        philox::evaluate(counters, blocks, key_[0], key_[1], out.data());
        return;
    }
    std::array<Word, 4 * Counters::at_once> all;  // NOLINT(*-member-init): written before it is read
    philox::evaluate(counters, (blocks + philox::lanes - 1) / philox::lanes * philox::lanes, key_[0], key_[1],
                     all.data());
    std::copy_n(all.begin(), out.size(), out.begin());
}

void Random::fill(Word purpose, Word owner, Word count, Word first_block, std::span<Word> out) const {
    assert(out.size() % 4 == 0);
    if (out.size() / 4 < philox::blocks_that_pay) {
        for (; !out.empty(); out = out.subspan(4)) {
            std::ranges::copy(block(purpose, owner, count, first_block++), out.begin());
        }
        return;
    }
    Counters counters;
    counters.count.fill(count);
    counters.owner.fill(owner);
    counters.purpose.fill(purpose);
    while (!out.empty()) {
        std::iota(counters.block.begin(), counters.block.end(), first_block);
        const auto now = out.first(std::min(out.size(), 4 * Counters::at_once));
        fill(counters, now);
        out = out.subspan(now.size());
        first_block += static_cast<Word>(Counters::at_once);
    }
}

}  // namespace bully::sim
