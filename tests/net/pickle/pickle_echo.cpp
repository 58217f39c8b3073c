// For pickle_differential_test.py: reads pickles from stdin, each after its length in a line, and answers each with
// what was read, as a pickle in protocols 2 to 4 in turn (the least that can hold it, where that is more), or with
// "error ...".
#include "net/pickle/pickle.hpp"

#include <algorithm>
#include <iostream>

using namespace bully::pickle;

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
        const auto least = Encoder::least_for(document->root());
        if (!least) {
            std::cout << "error opaque\n" << std::flush;
            continue;
        }
        for (int protocol = Encoder::least_protocol; protocol <= Encoder::greatest_protocol; ++protocol) {
            Encoder encoder(std::max(protocol, *least));
            const auto again = encoder.value(document->root()).finish();
            std::cout << again.size() << "\n" << again;
        }
        std::cout << std::flush;
    }
}
