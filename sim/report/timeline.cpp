#include "sim/report/timeline.hpp"

#include "core/election.hpp"
#include "sim/util/counted.hpp"
#include "sim/util/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bully::sim {
namespace {

constexpr std::size_t time_width = 10;
constexpr std::size_t text_least = 44;  // the least width for a sentence beside the columns

struct Look {
    std::string_view symbol;
    fmt::text_style style;
};

// In the order of Cell.
constexpr std::array<Look, 9> looks{{{" ", {}},
                                     {"+", fmt::fg(fmt::terminal_color::cyan)},
                                     {"│", look::detail},
                                     {"★", fmt::emphasis::bold | look::good},
                                     {"?", fmt::emphasis::bold | look::warning},
                                     {"…", look::warning},
                                     {"○", fmt::fg(fmt::terminal_color::magenta)},
                                     {"✗", look::bad},
                                     {"‖", look::bad}}};

constexpr std::string_view legend =
    "★ leads  │ follows  + joins  ? awaits OK  … awaits COORDINATOR  ○ feigns a failure  ‖ is paused  ✗ is down";

}  // namespace

std::string clock_time(Time at) {
    // To 0.1 ms; the lines are in order anyway.
    const auto tenths = at.count() / 100'000;
    auto fraction = std::to_string(tenths % 10'000);
    return std::to_string(tenths / 10'000) + "." + std::string(4 - fraction.size(), '0') + fraction + "s";
}

Timeline::Cell Timeline::cell_of(Phase phase) {
    switch (phase) {
        case Phase::down: return Cell::down;
        case Phase::joining: return Cell::joining;
        case Phase::following: return Cell::following;
        case Phase::leading: return Cell::leading;
        case Phase::awaiting_answers: return Cell::asking;
        case Phase::awaiting_coordinator: return Cell::waiting;
        case Phase::failed: return Cell::failed;
    }
    return Cell::none;
}

void Timeline::on_begin(const Scenario& scenario) {
    narrator_.begin(scenario);
    cells_.assign(scenario.processes.size(), Cell::none);
    phases_.assign(scenario.processes.size(), Phase::down);
    settled_ = 0;
    column_ = 4;
    for (const auto& process : scenario.processes) column_ = std::max(column_, shown_length(process.name) + 2);
    has_columns_ = time_width + 2 + column_ * cells_.size() + text_least <= style_.width;
    if (!has_columns_) return;
    std::string header = left_aligned("      time", time_width + 2);
    for (const auto& process : scenario.processes) header += left_aligned(process.name, column_);
    header.erase(header.find_last_not_of(' ') + 1);
    out_ << legend << "\n\n" << header << "\n";
}

std::string Timeline::cells(Number acting) const {
    std::string text;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const auto& [symbol, style] = looks[static_cast<std::size_t>(cells_[i])];
        std::string cell(symbol);
        if (i + 1 == acting) cell += "◄";
        text += painted(left_aligned(std::move(cell), column_), style, style_.colour);
    }
    return text;
}

void Timeline::line(Time at, Number number, const Narration& narration) {
    flush_settled();
    const auto time = right_aligned(clock_time(at), time_width);
    std::string text = (number == 0 ? "" : narrator_.name(number) + ": ") + narration.text;
    if (narration.prominence == Prominence::headline) text = painted(text, look::headline, style_.colour);
    if (narration.prominence == Prominence::detail) text = painted(text, look::detail, style_.colour);
    out_ << time << "  " << (has_columns_ ? cells(number) : "") << text << "\n";
}

void Timeline::flush_settled() {
    if (settled_ == 0) return;
    const auto count = std::exchange(settled_, 0);
    const auto leads = std::find(cells_.begin(), cells_.end(), Cell::leading);
    std::string text = counted(count, "process", "processes") + ", settled";
    if (leads != cells_.end()) {
        text += ": all follow " + narrator_.name(static_cast<Number>(leads - cells_.begin()) + 1);
    }
    line(Time::zero(), 0, {Prominence::normal, text});
}

void Timeline::on_life(const LifeNote& note) {
    cells_[note.number - 1] = cell_of(note.process->phase());
    phases_[note.number - 1] = note.process->phase();
    if (note.settled) ++settled_;
}

void Timeline::on_step(const StepNote& note) {
    flush_settled();
    cells_[note.number - 1] = cell_of(note.process->phase());
    phases_[note.number - 1] = note.process->phase();
    const auto narration = narrator_.step(note);
    if (narration.prominence == Prominence::detail && !style_.verbose) return;
    line(note.at, note.number, narration);
}

void Timeline::on_message(const MessageNote& note) {
    const auto narration = narrator_.message(note);
    if (narration.text.empty() || (narration.prominence == Prominence::detail && !style_.verbose)) return;
    line(note.at, note.from, narration);
}

void Timeline::on_world(const WorldNote& note) {
    using enum WorldNote::Kind;
    if (note.kind != start) flush_settled();
    if (note.number != 0) {
        auto& cell = cells_[note.number - 1];
        if (note.kind == crash || note.kind == give_up) cell = Cell::down;
        if (note.kind == pause) cell = Cell::paused;
        if (note.kind == resume) cell = cell_of(phases_[note.number - 1]);
        if (note.kind == restart) cell = Cell::joining;
    }
    const auto narration = narrator_.world(note);
    if (narration.prominence != Prominence::detail) line(note.at, note.number, narration);
}

void Timeline::on_end(Time at) { line(at, 0, {Prominence::normal, "the end"}); }

}  // namespace bully::sim
