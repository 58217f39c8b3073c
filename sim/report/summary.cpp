#include "sim/report/summary.hpp"

#include "core/names.hpp"
#include "sim/report/property_report.hpp"
#include "sim/scenario/rerun_command.hpp"
#include "sim/util/fingerprint.hpp"
#include "sim/util/text.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace bully::sim {
namespace {

// The order of an election.
constexpr std::array<MessageType, message_type_count> shown_order{
    MessageType::election, MessageType::ok, MessageType::coordinator, MessageType::probe, MessageType::join};

constexpr std::size_t most_shown_faults = 12;

class Writer {
  public:
    Writer(std::ostream& out, const RunResult& result, SummaryStyle style) : out_(out), result_(result), style_(style) {
        for (const auto& process : result.processes) names_.push_back(process.name);
    }

    void write() {
        if (!style_.quiet) {
            outcome();
            faults();
            messages();
        }
        warnings();
        expectations();
        write_findings(out_, names_, result_.properties, result_.violations, style_);
        verdict();
    }

  private:
    [[nodiscard]] std::string good(std::string_view text) const { return painted(text, look::good, style_.colour); }
    [[nodiscard]] std::string bad(std::string_view text) const { return painted(text, look::bad, style_.colour); }

    [[nodiscard]] std::string name(Number number) const {
        return number == 0 || number > names_.size() ? "nobody" : names_[number - 1];
    }

    void outcome() {
        const auto& measures = result_.measures;
        fmt::print(out_, "\n{:<14}{}\n", "leader", leader_text());
        fmt::print(out_, "{:<14}{}\n", "agreement", agreement_text());
        fmt::print(out_, "{:<14}{}\n", "no leader", time_text(measures.leaderless));
        fmt::print(out_, "{:<14}{}{}\n", "  for some", time_text(measures.some_leaderless),
                   measures.some_leaderless > measures.leaderless
                       ? ": some live process had no live leader within reach"
                       : "");
        fmt::print(out_, "{:<14}{}\n", "split brain", time_text(measures.multi_leader));
        fmt::print(out_, "{:<14}{} started, {} won\n", "elections", measures.elections, measures.victories);
    }

    [[nodiscard]] std::string leader_text() const {
        if (result_.leader != 0) return name(result_.leader);
        const bool some = std::any_of(result_.processes.begin(), result_.processes.end(),
                                      [](const ProcessResult& process) { return process.alive; });
        return some ? "the live processes don't agree on a leader" : "none: no process is live";
    }

    // The agreement at the end, and the first one after the last fault if it is a different one.
    [[nodiscard]] std::string agreement_text() const {
        const auto& measures = result_.measures;
        const auto& [first, last] = std::tie(measures.first_agreement, measures.agreement);
        if (!last) {
            if (!first) return "none at the end";
            return fmt::format("none at the end; an agreement since {} was lost", time_text(first->since));
        }
        const auto since = "since " + time_text(last->since);
        if (last->since < measures.last_fault) {
            return fmt::format("{}, before the last fault at {}", since, time_text(measures.last_fault));
        }
        const auto after = time_text(*measures.time_to_agreement()) + " after the last fault";
        if (last->since == first->since) return fmt::format("{}, {}", since, after);
        return fmt::format("{}; first at {}, {}", since, time_text(first->since), after);
    }

    // A row per fault. A single fault has none: the agreement after it stands above.
    void faults() {
        const auto& faults = result_.measures.faults;
        if (faults.size() < 2) return;
        const bool all = faults.size() <= most_shown_faults;
        const auto first = all ? faults.size() : most_shown_faults / 2;
        const auto last = all ? faults.size() : faults.size() - most_shown_faults / 2;
        std::size_t time_width = 14;
        std::size_t width = 28;
        for (std::size_t i = 0; i < faults.size(); ++i) {
            if (i >= first && i < last) continue;
            time_width = std::max(time_width, time_text(faults[i].at).size() + 2);
            width = std::max(width, shown_length(what_happened(faults[i])) + 2);
        }
        const auto fault_row = [&](std::size_t i) {
            const auto what = what_happened(faults[i]);
            fmt::print(out_, "  {:<{}}{}{:<{}}{}\n", time_text(faults[i].at), time_width, what, "",
                       width - shown_length(what), agreement_after(i));
        };
        fmt::print(out_, "\n{:<{}}{:<{}}{}\n", "faults", time_width + 2, "", width, "agreement after");
        for (std::size_t i = 0; i < first; ++i) fault_row(i);
        if (all) return;
        const auto left_out = last - first + result_.measures.untimed_faults;
        fmt::print(out_, "  ... {} more (--json has {}) ...\n", left_out,
                   result_.measures.untimed_faults == 0 ? "all" : "the first 100000");
        for (auto i = last; i < faults.size(); ++i) fault_row(i);
    }

