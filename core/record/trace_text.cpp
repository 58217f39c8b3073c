#include "core/record/trace_text.hpp"

namespace bully {
namespace {

const Membership* members_of(const Event& event) {
    if (const auto* joined = std::get_if<Joined>(&event)) return &joined->members;
    if (const auto* election = std::get_if<ElectionReceived>(&event)) return &election->members;
    return nullptr;
}

// Whoever sends many lists can't make the writer grow; one that comes back is written again.
constexpr std::size_t most_snapshots = 64;

}  // namespace

SnapshotNumber TraceText::snapshot(const Membership* members) {
    if (members == nullptr || members->empty()) return 0;
    if (const auto found = numbers_.find(members->identity()); found != numbers_.end()) return found->second;
    for (const auto& [known, number] : snapshots_) {
        if (known == *members) return number;
    }
    const auto number = ++latest_;
    append_snapshot(lines_, number, *members);
    if (snapshots_.size() == most_snapshots) {
        numbers_.erase(snapshots_.front().first.identity());
        snapshots_.erase(snapshots_.begin());
    }
    snapshots_.emplace_back(*members, number);
    numbers_.emplace(members->identity(), number);
    return number;
}

void TraceText::header(const TraceHeader& header) { append_header(lines_, header); }

void TraceText::life(LifeRecord record, const Membership* settled) {
    if (settled != nullptr) record.settled = snapshot(settled);
    append_life(lines_, record);
}

void TraceText::step(StepRecord record) {
    record.members = snapshot(members_of(*record.event));
    append_step(lines_, record);
}

void TraceText::world(const WorldRecord& record) {
    lines_ += R"({"t":)" + std::to_string(record.time_ns) + R"(,"world":")";
    lines_ += record.kind;
    lines_ += R"(","node":)" + std::to_string(record.node) + R"(,"ends":)" + (record.ends ? "true" : "false") +
              R"(,"host_up":)" + (record.host_up ? "true" : "false") + R"(,"text":)";
    append_json_string(lines_, record.text);
    lines_ += "}\n";
}

void TraceText::end(std::int64_t time_ns) {
    auto all = taken_;
    all.add(lines_);
    line(R"({"t":)" + std::to_string(time_ns) + R"(,"world":"end","lines":)" + std::to_string(all.lines()) +
         R"(,"digest":")" + all.text() + "\"}");
}

std::string TraceText::take() {
    taken_.add(lines_);
    return std::exchange(lines_, {});
}

void TraceText::line(std::string_view text) {
    lines_ += text;
    lines_ += '\n';
}

}  // namespace bully
