// The opcodes of numbers, in text and in binary.
#include "net/pickle/integer.hpp"
#include "net/pickle/pickle.hpp"

#include <bit>
#include <charconv>

namespace bully::pickle {
namespace {

// C, and so CPython, takes 010 for an octal 8 in one opcode and for an error in another.
bool has_leading_zero(std::string_view decimal) {
    const auto digits = decimal.substr(decimal.starts_with('-') || decimal.starts_with('+') ? 1 : 0);
    return digits.starts_with('0') && digits.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

void Decoder::push_binary_integer(std::string_view binary) {
    if (const auto number = integer_from(binary)) {
        push_integer(*number);
    } else {
        push_chars(Kind::big_integer, without_sign_bytes(binary));
    }
}

void Decoder::push_decimal_integer(std::string_view decimal) {
    const auto number = parse_integer(decimal);
    const auto binary = number ? std::nullopt : parse_big_integer(decimal);
    if (!number && !binary) throw Fault{"no int"};
    if (has_leading_zero(decimal)) throw Fault{"an int with a leading zero"};
    if (number) {
        push_integer(*number);
        return;
    }
    if (binary->size() > limits_.integer) {
        throw Fault{"an int of " + std::to_string(binary->size()) + " bytes, expected at most " +
                    std::to_string(limits_.integer)};
    }
    push_chars(Kind::big_integer, *binary);
}

void Decoder::number_opcode(unsigned char code) {
    // A byte is 2.41 digits; and there are a sign and an L.
    const auto integer_line = [&] { return line(limits_.integer * 5 / 2); };
    switch (code) {
        case 'I': {
            const auto text = integer_line();
            if (text == "00" || text == "01") {  // how protocols 0 and 1 write False and True
                const auto value = add(Kind::boolean);
                document_.records_[value].set_number(text == "01");
                push(value);
                break;
            }
            push_decimal_integer(text);
            break;
        }
        case 'L': {
            auto text = integer_line();
            if (text.ends_with('L')) text.remove_suffix(1);
            push_decimal_integer(text);
            break;
        }
        case 'J': push_integer(static_cast<std::int32_t>(little_endian(4))); break;
        case 'K': push_integer(static_cast<std::int64_t>(little_endian(1))); break;
        case 'M': push_integer(static_cast<std::int64_t>(little_endian(2))); break;
        case 0x8a: push_binary_integer(counted(1, limits_.integer)); break;
        case 0x8b: push_binary_integer(counted(4, limits_.integer)); break;
        default: {  // F, G
            double number = 0;
            if (code == 'F') {
                const auto text = line(2 * limits_.digits);
                const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
                if (error != std::errc{} || stop != text.data() + text.size()) throw Fault{"no float"};
            } else {
                std::uint64_t bits = 0;
                for (const char byte : take(8)) bits = bits << 8U | static_cast<unsigned char>(byte);
                number = std::bit_cast<double>(bits);
            }
            const auto value = add(Kind::real);
            document_.records_[value].set_number(std::bit_cast<std::int64_t>(number));
            push(value);
        }
    }
}

}  // namespace bully::pickle
