// Whether a trace is as it was written: its last line carries the number and the digest of the lines before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bully {

/// 64 bits of FNV-1a over all bytes, ends of line included. It tells a trace that was changed by chance or by hand; it
/// doesn't keep anybody from writing another one.
class TraceDigest {
  public:
    void add(std::string_view text) {
        for (const char c : text) {
            hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
            lines_ += c == '\n' ? 1U : 0U;
        }
    }

    [[nodiscard]] std::uint64_t lines() const { return lines_; }
    /// 16 hexadecimal digits.
    [[nodiscard]] std::string text() const {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text;
        for (auto shift = 64U; shift > 0; shift -= 4U) text += digits[hash_ >> (shift - 4U) & 15U];
        return text;
    }

  private:
    std::uint64_t hash_ = 0xCBF29CE484222325U;
    std::uint64_t lines_ = 0;
};

}  // namespace bully
