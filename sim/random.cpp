#include "sim/random.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>

// One version a vector width, chosen when the program is loaded: a package is built for the least processor.
// Sanitizers don't support that.
#if defined(__x86_64__) && defined(__linux__) && !defined(BULLY_SANITIZED)
#define BULLY_VECTORISED [[gnu::target_clones("avx512f", "avx2", "default")]]
#else
#define BULLY_VECTORISED
#endif

namespace bully::sim {
namespace {

constexpr std::size_t lanes = 16;
using Lanes = std::array<std::uint32_t, lanes>;

// Philox4x32-10 on `lanes` counters side by side, the same as Random123's one by one.
BULLY_VECTORISED void philox(std::uint32_t first_block, std::uint32_t count, std::uint32_t owner, std::uint32_t purpose,
                             std::uint32_t key0, std::uint32_t key1, std::uint32_t* out) {
    Lanes c0;  // NOLINT(*-member-init)
    Lanes c1;  // NOLINT(*-member-init)
    Lanes c2;  // NOLINT(*-member-init)
    Lanes c3;  // NOLINT(*-member-init)
    for (std::size_t i = 0; i < lanes; ++i) {
        c0[i] = first_block + static_cast<std::uint32_t>(i);
        c1[i] = count;
        c2[i] = owner;
        c3[i] = purpose;
    }
    for (int round = 0; round < 10; ++round) {
        for (std::size_t i = 0; i < lanes; ++i) {
            const auto a = std::uint64_t{PHILOX_M4x32_0} * c0[i];
            const auto b = std::uint64_t{PHILOX_M4x32_1} * c2[i];
            c0[i] = static_cast<std::uint32_t>(b >> 32U) ^ c1[i] ^ key0;
            c1[i] = static_cast<std::uint32_t>(b);
            c2[i] = static_cast<std::uint32_t>(a >> 32U) ^ c3[i] ^ key1;
            c3[i] = static_cast<std::uint32_t>(a);
        }
        key0 += PHILOX_W32_0;
        key1 += PHILOX_W32_1;
    }
    for (std::size_t i = 0; i < lanes; ++i) {
        out[4 * i] = c0[i];
        out[4 * i + 1] = c1[i];
        out[4 * i + 2] = c2[i];
        out[4 * i + 3] = c3[i];
    }
}

}  // namespace

void Random::fill(std::uint32_t purpose, std::uint32_t owner, std::uint32_t count, std::uint32_t first_block,
                  std::span<std::uint32_t> out) const {
    assert(out.size() % 4 == 0);
    while (out.size() >= 4 * lanes) {
        philox(first_block, count, owner, purpose, key_[0], key_[1], out.data());
        out = out.subspan(4 * lanes);
        first_block += lanes;
    }
    for (; !out.empty(); out = out.subspan(4))
        std::ranges::copy(block(purpose, owner, count, first_block++), out.begin());
}

}  // namespace bully::sim
