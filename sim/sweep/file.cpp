#include "sim/sweep/file.hpp"

#include "core/names.hpp"
#include "sim/scenario/rerun_command.hpp"
#include "sim/util/files.hpp"
#include "sim/util/fingerprint.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace bully::sim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view format = "bully sweep";
constexpr int format_version = 3;  // 2 counted runs as agreed that had lost it; 1 had coarser buckets

// A mistake in the file. The text is for people.
struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

std::vector<std::string> texts(const std::vector<Override>& overrides) {
    std::vector<std::string> all;
    all.reserve(overrides.size());
    for (const auto& override : overrides) all.push_back(to_string(override));
    return all;
}

Json to_json(const std::optional<Interval>& interval) {
    return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

// Null for figures that aren't known: a quantile that censored runs hide has only a lower bound.
Json figures(const Histogram& histogram, CellStatistics::Unit unit, const CellStatistics& statistics) {
    const bool empty = histogram.empty();
    Json json{{"mean", empty ? Json(nullptr) : Json(histogram.mean())},
              {"mean_95", to_json(CellStatistics::mean_interval(histogram, unit))},
              {"min", empty ? Json(nullptr) : Json(histogram.min())}};
    for (const auto& [name, q] : shown_quantiles) {
        const std::string key(name);
        json[key] = nullptr;
        json[key + "_95"] = nullptr;
        if (empty) continue;
        if (const auto quantile = statistics.quantile(histogram, q); !quantile.at_least) json[key] = quantile.value;
        const auto interval = statistics.quantile_interval(histogram, q);
        json[key + "_95"] = {interval.low, interval.high ? Json(*interval.high) : Json(nullptr)};
    }
    json["max"] = empty || statistics.quantile(histogram, 1).at_least ? Json(nullptr) : Json(histogram.max());
    return json;
}

Json exactly(const Histogram& histogram) {
    const auto parts = histogram.parts();
    return {{"sum", {parts.sum_high, parts.sum_low}},
            {"squares", {parts.squares_high, parts.squares_low}},
            {"min", parts.min},
            {"max", parts.max},
            {"buckets", parts.buckets}};
}

Histogram read_histogram(const Json& json, std::string_view name) {
    Histogram::Parts parts;
    const auto& exact = json.at("exact");
    parts.sum_high = exact.at("sum").at(0).get<std::uint64_t>();
    parts.sum_low = exact.at("sum").at(1).get<std::uint64_t>();
    parts.squares_high = exact.at("squares").at(0).get<std::uint64_t>();
    parts.squares_low = exact.at("squares").at(1).get<std::uint64_t>();
    parts.min = exact.at("min").get<std::int64_t>();
    parts.max = exact.at("max").get<std::int64_t>();
    exact.at("buckets").get_to(parts.buckets);
    auto histogram = Histogram::from_parts(parts);
    if (!histogram) throw Wrong(std::string(name) + ": " + histogram.error());
    return std::move(*histogram);
}

Json to_json(const tl::expected<LeaderCrashTheory, std::string>& theory) {
    if (!theory) return {{"none", theory.error()}};
    Json json{{"latency_ns", theory->latency}, {"latency_error_ns", theory->latency_error}, {"messages", nullptr}};
    if (const auto& messages = theory->messages) {
        json["messages"] = {{"mean", messages->mean}, {"least", messages->least}, {"most", messages->most}};
    }
    return json;
}

tl::expected<LeaderCrashTheory, std::string> read_theory(const Json& json) {
    if (json.contains("none")) return tl::unexpected(json.at("none").get<std::string>());
    LeaderCrashTheory theory;
    json.at("latency_ns").get_to(theory.latency);
    json.at("latency_error_ns").get_to(theory.latency_error);
    if (const auto& messages = json.at("messages"); !messages.is_null()) {
        theory.messages = {messages.at("mean").get<double>(), messages.at("least").get<std::uint64_t>(),
                           messages.at("most").get<std::uint64_t>()};
    }
    return theory;
}

// Without intervals, for the faults of one run aren't independent.
Json fault_figures(const CellStatistics& statistics) {
    auto all = figures(statistics.fault_agreement, CellStatistics::Unit::time, statistics);
    auto json = Json::object();
    for (const auto& [key, value] : all.items()) {
        if (!key.ends_with("_95")) json[key] = value;
    }
    json["exact"] = exactly(statistics.fault_agreement);
    return json;
}

Json to_json(const Sweep& sweep, std::size_t index) {
    const auto& cell = sweep.cells[index];
    const auto& statistics = cell.statistics;
    Json json{{"values", cell.values},
              {"mode", to_string(cell.mode)},
              {"processes", cell.processes},
              {"theory", to_json(cell.theory)},
              {"runs", statistics.runs},
              {"agreed", statistics.agreement.count()},
              {"not_agreed", statistics.not_agreed()},
              {"not_agreed_95", to_json(statistics.part_interval(statistics.not_agreed()))},
              {"not_agreed_after_ns", {{"exact", exactly(statistics.not_agreed_after)}}},
              {"lost_agreement", statistics.lost_agreement},
              {"faults", statistics.faults()},
              {"faults_not_agreed", statistics.fault_not_agreed_after.count()},
              {"fault_not_agreed_after_ns", {{"exact", exactly(statistics.fault_not_agreed_after)}}},
              {"fault_agreement_ns", fault_figures(statistics)}};
    if (sweep.plan.check) {
        auto properties = Json::object();
        for (std::size_t i = 0; i < property_limit; ++i) {
            if (statistics.by_property[i] > 0) properties["P" + std::to_string(i)] = statistics.by_property[i];
        }
        json["violated"] = statistics.violated;
        json["violated_95"] = to_json(statistics.part_interval(statistics.violated));
        json["failed_expectations"] = statistics.failed_expectations;
        json["properties"] = std::move(properties);
    }
    auto& failures = json["failures"] = Json::array();
    for (const auto& failure : statistics.failures) {
        failures.push_back(
            {{"seed", failure.seed},
             {"why", failure.why},
             {"violated", failure.violated},
             {"again", again_command(sweep.plan.file, failure.seed, cell.mode, texts(sweep.overrides_of(index)))}});
    }
    CellStatistics::for_each_measure(statistics,
                                     [&](std::string_view name, CellStatistics::Unit unit, const Histogram& histogram) {
                                         const bool time = unit == CellStatistics::Unit::time;
                                         auto measure = figures(histogram, unit, statistics);
                                         measure["exact"] = exactly(histogram);
                                         json[std::string(name) + (time ? "_ns" : "")] = std::move(measure);
                                     });
    return json;
}

Mode read_mode(const Json& json) {
    const auto text = json.get<std::string>();
    for (const auto mode : {Mode::strict, Mode::robust}) {
        if (text == to_string(mode)) return mode;
    }
    throw Wrong("the mode `" + excerpt(text) + "`");
}

SweepCell read_cell(const Json& json, const SweepPlan& plan) {
    SweepCell cell;
    json.at("values").get_to(cell.values);
    cell.mode = read_mode(json.at("mode"));
    json.at("processes").get_to(cell.processes);
    cell.theory = read_theory(json.at("theory"));
    auto& statistics = cell.statistics;
    json.at("runs").get_to(statistics.runs);
    const auto part = [&](const std::string& key) {
        const auto count = json.at(key).get<std::uint64_t>();
        if (count > statistics.runs)
            throw Wrong(fmt::format("`{}` is {} of only {} runs", key, count, statistics.runs));
        return count;
    };
    statistics.not_agreed_after = read_histogram(json.at("not_agreed_after_ns"), "not_agreed_after_ns");
    statistics.lost_agreement = part("lost_agreement");
    statistics.fault_agreement = read_histogram(json.at("fault_agreement_ns"), "fault_agreement_ns");
    statistics.fault_not_agreed_after =
        read_histogram(json.at("fault_not_agreed_after_ns"), "fault_not_agreed_after_ns");
    const auto seeds = plan.own_seeds();
    if (plan.precision > 0 ? statistics.runs > seeds.count : statistics.runs != seeds.count) {
        throw Wrong(fmt::format("{} runs for {} seeds from {} on", statistics.runs, seeds.count, seeds.first));
    }
    if (plan.check) {
        statistics.violated = part("violated");
        statistics.failed_expectations = part("failed_expectations");
        const auto& properties = json.at("properties");
        std::size_t known = 0;
        for (std::size_t i = 0; i < property_limit; ++i) {
            const auto found = properties.find("P" + std::to_string(i));
            if (found == properties.end()) continue;
            found->get_to(statistics.by_property[i]);
            ++known;
        }
        if (known != properties.size()) throw Wrong("an unknown property");
    }
    for (const auto& failure : json.at("failures")) {
        statistics.add_failure({failure.at("seed").get<std::uint64_t>(), failure.at("why").get<std::string>(),
                                failure.at("violated").get<bool>()});
    }
    CellStatistics::for_each_measure(
        statistics, [&](std::string_view name, CellStatistics::Unit unit, Histogram& histogram) {
            const auto key = std::string(name) + (unit == CellStatistics::Unit::time ? "_ns" : "");
            histogram = read_histogram(json.at(key), name);
            const auto not_agreed = name == "agreement" ? statistics.not_agreed() : 0;
            if (histogram.count() + not_agreed != statistics.runs) {
                throw Wrong("`" + key + "` has the values of " + std::to_string(histogram.count()) + " runs");
            }
        });
    if (part("agreed") != statistics.agreement.count() || part("not_agreed") != statistics.not_agreed() ||
        statistics.lost_agreement > statistics.not_agreed()) {
        throw Wrong("the numbers of runs that agreed, didn't agree or lost agreement don't add up");
    }
    if (json.at("faults") != statistics.faults() ||
        json.at("faults_not_agreed") != statistics.fault_not_agreed_after.count()) {
        throw Wrong("the numbers of faults don't add up");
    }
    return cell;
}

Override read_override(const Json& json) {
    auto override = parse_override(json.get<std::string>());
    if (!override) throw Wrong(override.error());
    return std::move(*override);
}

Sweep read(const Json& json) {
    if (!json.is_object() || json.value("format", "") != format) throw Wrong("not a sweep");
    if (json.at("version") != format_version) {
        throw Wrong("version " + json.at("version").dump() + " of the format instead of " +
                    std::to_string(format_version));
    }
    Sweep sweep;
    auto& plan = sweep.plan;
    json.at("program").get_to(sweep.program);
    json.at("scenario").get_to(sweep.scenario);
    json.at("file").get_to(plan.file);
    sweep.digest = std::stoull(json.at("digest").get<std::string>(), nullptr, 16);
    plan.first_seed = json.at("seeds").at("first").get<std::uint64_t>();
    json.at("seeds").at("count").get_to(plan.seed_count);
    if (plan.seed_count < 1 || plan.seed_count > max_seeds) throw Wrong("an impossible number of seeds");
    json.at("shard").at("index").get_to(plan.shard.index);
    json.at("shard").at("count").get_to(plan.shard.count);
    if (plan.shard.index < 1 || plan.shard.index > plan.shard.count || plan.shard.count > max_shards) {
        throw Wrong("an impossible shard");
    }
    json.at("check").get_to(plan.check);
    json.at("precision_millionths").get_to(plan.precision);
    if (!json.at("mode").is_null()) plan.mode = read_mode(json.at("mode"));
    for (const auto& override : json.at("set")) plan.overrides.push_back(read_override(override));
    for (const auto& axis : json.at("axes")) {
        plan.axes.push_back({axis.at("path").get<std::string>(), axis.at("values").get<std::vector<std::string>>()});
        if (plan.axes.back().values.empty()) throw Wrong("an axis without values");
    }
    const auto count = count_cells(plan.axes);
    const auto& cells = json.at("cells");
    if (!count || *count != cells.size()) {
        throw Wrong(fmt::format("{} cells for axes with {}", cells.size(), count.value_or(0)));
    }
    for (const auto& cell : cells) {
        const auto index = sweep.cells.size();
        try {
            sweep.cells.push_back(read_cell(cell, plan));
            const auto own = cell_overrides(plan.axes, index);
            if (!std::equal(own.begin(), own.end(), sweep.cells.back().values.begin(), sweep.cells.back().values.end(),
                            [](const Override& a, const std::string& value) { return a.value == value; })) {
                throw Wrong("values that differ from those of the axes");
            }
        } catch (const Wrong& wrong) {
            throw Wrong(fmt::format("cell {} of {}: {}", index + 1, *count, wrong.what()));
        }
    }
    return sweep;
}

}  // namespace

