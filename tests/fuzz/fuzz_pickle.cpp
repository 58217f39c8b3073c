// Any bytes, whole and in pieces: the same outcome, within the budget; what is read can be written and read again.
#include "net/pickle/pickle.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace bully::pickle;

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    Decoder whole;
    const auto outcome = whole.feed(bytes);
    require(whole.memory() <= Decoder::most_memory(size));

    Decoder pieces;
    auto last = pieces.feed({});
    std::size_t step = 1;
    for (std::size_t at = 0; at < size && last && *last == Decoder::Progress::need_more; at += step) {
        step = 1 + static_cast<std::size_t>(data[at]) % 7;
        last = pieces.feed(bytes.substr(at, step));
    }
    require(last == outcome);
    if (!outcome || *outcome != Decoder::Progress::done) return 0;

    require(pieces.consumed() == whole.consumed() && whole.consumed() <= size);
    const auto root = whole.document().root();
    require(root.repr(100'000) == pieces.document().root().repr(100'000));
    if (!Encoder::least_for(root)) return 0;
    Encoder encoder(Encoder::greatest_protocol);
    const auto again = encoder.value(root).finish();
    Limits generous;
    generous.bytes = 64U << 20U;  // what was shared is written as often as it is used
    generous.opcodes = generous.bytes;
    generous.memo = generous.bytes;
    const auto document = decode(again, generous);
    require(document.has_value() && document->root().repr(100'000) == root.repr(100'000));
    return 0;
}
