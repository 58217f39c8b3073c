#include "sim/report/property_report.hpp"

#include "sim/util/text.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace bully::sim {
namespace {

using Status = PropertyResult::Status;

struct StatusWords {
    std::string_view key;     // in JSON
    std::string_view shown;   // in the table
    fmt::text_style style;    // there
    std::string_view before;  // the detail
};

StatusWords words_of(const PropertyResult& property) {
    switch (property.status) {
        case Status::held: break;
        case Status::partly: return {"partly", "partly  ", look::warning, "; not demanded at the end: "};
        case Status::violated:
            return {"violated", property.expected_violation ? "expected" : "VIOLATED",
                    property.expected_violation ? look::warning : look::bad, "; "};
        case Status::not_demanded: return {"not_demanded", "-       ", look::detail, "; not demanded: "};
        case Status::not_checked: return {"not_checked", "-       ", look::detail, "; not checked: "};
    }
    return {"held", "held    ", look::good, "; "};
}

}  // namespace

std::string time_text(Duration duration) {
    // Nanoseconds are in --json.
    return bully::to_string(duration < std::chrono::microseconds(1)
                                ? duration
                                : Duration{std::chrono::duration_cast<std::chrono::microseconds>(duration)});
}

void write_findings(std::ostream& out, const std::vector<std::string>& names,
                    const std::vector<PropertyResult>& properties, const std::vector<Violation>& violations,
                    SummaryStyle style) {
    bool first = true;
    for (const auto& property : properties) {
        const bool wrong = property.status == Status::violated && !property.expected_violation;
        if (style.quiet && !wrong) continue;
        if (std::exchange(first, false)) fmt::print(out, "\nproperties\n");
        const auto words = words_of(property);
        fmt::print(out, "  {} {:<4}{}", painted(words.shown, words.style, style.colour), property.name, property.title);
        if (!property.bound.empty()) fmt::print(out, ": {}", property.bound);
        if (!property.detail.empty()) fmt::print(out, "{}{}", words.before, property.detail);
        fmt::print(out, "\n");
    }
    for (const auto& violation : violations) {
        const auto property = std::find_if(properties.begin(), properties.end(),
                                           [&](const auto& p) { return p.name == violation.property; });
        if (property != properties.end() && property->expected_violation && style.quiet) continue;
        std::string who;
        for (const auto number : violation.processes) who += (who.empty() ? "" : ", ") + names.at(number - 1);
        fmt::print(out, "\n{} at {}{}: {}\n", painted(violation.property, look::bad, style.colour),
                   time_text(violation.at), who.empty() ? "" : ", process " + who, violation.what);
        for (const auto& step : violation.steps) fmt::print(out, "    {}\n", step);
    }
}

namespace {

std::string_view word_of(PropertyDemand::Outcome outcome) {
    using enum PropertyDemand::Outcome;
    switch (outcome) {
        case demanded: break;
        case reached: return "reached";
        case not_reached: return "not_reached";
        case not_demanded: return "not_demanded";
    }
    return "demanded";
}

nlohmann::ordered_json to_json(const std::vector<PropertyDemand>& demands) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& demand : demands) {
        nlohmann::ordered_json one{
            {"after", demand.after}, {"after_ns", demand.after_at.count()}, {"faults", demand.faults},
            {"due_ns", nullptr},     {"until_ns", demand.until.count()},    {"outcome", word_of(demand.outcome)},
            {"why", demand.why}};
        if (demand.due) one["due_ns"] = demand.due->count();
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

void add_findings(nlohmann::ordered_json& object, const std::vector<PropertyResult>& properties,
                  const std::vector<Violation>& violations) {
    auto& all = object["properties"] = nlohmann::ordered_json::array();
    for (const auto& property : properties) {
        all.push_back({{"name", property.name},
                       {"title", property.title},
                       {"status", words_of(property).key},
                       {"expected_violation", property.expected_violation},
                       {"bound", property.bound},
                       {"detail", property.detail},
                       {"demands", to_json(property.demands)}});
    }
    auto& found = object["violations"] = nlohmann::ordered_json::array();
    for (const auto& violation : violations) {
        found.push_back({{"property", violation.property},
                         {"at_ns", violation.at.count()},
                         {"processes", violation.processes},
                         {"what", violation.what},
                         {"steps", violation.steps}});
    }
}

}  // namespace bully::sim
