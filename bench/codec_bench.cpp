// The codecs: pickles of the lab's ELECTION, by the number of members, and scenario files. bytes: the length of the
// text.
#include "net/pickle/pickle.hpp"
#include "sim/scenario/parser.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace bully {
namespace {

// ('ELECTION', {('host', port): (days, student id), ...}), as the lab writes it.
std::string election_pickle(std::int64_t members) {
    pickle::Encoder encoder(4);
    encoder.begin_tuple().text("ELECTION").begin_dict();
    for (std::int64_t i = 0; i < members; ++i) {
        encoder.begin_tuple().text("localhost").integer(50'000 + i).end_tuple();
        encoder.begin_tuple().integer(i % 366).integer(1'000'000 + i).end_tuple();
    }
    return encoder.end_dict().end_tuple().finish();
}

void count(benchmark::State& state, std::size_t bytes) {
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}

void pickle_encode(benchmark::State& state) {
    std::size_t bytes = 0;
    for (auto _ : state) {
        const auto text = election_pickle(state.range(0));
        bytes = text.size();
        benchmark::DoNotOptimize(text.data());
    }
    count(state, bytes);
}

void pickle_decode(benchmark::State& state) {
    const auto text = election_pickle(state.range(0));
    for (auto _ : state) {
        auto document = pickle::decode(text);
        if (!document) state.SkipWithError("not a pickle");
        benchmark::DoNotOptimize(document);
    }
    count(state, text.size());
}

void scenario_parse(benchmark::State& state) {
    std::string text =
        "name: leader crash\nseed: 42\nduration: 20s\nprocesses: 5\n"
        "timing: {answer_timeout: 1500ms, coordinator_timeout: 4s}\n"
        "network: {delay: {uniform: [1ms, 10ms]}, loss: 0%}\nfaults:\n";
    for (std::int64_t i = 0; i < state.range(0); ++i) text += "  - {at: 5s, crash: highest}\n";
    for (auto _ : state) {
        auto scenario = sim::parse_scenario(text, "bench.yaml");
        if (!scenario) state.SkipWithError("not a scenario");
        benchmark::DoNotOptimize(scenario);
    }
    count(state, text.size());
}

BENCHMARK(pickle_encode)->Name("pickle/encode")->Arg(5)->Arg(100)->Arg(1000);
BENCHMARK(pickle_decode)->Name("pickle/decode")->Arg(5)->Arg(100)->Arg(1000);
BENCHMARK(scenario_parse)->Name("scenario/parse")->Arg(1)->Arg(100)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace bully
