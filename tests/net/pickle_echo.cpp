// For pickle_differential_test.py: reads pickles from stdin, each after its length in a line, and answers each with
// what was read, as a pickle in protocols 2 to 4 in turn, or with "error ...".
#include "net/pickle.hpp"

#include <algorithm>
#include <iostream>

using namespace bully::pickle;

namespace {

bool has_bytes(const Value& value) {  // recursion is bounded by Limits::depth
    if (value.kind() == Kind::bytes) return true;
    for (const auto child : value) {
        if (has_bytes(child)) return true;
    }
    return false;
}

}  // namespace

int main() {
    std::size_t length = 0;
    while (std::cin >> length) {
        std::cin.get();
        std::string bytes(length, '\0');
        std::cin.read(bytes.data(), static_cast<std::streamsize>(length));
        const auto document = decode(bytes);
        if (!document) {
            const auto text = "at " + std::to_string(document.error().offset) + ": " + document.error().what;
            std::cout << "error " << text << "\n" << std::flush;
            continue;
        }
        const int least = has_bytes(document->root()) ? 3 : Encoder::least_protocol;
        for (int protocol = Encoder::least_protocol; protocol <= Encoder::greatest_protocol; ++protocol) {
            Encoder encoder(std::max(protocol, least));
            const auto again = encoder.value(document->root()).finish();
            std::cout << again.size() << "\n" << again;
        }
        std::cout << std::flush;
    }
}
