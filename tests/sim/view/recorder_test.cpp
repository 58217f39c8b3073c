// The model of a view: whatever happens, it has each message with its fate, each step with its cause, and what the
// group came to.
#include "sim/view/recorder.hpp"

#include "sim/checks/checked_run.hpp"
#include "sim/report/timeline.hpp"
#include "sim/scenario/parser.hpp"
#include "sim/view/message_ledger.hpp"
#include "tests/sim/checks/random_scenario.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

namespace bully::sim {
namespace {

constexpr std::uint64_t worlds = 150;

RunResult run(const Scenario& scenario, std::vector<Observer*> observers) {
    RunOptions options;
    options.check_properties = false;
    options.observers = std::move(observers);
    return run_scenario(scenario, options);
}

Duration length(const std::vector<ViewSpan>& spans) {
    return std::accumulate(spans.begin(), spans.end(), Duration{},
                           [](Duration sum, const ViewSpan& span) { return sum + (span.until - span.from); });
}

// What the simulator counts by itself.
std::array<MessageCounts, message_type_count> counted(const ViewModel& model) {
    std::array<MessageCounts, message_type_count> counts{};
    for (const auto& message : model.messages) {
        auto& of_type = counts[static_cast<std::size_t>(message.type)];
        if (!message.original) ++of_type.sent;
        if (message.fate == Fate::delivered) ++of_type.delivered;
        if (message.fate == Fate::lost) ++of_type.lost;
        if (message.fate == Fate::to_down) ++of_type.to_down;
    }
    return counts;
}

TEST(ViewRecorder, HasEachMessageWithItsFate) {
    for (std::uint64_t seed = 0; seed < worlds; ++seed) {
        SCOPED_TRACE(seed);
        const auto scenario = random_scenario(seed, World::disturbed);
        ViewRecorder recorder;
        const auto measures = run(scenario, {&recorder}).measures;
        const auto counts = counted(recorder.model());
        for (std::size_t type = 0; type < message_type_count; ++type) {
            EXPECT_EQ(counts[type].sent, measures.messages[type].sent);
            EXPECT_EQ(counts[type].delivered, measures.messages[type].delivered);
            EXPECT_EQ(counts[type].lost, measures.messages[type].lost);
            EXPECT_EQ(counts[type].to_down, measures.messages[type].to_down);
        }
    }
}

// Nothing but a pause keeps a message beyond the time that was drawn for it; and what the ledger takes for one message
// is one: else some would arrive too early, and others never.
TEST(ViewRecorder, MatchesEachArrivalWithItsSend) {
    std::uint64_t matched = 0;
    std::uint64_t copies = 0;
    for (std::uint64_t seed = 0; seed < worlds; ++seed) {
        SCOPED_TRACE(seed);
        const auto scenario = random_scenario(seed, World::disturbed);
        const bool pauses = std::ranges::any_of(
            scenario.faults, [](const Fault& fault) { return std::holds_alternative<fault::Pause>(fault.what); });
        ViewRecorder recorder;
        run(scenario, {&recorder});
        const auto& model = recorder.model();
        for (const auto& message : model.messages) {
            if (message.original) ++copies;
            if (message.fate == Fate::sent) {
                ASSERT_TRUE(message.due);
                // In a backlog, or not yet due.
                EXPECT_TRUE(*message.due > model.end || pauses);
                continue;
            }
            if (message.fate != Fate::delivered && message.fate != Fate::discarded) continue;
            ASSERT_TRUE(message.due);
            EXPECT_TRUE(message.known == *message.due || (pauses && message.known > *message.due));
            ++matched;
        }
    }
    EXPECT_GT(matched, 10'000U);
    EXPECT_GT(copies, 10U);
}

TEST(ViewRecorder, StepsAndMessagesNameEachOther) {
    for (std::uint64_t seed = 0; seed < worlds; ++seed) {
        SCOPED_TRACE(seed);
        ViewRecorder recorder;
        run(random_scenario(seed, World::disturbed), {&recorder});
        const auto& model = recorder.model();
        for (ViewIndex i = 0; i < model.messages.size(); ++i) {
            const auto& message = model.messages[i];
            ASSERT_TRUE(message.by);
            EXPECT_EQ(model.steps[*message.by].number, message.from);
            EXPECT_EQ(model.steps[*message.by].line.at, message.sent);
            EXPECT_EQ(message.step.has_value(), message.fate == Fate::delivered && message.to != 0);
            if (!message.step) continue;
            const auto& step = model.steps[*message.step];
            EXPECT_EQ(step.number, message.to);
            EXPECT_EQ(step.cause.kind, ViewCause::Kind::message);
            EXPECT_EQ(step.cause.index, i);
        }
        for (const auto& step : model.steps) {
            if (step.event == EventKind::joined || step.event == EventKind::join_failed ||
                step.event == EventKind::unreachable) {
                ASSERT_EQ(step.cause.kind, ViewCause::Kind::message);
                const auto& request = model.messages[step.cause.index];
                EXPECT_EQ(request.from, step.number);
                EXPECT_EQ(model.steps[*request.outcome].number, step.number);
                EXPECT_EQ(request.to == 0, step.event != EventKind::unreachable);
            }
            if (step.cause.kind == ViewCause::Kind::timer) {
                EXPECT_EQ(model.steps[step.cause.index].number, step.number);
            }
        }
    }
}

// That is, what Timeline writes with --verbose, but for its first and last lines.
TEST(ViewRecorder, SaysWhatTheTimelineSays) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        SCOPED_TRACE(seed);
        const auto scenario = random_scenario(seed, World::disturbed);
        ViewRecorder recorder;
        std::ostringstream out;
        Timeline timeline(out, {false, true, 0});
        run(scenario, {&recorder, &timeline});
        std::map<std::uint32_t, std::string> lines;
        const auto add = [&](const ViewLine& line, Number number) {
            const auto name = number == 0 ? "" : scenario.processes[number - 1].name + ": ";
            lines[line.order] = clock_time(line.at) + "  " + name + line.text;
        };
        const auto& model = recorder.model();
        for (const auto& step : model.steps) add(step.line, step.number);
        for (const auto& message : model.messages) {
            for (const auto& line : message.lines) add(line, message.from);
        }
        for (const auto& event : model.world) {
            if (event.line.prominence != Prominence::detail) add(event.line, event.number);
        }
        std::vector<std::string> shown;
        std::istringstream text(out.str());
        for (std::string line; std::getline(text, line);) {
            line.erase(0, line.find_first_not_of(' '));
            if (!line.ends_with("the end") && line.find(", settled") == std::string::npos) shown.push_back(line);
        }
        ASSERT_EQ(shown.size(), lines.size());
        auto expected = shown.begin();
        for (const auto& [order, line] : lines) EXPECT_EQ(line, *expected++);
    }
}

TEST(ViewRecorder, HasWhatTheGroupCameTo) {
    for (std::uint64_t seed = 0; seed < worlds; ++seed) {
        SCOPED_TRACE(seed);
        ViewRecorder recorder;
        const auto measures = run(random_scenario(seed, World::disturbed), {&recorder}).measures;
        const auto& model = recorder.model();
        EXPECT_EQ(length(model.leaderless), measures.leaderless);
        EXPECT_EQ(length(model.several_leaders), measures.multi_leader);
        if (!measures.agreement) continue;
        // Of agreement the links are not asked: it may seem to have come earlier.
        ASSERT_FALSE(model.agreement.empty());
        EXPECT_EQ(model.agreement.back().leader, measures.agreement->leader);
        EXPECT_EQ(model.agreement.back().until, model.end);
        EXPECT_LE(model.agreement.back().from, measures.agreement->since);
    }
}

TEST(ViewRecorder, LeavesOutWhatIsTooMuch) {
    const auto scenario = parse_scenario("name: three\nduration: 20s\nstart: settled\nprocesses: 3\n", "three.yaml");
    ASSERT_TRUE(scenario);
    ViewRecorder whole;
    run(*scenario, {&whole});
    ViewRecorder recorder(10);
    run(*scenario, {&recorder});
    const auto& model = recorder.model();
    ASSERT_EQ(model.messages.size(), 10U);
    EXPECT_EQ(model.messages.size() + model.left_out, whole.model().messages.size());
    EXPECT_EQ(model.end, whole.model().messages[10].sent);
    EXPECT_LE(model.steps.back().line.at, model.end);
    EXPECT_EQ(model.bands.back().until, model.end);
}

TEST(MessageLedger, TellsRepetitionsApartByWhenTheyAreDue) {
    MessageLedger ledger;
    MessageNote note{Time{1}, Fate::sent, MessageType::coordinator, 3, 1, 7, {}, false};
    ledger.sent(note, 0, Time{9});
    ledger.sent(note, 1, Time{5});
    note.fate = Fate::delivered;
    note.at = Time{5};
    EXPECT_EQ(ledger.ended(note), 1U);
    note.at = Time{9};
    EXPECT_EQ(ledger.ended(note), 0U);
    EXPECT_EQ(ledger.ended(note), std::nullopt);
}

TEST(MessageLedger, WhatIsTurnedAwayAtOnceIsTheLatest) {
    MessageLedger ledger;
    MessageNote note{Time{6}, Fate::sent, MessageType::probe, 1, 3, 7, {}, false};
    ledger.sent(note, 0, Time{5});  // in a backlog
    ledger.sent(note, 1, Time{9});
    note.fate = Fate::to_down;
    EXPECT_EQ(ledger.ended(note), 1U);
    note.fate = Fate::delivered;
    EXPECT_EQ(ledger.ended(note), 0U);
}

}  // namespace
}  // namespace bully::sim
