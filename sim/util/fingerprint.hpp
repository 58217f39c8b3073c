// The fingerprint of a run: a 64-bit hash of all steps.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace bully::sim {

/// A hash of a sequence of words, in which the order matters. Not cryptographic: it tells runs apart, it doesn't
/// protect them.
class Fingerprint {
  public:
    void add(std::uint64_t a, std::uint64_t b) {
        hash_ = mixed(hash_, a * 0x9E3779B97F4A7C15U ^ std::rotl(b * 0xC2B2AE3D27D4EB4FU, 32));
    }
    /// Adds each character of a text with the length of the text. An empty text adds nothing.
    void add_text(std::string_view text) {
        for (const char c : text) add(static_cast<unsigned char>(c), text.size());
    }
    [[nodiscard]] static std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
        return std::rotl(hash ^ word, 27) * 0xD6E8FEB86659FD93U + 0x2545F4914F6CDD1DU;
    }
    [[nodiscard]] std::uint64_t value() const {
        auto h = hash_;
        h = (h ^ (h >> 32U)) * 0xD6E8FEB86659FD93U;
        h = (h ^ (h >> 32U)) * 0xD6E8FEB86659FD93U;
        return h ^ (h >> 32U);
    }

  private:
    std::uint64_t hash_ = 0x51ED270B9F3C1A27U;
};

/// The fingerprint in 16 hexadecimal digits.
[[nodiscard]] inline std::string fingerprint_text(std::uint64_t fingerprint) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, fingerprint >>= 4U)
        *digit = digits[fingerprint & 15U];
    return text;
}

}  // namespace bully::sim
