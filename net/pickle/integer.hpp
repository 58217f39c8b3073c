// Ints of any size. A binary pickle holds them in two's complement, the least byte first. A Document holds ints beyond
// 64 bits in the same way, without needless bytes of sign.
//
// To decimal and back is quadratic in the length, as it is in Python: the decoder limits it (Limits::integer).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bully::pickle {

/// Reads a decimal number within 64 bits; nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view decimal);

/// Reads a decimal number of any size, as two's complement without needless bytes; nothing for any other text.
[[nodiscard]] std::optional<std::string> parse_big_integer(std::string_view decimal);

/// `binary` without the bytes at its end that only repeat the sign.
[[nodiscard]] std::string_view without_sign_bytes(std::string_view binary);

/// The number, if it is within 64 bits.
[[nodiscard]] std::optional<std::int64_t> integer_from(std::string_view binary);

/// The number as Python's repr() shows it.
[[nodiscard]] std::string decimal_of(std::string_view binary);

}  // namespace bully::pickle