void write_sweep(std::ostream& out, const Sweep& sweep) {
    const auto& plan = sweep.plan;
    Json head{{"format", format},
              {"version", format_version},
              {"program", sweep.program},
              {"scenario", sweep.scenario},
              {"file", plan.file},
              {"digest", fingerprint_text(sweep.digest)},
              {"seeds", {{"first", *plan.first_seed}, {"count", plan.seed_count}}},
              {"shard", {{"index", plan.shard.index}, {"count", plan.shard.count}}},
              {"check", plan.check},
              {"precision_millionths", plan.precision},
              {"mode", plan.mode ? Json(to_string(*plan.mode)) : Json(nullptr)},
              {"set", texts(plan.overrides)}};
    auto& axes = head["axes"] = Json::array();
    for (const auto& axis : plan.axes) axes.push_back({{"path", axis.path}, {"values", axis.values}});
    // A path that isn't valid UTF-8 is shown with replacement characters.
    const auto text = [](const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); };
    auto line = text(head);
    line.pop_back();
    out << line << ",\n\"cells\":[";
    for (std::size_t i = 0; i < sweep.cells.size(); ++i) out << (i == 0 ? "\n" : ",\n") << text(to_json(sweep, i));
    out << "\n]}\n";
}

tl::expected<Sweep, std::string> parse_sweep(std::string_view text) {
    try {
        return read(Json::parse(text));
    } catch (const Wrong& wrong) {
        return tl::unexpected(std::string(wrong.what()) + ", expected a file of `bully_sim sweep --json`");
    } catch (const Json::parse_error& error) {
        return tl::unexpected(
            fmt::format("invalid JSON at byte {}, expected a file of `bully_sim sweep --json`", error.byte));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        // The JSON library throws for a missing key or a wrong type, "[json.exception...] text"; std::stoull for a
        // digest.
        const std::string_view what = error.what();
        const auto why = what.substr(what.starts_with('[') ? std::min(what.find(' '), what.size() - 1) + 1 : 0);
        return tl::unexpected("not a file of `bully_sim sweep --json`: " + std::string(why));
    }
}

tl::expected<Sweep, std::string> load_sweep(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    file.peek();  // a folder opens well and reads badly
    if (!file.is_open() || file.bad()) return tl::unexpected(why_unreadable(path));
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.empty()) return tl::unexpected(path + ": an empty file, expected one of `bully_sim sweep --json`");
    auto sweep = parse_sweep(text);
    if (!sweep) return tl::unexpected(path + ": " + sweep.error());
    return sweep;
}

}  // namespace bully::sim
