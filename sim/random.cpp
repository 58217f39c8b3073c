#include "sim/random.hpp"

#include "sim/vectorised.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace bully::sim {
namespace {

// Philox4x32-10 on `lanes` counters side by side, the same as Random123's one by one.
template <std::size_t lanes>
[[gnu::always_inline]] inline void philox(std::uint32_t first_block, std::uint32_t count, std::uint32_t owner,
                                          std::uint32_t purpose, std::uint32_t key0, std::uint32_t key1,
                                          std::uint32_t* out) {
    using Lanes = std::array<std::uint32_t, lanes>;
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
#pragma GCC unroll 1
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

constexpr std::size_t many = 16;  // lanes
constexpr std::size_t few = 4;
constexpr std::size_t blocks_that_pay = 3;  // side by side

BULLY_VECTORISED void fill_many(std::uint32_t first_block, std::uint32_t count, std::uint32_t owner,
                                std::uint32_t purpose, std::uint32_t key0, std::uint32_t key1, std::uint32_t* out) {
    philox<many>(first_block, count, owner, purpose, key0, key1, out);
}

void fill_few(std::uint32_t first_block, std::uint32_t count, std::uint32_t owner, std::uint32_t purpose,
              std::uint32_t key0, std::uint32_t key1, std::uint32_t* out) {
    philox<few>(first_block, count, owner, purpose, key0, key1, out);
}

}  // namespace

void Random::fill(std::uint32_t purpose, std::uint32_t owner, std::uint32_t count, std::uint32_t first_block,
                  std::span<std::uint32_t> out) const {
    assert(out.size() % 4 == 0);
    std::array<std::uint32_t, 4 * many> rest;  // NOLINT(*-member-init): written before it is read
    for (auto blocks = out.size() / 4; blocks >= blocks_that_pay; blocks = out.size() / 4) {
        const auto lanes = blocks > few ? many : few;
        auto* const target = blocks < lanes ? rest.data() : out.data();
        (lanes == many ? fill_many : fill_few)(first_block, count, owner, purpose, key_[0], key_[1], target);
        if (blocks < lanes) {
            std::copy_n(rest.begin(), out.size(), out.begin());
            return;
        }
        out = out.subspan(4 * lanes);
        first_block += static_cast<std::uint32_t>(lanes);
    }
    for (; !out.empty(); out = out.subspan(4)) {
        std::ranges::copy(block(purpose, owner, count, first_block++), out.begin());
    }
}

}  // namespace bully::sim
