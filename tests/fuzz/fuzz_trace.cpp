// Any bytes are a trace that is replayed, or an error with its line.
#include "sim/report/timeline.hpp"
#include "sim/trace/replay.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace bully::sim;
    std::istringstream trace(std::string(reinterpret_cast<const char*>(data), size));
    std::ostringstream shown;
    Timeline timeline(shown, {});
    ReplayOptions options;
    options.observers = {&timeline};
    const auto result = replay(trace, options);
    const bool explained = result || (result.error().line >= 1 && !result.error().what.empty());
    if (!explained) std::abort();
    return 0;
}
