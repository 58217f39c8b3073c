#include "sim/summary.hpp"

#include "core/transitions.hpp"
#include "sim/again_command.hpp"
#include "sim/findings.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace bully::sim {
namespace {

// The order in which people think of them.
constexpr std::array<MessageType, message_type_count> shown_order{
    MessageType::election, MessageType::ok, MessageType::coordinator, MessageType::probe, MessageType::join};

class Writer {
  public:
    Writer(std::ostream& out, const RunResult& result, SummaryStyle style) : out_(out), result_(result), style_(style) {
        for (const auto& process : result.processes) names_.push_back(process.name);
    }

    void write() {
        if (!style_.quiet) {
            outcome();
            messages();
        }
        warnings();
        expectations();
        write_findings(out_, names_, result_.properties, result_.violations, style_);
        verdict();
    }

  private:
    [[nodiscard]] std::string good(std::string_view text) const { return painted(text, "32", style_); }
    [[nodiscard]] std::string bad(std::string_view text) const { return painted(text, "1;31", style_); }

    [[nodiscard]] std::string name(Number number) const {
        return number == 0 || number > names_.size() ? "nobody" : names_[number - 1];
    }

    void outcome() {
        const auto& measures = result_.measures;
        fmt::print(out_, "\n{:<14}{}\n", "leader",
                   result_.leader != 0 ? name(result_.leader) : "the live processes don't agree on one");
        fmt::print(out_, "{:<14}{}\n", "agreement", agreement_text());
        fmt::print(out_, "{:<14}{}\n{:<14}{}\n", "no leader", time_text(measures.leaderless), "two leaders",
                   time_text(measures.multi_leader));
        fmt::print(out_, "{:<14}{} started, {} won\n", "elections", measures.elections, measures.victories);
    }

    // That which held at the end, and the first after the last fault, if that is another.
    [[nodiscard]] std::string agreement_text() const {
        const auto& measures = result_.measures;
        const auto& [first, last] = std::tie(measures.first_agreement, measures.agreement);
        auto since = last ? "since " + time_text(last->since) : "none at the end";
        if (!first) return since;
        if (last && last->since < measures.last_fault) {
            return fmt::format("{}, before the last fault at {}", since, time_text(measures.last_fault));
        }
        const auto after = time_text(*measures.time_to_agreement()) + " after the last fault";
        if (last && last->since == first->since) return fmt::format("{}, {}", since, after);
        return fmt::format("{}; first at {}, {}", since, time_text(first->since), after);
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
            fmt::print(out_, "{}: {}\n", painted("warning", "33", style_), warning);
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
        fmt::print(out_, "\n{}: {}{}, mode {}, seed {}, fingerprint {}\n",
                   result_.held() ? good("HELD") : bad("VIOLATED"), result_.scenario,
                   result_.interrupted ? " (interrupted at " + time_text(result_.duration) + ")" : "", mode,
                   result_.seed, fingerprint_text(result_.fingerprint));
        if (style_.quiet || result_.file.empty()) return;
        fmt::print(out_, "again: {}\n", again_command(result_.file, result_.seed, result_.mode, result_.overrides));
    }

    std::ostream& out_;
    const RunResult& result_;
    SummaryStyle style_;
    std::vector<std::string> names_;
};

}  // namespace

std::string fingerprint_text(std::uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

void write_summary(std::ostream& out, const RunResult& result, SummaryStyle style) {
    Writer(out, result, style).write();
}

}  // namespace bully::sim
