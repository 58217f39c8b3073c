#include "sim/explore/report.hpp"

#include "core/names.hpp"
#include "sim/util/counted.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace bully::sim::explore {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Verdict::Kind;

constexpr std::size_t most_shown = 5;

// "1 crash and 2 restarts".
std::string faults_text(const Budget& budget) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, disturbance_count> names{
        {{"crash", "crashes"},
         {"restart", "restarts"},
         {"lost message", "lost messages"},
         {"feigned failure", "feigned failures"},
         {"cut link", "cut links"},
         {"refresh (R8)", "refreshes (R8)"}}};
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < budget.size(); ++i) {
        if (budget[i] > 0) parts.push_back(counted(unsigned{budget[i]}, names[i].first, names[i].second));
    }
    if (parts.empty()) return "no fault at all";
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
        text += parts[i];
    }
    return text;
}

std::string window_text(auto least, auto most) {
    return least == most ? fmt::format("{}", least) : fmt::format("{}..{}", least, most);
}

std::string ticks_text(const Model& model) {
    const auto& timing = model.settings.timing;
    auto text =
        fmt::format("delay {}, T_ok {}, T_coord {}, T_p {}, gap {}, hold-down {}, J {}",
                    window_text(unsigned{model.delay.earliest}, unsigned{model.delay.latest}),
                    timing.answer_timeout.count(), timing.coordinator_timeout.count(), timing.probe_timeout.count(),
                    window_text(timing.probe_gap.min.count(), timing.probe_gap.max.count()), timing.hold_down.count(),
                    2 * model.daemon);
    if (model.tick > Duration{1}) text += fmt::format("; a tick is {}", bully::to_string(model.tick));
    return text;
}

// "22 ticks (2.2s)".
std::string wait_text(const Model& model, int ticks) {
    auto text = counted(ticks, "tick");
    if (model.tick > Duration{1}) text += fmt::format(" ({})", bully::to_string(ticks * model.tick));
    return text;
}

// 1,234,567.
std::string grouped(std::size_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

bool is_about_lost_messages(const Model& model) {
    return of(model.budget, Disturbance::loss) > 0 || of(model.budget, Disturbance::cut) > 0;
}

std::string runs_text(const Model& model) {
    return fmt::format("of {} in mode {} with {}, at any times", counted(model.processes, "process", "processes"),
                       to_string(model.settings.mode), faults_text(model.budget));
}

std::string sentence(const Model& model, const Verdict& verdict) {
    const auto states = counted(grouped(verdict.states), "state");
    switch (verdict.kind) {
        case Kind::proved: {
            auto text =
                fmt::format("PROVED: every run {}, comes to agreement, for good; {}.", runs_text(model), states);
            if (!verdict.worst) return text;
            text += fmt::format(" It comes at the latest {} after the last of them, and that is reached",
                                wait_text(model, *verdict.worst));
            if (!is_about_lost_messages(model)) text += fmt::format("; S is {}", wait_text(model, settle_bound(model)));
            return text + ".";
        }
        case Kind::violated:
            return fmt::format("VIOLATED: not every run {}, is good: {}; {} looked at.", runs_text(model), verdict.what,
                               states);
        case Kind::wedged:
            return fmt::format("VIOLATED: P14: a run {}, comes to where agreement can't come any more ({} of {}): {}.",
                               runs_text(model), grouped(verdict.lost), states, verdict.end);
        case Kind::endless:
            return fmt::format("VIOLATED: P14: a run {}, can go on for ever without agreement ({} of {}).",
                               runs_text(model), grouped(verdict.lost), states);
        case Kind::out_of_memory:
            return fmt::format(
                "NOT DECIDED: the memory was used up after {}. What is shown: every run with at most {} "
                "of these comes to agreement.",
                states, counted(verdict.covered, "disturbance"));
        case Kind::stopped: return fmt::format("NOT DECIDED: interrupted after {}.", states);
    }
    return {};
}

std::string checked_text(const Model& model) {
    std::string text = "P4, P5, P7 and P11 on each step";
    if (model.settings.mode == Mode::robust) text.insert(0, "P1, ");
    text += is_about_lost_messages(model) ? "; P12 and P13 until a message is lost" : "; P12 and P13";
    return text + "; P14 and P15, for ever, on the graph of all states";
}

std::string_view name(Kind kind) {
    switch (kind) {
        case Kind::proved: return "proved";
        case Kind::violated: return "violated";
        case Kind::wedged: return "wedged";
        case Kind::endless: return "endless";
        case Kind::out_of_memory: return "out_of_memory";
        case Kind::stopped: return "stopped";
    }
    return {};
}

void write_run(std::ostream& out, const Verdict& verdict) {
    if (verdict.run.empty()) return;
    out << "\nThe shortest of the runs with the fewest faults that show it:\n  tick\n";
    for (std::size_t i = 0; i < verdict.run.size(); ++i) {
        const auto& happening = verdict.run[i];
        if (i == verdict.lost_from && verdict.kind == Kind::wedged) {
            out << "        from here on nothing leads to agreement; for instance:\n";
        }
        const bool same = i > 0 && verdict.run[i - 1].tick == happening.tick;
        out << fmt::format("  {:>4}  {}\n", same ? "" : std::to_string(happening.tick), happening.what);
    }
    out << "        " << verdict.end << "\n";
}

}  // namespace