    [[nodiscard]] std::string agreement_after(std::size_t i) const {
        const auto& faults = result_.measures.faults;
        if (faults[i].agreement) return time_text(*faults[i].agreement);
        if (i + 1 == faults.size() && result_.measures.untimed_faults == 0) return "none at the end";
        return fmt::format("none before the next fault at {}", time_text(faults[i].until));
    }

    [[nodiscard]] std::string what_happened(const TimedFault& fault) const {
        return fault_text(fault) + (fault.more == 0 ? "" : fmt::format(", and {} more", fault.more));
    }

    [[nodiscard]] std::string fault_text(const TimedFault& fault) const {
        using enum WorldNote::Kind;
        const auto who = name(fault.number);
        const auto link = [&](const char* what) { return fault.ends ? fmt::format("the end of {}", what) : what; };
        switch (fault.kind) {
            case start: return who + " starts";
            case crash: return who + " crashes";
            case restart: return who + " restarts";
            case pause: return who + " is paused";
            case resume: return who + " is resumed";
            case feign: return who + " feigns a failure";
            case recover: return who + " recovers";
            case give_up: return who + " gives up";
            case elect: return who + " is told to elect";
            case partition: return link("a partition");
            case cut: return link("a cut link");
            case slow: return link("a slow link");
            case delay: return link("a changed delay");
            case loss: return link("a changed loss");
            case heal: return "all links heal";
            case daemon_down: return "the daemon fails";
            case daemon_up: return "the daemon is back";
            case daemon_restart: return "the daemon restarts";
            case no_effect:
            case stand_still: break;  // these aren't faults
        }
        return "";
    }

    void messages() {
        fmt::print(out_, "\n{:<14}{:>10}{:>12}{:>12}{:>8}\n", "messages", "sent", "delivered", "to the dead", "lost");
        for (const auto type : shown_order) {
            const auto& counts = result_.measures.messages[static_cast<std::size_t>(type)];
            fmt::print(out_, "  {:<12}{:>10}{:>12}{:>12}{:>8}\n", to_string(type), counts.sent, counts.delivered,
                       counts.to_down, counts.lost);
        }
    }

    void warnings() {
        for (const auto& warning : result_.warnings)
            fmt::print(out_, "{}: {}\n", painted("warning", look::warning, style_.colour), warning);
    }

    void expectations() {
        bool first = true;
        for (const auto& expectation : result_.expectations) {
            if (!expectation.applies || (style_.quiet && expectation.held)) continue;
            if (std::exchange(first, false)) fmt::print(out_, "\nexpected\n");
            fmt::print(out_, "  {} {}", expectation.held ? good("held    ") : bad("VIOLATED"), expectation.text);
            if (!expectation.held) {
                fmt::print(out_, "\n           found: {}", expectation.detail);
                if (expectation.line != 0) fmt::print(out_, " ({}:{})", result_.file, expectation.line);
            }
            fmt::print(out_, "\n");
        }
    }

    void verdict() {
        const auto mode = to_string(result_.mode);
        const bool whole = demanded_to_the_end(result_.properties);
        const auto held = whole ? good("HELD") : "HELD where demanded";
        fmt::print(out_, "\n{}: {}{}, mode {}, seed {}, fingerprint {}\n", result_.held() ? held : bad("VIOLATED"),
                   result_.scenario, result_.interrupted ? " (interrupted at " + time_text(result_.duration) + ")" : "",
                   mode, result_.seed, fingerprint_text(result_.fingerprint));
        if (style_.quiet || result_.file.empty()) return;
        fmt::print(out_, "again: {}\n", again_command(result_.file, result_.seed, result_.mode, result_.overrides));
    }

    std::ostream& out_;
    const RunResult& result_;
    SummaryStyle style_;
    std::vector<std::string> names_;
};

}  // namespace

void write_summary(std::ostream& out, const RunResult& result, SummaryStyle style) {
    Writer(out, result, style).write();
}

}  // namespace bully::sim
