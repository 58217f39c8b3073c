// Ints of any size. In binary a pickle holds them in two's complement, the least byte first; so does a Document those
// beyond 64 bits, without needless bytes of sign.
//
// To decimal and back is quadratic in the length, as it is in Python: the decoder limits it (Limits::integer).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bully::pickle {

/// Nothing if it is no decimal number, or is beyond 64 bits.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view decimal);

/// Of any size, in two's complement without needless bytes. Nothing if it is no decimal number.
[[nodiscard]] std::optional<std::string> parse_big_integer(std::string_view decimal);

/// Without the bytes at the end that only repeat the sign.
[[nodiscard]] std::string_view without_sign_bytes(std::string_view binary);

/// Nothing if it is beyond 64 bits.
[[nodiscard]] std::optional<std::int64_t> integer_from(std::string_view binary);

/// As Python's repr() shows it.
[[nodiscard]] std::string decimal_of(std::string_view binary);

}  // namespace bully::pickle
