#include "sim/report/replay_report.hpp"

#include "core/names.hpp"
#include "sim/report/property_report.hpp"
#include "sim/util/counted.hpp"
#include "sim/util/text.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace bully::sim {
namespace {

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string_view verdict_of(const ReplayResult& result) {
    if (result.difference) return "differs";
    return result.held() ? "held" : "violated";
}

// Whether timers were too late for a timed property to hold.
bool is_late(const ReplayResult& result) {
    return result.latest > result.tolerance &&
           std::any_of(result.properties.begin(), result.properties.end(), [](const PropertyResult& property) {
               const bool is_timed = property.name == "P6" || property.name == "P8" || property.name == "P9";
               return is_timed && property.status != PropertyResult::Status::held;
           });
}

}  // namespace

void write_replay(std::ostream& out, const std::string& file, const ReplayResult& result, SummaryStyle style) {
    write_findings(out, result.names, result.properties, result.violations, style);
    if (!style.quiet) fmt::print(out, "\n");
    if (result.tolerance > Duration::zero() && !style.quiet) {
        fmt::print(out, "Checked with timers up to {} late (--tolerance)", time_text(result.tolerance));
        if (result.delta) fmt::print(out, ", and messages that take up to {} (--delta)", time_text(*result.delta));
        fmt::print(out, ".\n");
    }
    if (is_late(result)) {
        if (!result.stood_still.empty()) {
            const auto times = result.stood_still.size();
            const auto& [from, to] = result.stood_still.front();
            fmt::print(out, "The program stood still {}between {} and {} (SIGSTOP, a machine that slept).\n",
                       times == 1 ? "" : fmt::format("{} times, first ", times), time_text(from), time_text(to));
        }
        fmt::print(out, "Timers fired up to {} late: --tolerance {} allows for that.\n", time_text(result.latest),
                   bully::to_string(tolerance_for(result.latest)));
    }
    if (result.cut_line != 0) {
        fmt::print(out, "{}:{} is incomplete, and was left out: the program was killed while it wrote.\n", file,
                   result.cut_line);
    } else if (!result.complete && !result.difference) {
        fmt::print(out, "The trace has no end: the program was killed, or lines are missing.\n");
    }
    if (const auto& difference = result.difference) {
        fmt::print(out, "{} at {}:{}, {} after the start, process {}\n  event    {}\n  recorded {}\n  replayed {}\n",
                   painted("DIFFERS", look::bad, style.colour), file, difference->line,
                   bully::to_string(Duration{difference->time_ns}), difference->node, difference->event,
                   difference->recorded, difference->replayed);
        return;
    }
    const auto violated = result.violated();
    fmt::print(out, "{}: {} and {} of {}, mode {}: the same actions and states{}\n",
               painted("REPLAYED", violated.empty() ? look::good : look::bad, style.colour),
               counted(result.lives, "life", "lives"), counted(result.steps, "step"), result.program,
               to_string(result.mode),
               violated.empty() ? "; no checked property VIOLATED" : "; VIOLATED: " + joined(violated));
}

void write_replay_json(std::ostream& out, const std::string& file, const ReplayResult& result) {
    using Json = nlohmann::ordered_json;
    Json json{{"trace", file},
              {"program", result.program},
              {"scenario", result.scenario},
              {"seed", result.seed},
              {"mode", to_string(result.mode)},
              {"verdict", verdict_of(result)},
              {"complete", result.complete},
              {"lives", result.lives},
              {"steps", result.steps},
              {"tolerance_ns", result.tolerance.count()},
              {"latest_timer_ns", result.latest.count()},
              {"stood_still", Json::array()},
              {"delta_ns", nullptr},
              {"processes", result.names},
              {"difference", nullptr}};
    for (const auto& [from, to] : result.stood_still) {
        json["stood_still"].push_back({{"from_ns", from.count()}, {"to_ns", to.count()}});
    }
    if (result.delta) json["delta_ns"] = result.delta->count();
    if (const auto& difference = result.difference) {
        json["difference"] = {{"line", difference->line},         {"at_ns", difference->time_ns},
                              {"node", difference->node},         {"event", difference->event},
                              {"recorded", difference->recorded}, {"replayed", difference->replayed}};
    }
    add_findings(json, result.properties, result.violations);
    // A name that isn't valid UTF-8 is shown with replacement characters.
    out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace bully::sim