void write_verdict(std::ostream& out, const Model& model, const Verdict& verdict) {
    out << fmt::format("{}, mode {}, {}\n", counted(model.processes, "process", "processes"),
                       to_string(model.settings.mode), model.settled ? "settled at first" : "from a cold start")
        << fmt::format("  may happen   {}: at any time, in any order{}\n", faults_text(model.budget),
                       model.refused ? "; hosts refuse" : "")
        << fmt::format("  ticks        {}; what falls together comes in {}\n", ticks_text(model),
                       model.ties_free ? "any order" : "the order of row 20")
        << fmt::format("  checked      {}\n", checked_text(model))
        << fmt::format("  looked at    {} and {}, in {:.0f} MB\n", counted(grouped(verdict.states), "state"),
                       counted(grouped(verdict.transitions), "transition"), static_cast<double>(verdict.memory) / 1e6)
        << fmt::format("  reached      {} of {} rows of the transition table\n", verdict.rows,
                       verdict.rows + verdict.unreached.size());
    if (model.settings.mode == Mode::robust && of(model.budget, Disturbance::refresh) == 0) {
        out << "  left out     R8: its timer takes longer than all this (--faults refresh=N has it act)\n";
    }
    write_run(out, verdict);
    if (!verdict.followed.empty()) out << "\nWhere it ends, of the states in which nothing is under way:\n";
    std::vector<std::pair<std::size_t, std::string>> ends;
    for (const auto& [text, count] : verdict.followed) ends.emplace_back(count, text);
    std::sort(ends.rbegin(), ends.rend());
    for (std::size_t i = 0; i < std::min(ends.size(), most_shown); ++i) {
        out << fmt::format("  {:>9}  {}\n", grouped(ends[i].first), ends[i].second);
    }
    if (ends.size() > most_shown) out << fmt::format("  and {} more\n", ends.size() - most_shown);
    out << "\n" << sentence(model, verdict) << "\n";
}

void write_verdict_json(std::ostream& out, const Model& model, const Verdict& verdict) {
    Json faults;
    for (std::size_t i = 0; i < disturbance_count; ++i) faults[std::string(disturbance_names[i])] = model.budget[i];
    const auto& timing = model.settings.timing;
    Json json{{"verdict", name(verdict.kind)},
              {"sentence", sentence(model, verdict)},
              {"processes", model.processes},
              {"mode", to_string(model.settings.mode)},
              {"start", model.settled ? "settled" : "cold"},
              {"faults", faults},
              {"refused", model.refused},
              {"ties", model.ties_free ? "free" : "product"},
              {"tick_ns", model.tick.count()},
              {"ticks",
               {{"delay", {model.delay.earliest, model.delay.latest}},
                {"answer_timeout", timing.answer_timeout.count()},
                {"coordinator_timeout", timing.coordinator_timeout.count()},
                {"probe_timeout", timing.probe_timeout.count()},
                {"probe_gap", {timing.probe_gap.min.count(), timing.probe_gap.max.count()}},
                {"hold_down", timing.hold_down.count()},
                {"join", 2 * model.daemon}}},
              {"states", verdict.states},
              {"transitions", verdict.transitions},
              {"state_bytes", verdict.state_bytes},
              {"memory_bytes", verdict.memory},
              {"disturbances_covered", verdict.covered},
              {"worst_ticks", verdict.worst ? Json(*verdict.worst) : Json(nullptr)},
              {"bound_ticks", settle_bound(model)},
              {"rows_reached", verdict.rows},
              {"rows_not_reached", verdict.unreached}};
    if (!verdict.what.empty()) json["violation"] = verdict.what;
    if (!verdict.run.empty()) {
        json["lost_states"] = verdict.lost;
        json["ends"] = verdict.followed;
        auto& run = json["run"] = Json::array();
        for (const auto& happening : verdict.run) run.push_back({{"tick", happening.tick}, {"what", happening.what}});
        json["end"] = verdict.end;
    }
    out << json.dump(2) << "\n";
}

}  // namespace bully::sim::explore
