#include "net/pickle/integer.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

namespace bully::pickle {
namespace {

// A magnitude is limbs of 32 bits, the least first; decimal digits go in and out by nine, which fit one limb.
using Limbs = std::vector<std::uint32_t>;
constexpr unsigned limb_bits = 32;
constexpr std::size_t limb_bytes = 4;
constexpr std::size_t chunk_digits = 9;
constexpr std::uint32_t chunk_base = 1'000'000'000;

bool is_negative(std::string_view binary) {
    return !binary.empty() && (static_cast<unsigned char>(binary.back()) & 0x80U) != 0;
}

void negate(std::string& binary) {
    unsigned carry = 1;
    for (auto& byte : binary) {
        carry += static_cast<unsigned char>(~static_cast<unsigned char>(byte));
        byte = static_cast<char>(carry & 0xffU);
        carry >>= 8U;
    }
}

void multiply_add(Limbs& limbs, std::uint32_t factor, std::uint32_t more) {
    std::uint64_t carry = more;
    for (auto& limb : limbs) {
        carry += std::uint64_t{limb} * factor;
        limb = static_cast<std::uint32_t>(carry);
        carry >>= limb_bits;
    }
    if (carry > 0) limbs.push_back(static_cast<std::uint32_t>(carry));
}

// Returns the remainder.
std::uint32_t divide(Limbs& limbs, std::uint32_t by) {
    std::uint64_t rest = 0;
    for (auto i = limbs.size(); i-- > 0;) {
        rest = rest << limb_bits | limbs[i];
        limbs[i] = static_cast<std::uint32_t>(rest / by);
        rest %= by;
    }
    while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
    return static_cast<std::uint32_t>(rest);
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view decimal) {
    if (decimal.starts_with('+') && !decimal.starts_with("+-")) decimal.remove_prefix(1);
    std::int64_t value = 0;
    const auto* const end = decimal.data() + decimal.size();
    const auto [stop, error] = std::from_chars(decimal.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::optional<std::string> parse_big_integer(std::string_view decimal) {
    const bool negative = decimal.starts_with('-');
    if (negative || decimal.starts_with('+')) decimal.remove_prefix(1);
    if (decimal.empty() || decimal.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    Limbs limbs;
    while (!decimal.empty()) {
        const auto rest = decimal.size() % chunk_digits;
        const auto size = rest > 0 ? rest : chunk_digits;  // an odd one comes first
        std::uint32_t chunk = 0;
        std::from_chars(decimal.data(), decimal.data() + size, chunk);
        multiply_add(limbs, chunk_base, chunk);
        decimal.remove_prefix(size);
    }
    std::string binary;
    for (const auto limb : limbs) {
        for (std::size_t i = 0; i < limb_bytes; ++i) binary += static_cast<char>(limb >> (8 * i) & 0xffU);
    }
    binary += '\0';
    if (negative) negate(binary);
    binary.resize(without_sign_bytes(binary).size());
    return binary;
}

std::string_view without_sign_bytes(std::string_view binary) {
    const auto sign = is_negative(binary) ? '\xff' : '\0';
    // The byte below keeps the sign, or there is none: 0 has no bytes.
    while (!binary.empty() && binary.back() == sign &&
           is_negative(binary.substr(0, binary.size() - 1)) == (sign != 0)) {
        binary.remove_suffix(1);
    }
    return binary;
}

std::optional<std::int64_t> integer_from(std::string_view binary) {
    const bool negative = is_negative(binary);
    binary = without_sign_bytes(binary);
    if (binary.size() > sizeof(std::int64_t)) return std::nullopt;
    std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
    for (auto i = binary.size(); i-- > 0;) value = value << 8U | static_cast<unsigned char>(binary[i]);
    return static_cast<std::int64_t>(value);
}

std::string decimal_of(std::string_view binary) {
    std::string magnitude(binary);
    const bool negative = is_negative(binary);
    if (negative) {
        magnitude += '\xff';  // room for the greatest magnitude: a byte 0x80 is its own negative
        negate(magnitude);
    }
    Limbs limbs((magnitude.size() + limb_bytes - 1) / limb_bytes);
    for (std::size_t i = 0; i < magnitude.size(); ++i) {
        limbs[i / limb_bytes] |= std::uint32_t{static_cast<unsigned char>(magnitude[i])} << (8 * (i % limb_bytes));
    }
    std::string reversed;
    do {
        auto chunk = divide(limbs, chunk_base);
        for (std::size_t i = 0; i < chunk_digits; ++i, chunk /= 10) reversed += static_cast<char>('0' + chunk % 10);
    } while (!limbs.empty());
    reversed.resize(std::max<std::size_t>(reversed.find_last_not_of('0') + 1, 1));  // npos + 1 is 0
    if (negative) reversed += '-';
    std::ranges::reverse(reversed);
    return reversed;
}

}  // namespace bully::pickle
