#include "sim/checks/demands.hpp"

#include "sim/util/counted.hpp"

#include <algorithm>
#include <cassert>

namespace bully::sim {
namespace {

constexpr std::size_t most_shown = 3;

template <typename Record>
void keep(std::vector<Record>& records, std::uint64_t& left_out, Record record) {
    if (records.size() < Demands::most_kept) {
        records.push_back(std::move(record));
    } else {
        ++left_out;
        records.back() = std::move(record);
    }
}

// Those that are shown, in words: "a", "a, and b", "a, b, and c"; of more the first and the last. Only what is shown is
// put into words: a sweep asks for this after each run.
template <typename Record, typename IsShown, typename Describe>
std::string joined(const std::vector<Record>& records, std::uint64_t left_out, IsShown&& is_shown,
                   Describe&& describe) {
    std::vector<const Record*> shown;
    for (const auto& record : records) {
        if (is_shown(record)) shown.push_back(&record);
    }
    if (shown.empty()) return {};
    if (shown.size() + left_out > most_shown) {
        return counted(shown.size() + left_out, "time") + ", first " + describe(*shown.front()) + ", last " +
               describe(*shown.back());
    }
    auto text = describe(*shown.front());
    for (std::size_t i = 1; i < shown.size(); ++i) {
        text += (i + 1 == shown.size() ? ", and " : ", ") + describe(*shown[i]);
    }
    return text;
}

std::string until_text(Time until, Time end) { return until == end ? " on" : " to " + bully::to_string(until); }

std::string stretch(Time from, Time until, Time end) {
    return "from " + bully::to_string(from) + until_text(until, end);
}

}  // namespace

void Demands::reset() {
    agreements_.clear();
    agreements_left_out_ = 0;
    spans_.assign(1, {});
    spans_left_out_ = 0;
    end_ = {};
}

void Demands::agreement_ends(AgreementDemand demand) {
    using enum AgreementDemand::Outcome;
    assert((demand.outcome != reached && demand.outcome != failed) || demand.due <= demand.until);
    // A lossy network would fill the list with faults of which none waited for the one before.
    if (demand.outcome == pending && !agreements_.empty() && agreements_.back().outcome == pending) {
        auto& before = agreements_.back();
        before.due = demand.due;
        before.until = demand.until;
        ++before.faults;
        return;
    }
    keep(agreements_, agreements_left_out_, demand);
}

void Demands::calm_ends(Time at, const char* what) {
    auto& last = spans_.back();
    if (last.ended_calm != nullptr) return;
    last.until = at;
    keep(spans_, spans_left_out_, {at, at, what});
}

void Demands::calm_begins(Time at) {
    spans_.back().until = at;
    keep(spans_, spans_left_out_, {at, at, nullptr});
}

void Demands::finish(Time at) {
    end_ = at;
    spans_.back().until = at;
}

bool Demands::ever_calm() const {
    return std::any_of(spans_.begin(), spans_.end(),
                       [](const CalmSpan& span) { return span.ended_calm == nullptr && span.until > span.from; });
}

bool Demands::covers(const AgreementDemand& demand, Duration more) {
    if (demand.outcome != AgreementDemand::Outcome::reached) return false;
    return more == Duration::zero() || demand.until > demand.due + more;
}

bool Demands::ever_agreed(Duration more) const {
    return std::any_of(agreements_.begin(), agreements_.end(),
                       [&](const AgreementDemand& demand) { return covers(demand, more); });
}

bool Demands::agreed_at_end(Duration more) const { return !agreements_.empty() && covers(agreements_.back(), more); }

// What people read

std::string Demands::calm_text() const {
    if (spans_.size() == 1) return {};
    return joined(
        spans_, spans_left_out_ / 2,
        [](const CalmSpan& span) { return span.ended_calm == nullptr && span.until > span.from; },
        [&](const CalmSpan& span) { return stretch(span.from, span.until, end_); });
}

std::string Demands::not_calm_text() const {
    return joined(
        spans_, spans_left_out_ / 2, [](const CalmSpan& span) { return span.ended_calm != nullptr; },
        [&](const CalmSpan& span) { return stretch(span.from, span.until, end_) + ": " + span.ended_calm; });
}

std::string Demands::agreement_text(Duration more, bool failed) const {
    return joined(
        agreements_, agreements_left_out_,
        [&](const AgreementDemand& demand) {
            return covers(demand, more) || (failed && demand.outcome == AgreementDemand::Outcome::failed);
        },
        [&](const AgreementDemand& demand) {
            const auto due = demand.due + more;
            return "from " + bully::to_string(demand.fault) + " + " + bully::to_string(due - demand.fault) + " = " +
                   bully::to_string(due) + until_text(demand.until, end_);
        });
}

// What programs read

std::vector<PropertyDemand> Demands::calm() const {
    std::vector<PropertyDemand> all;
    for (const auto& span : spans_) {
        const bool calm = span.ended_calm == nullptr;
        if (calm && span.until == span.from) continue;
        PropertyDemand demand;
        demand.outcome = calm ? PropertyDemand::Outcome::demanded : PropertyDemand::Outcome::not_demanded;
        demand.after_at = span.from;
        demand.after = !calm ? span.ended_calm : span.from == Time::zero() ? "the start" : "agreement";
        if (calm) demand.due = span.from;
        demand.until = span.until;
        if (!calm) demand.why = "the world isn't calm until the group has agreed again";
        all.push_back(std::move(demand));
    }
    return all;
}

std::vector<PropertyDemand> Demands::agreements(Duration more, bool outcomes, const std::string& why_not_due) const {
    using enum AgreementDemand::Outcome;
    std::vector<PropertyDemand> all;
    for (const auto& agreement : agreements_) {
        PropertyDemand demand;
        demand.after_at = agreement.fault;
        demand.after = agreement.what;
        demand.faults = agreement.faults;
        if (agreement.due != Time::max()) demand.due = agreement.due + more;
        demand.until = agreement.until;
        const bool last = &agreement == &agreements_.back();
        if (covers(agreement, more)) {
            demand.outcome = outcomes ? PropertyDemand::Outcome::reached : PropertyDemand::Outcome::demanded;
        } else if (agreement.outcome == failed && outcomes) {
            demand.outcome = PropertyDemand::Outcome::not_reached;
        } else {
            demand.outcome = PropertyDemand::Outcome::not_demanded;
            if (agreement.outcome == nobody) {
                demand.why = "nobody was live";
            } else if (agreement.outcome == failed) {
                demand.why = "there was no agreement";
            } else if (agreement.outcome == excused && !last) {
                demand.why = "the message that would have revealed it never came";
            } else if (last) {
                demand.why = why_not_due;
            } else {
                demand.why = "another fault came before it was due";
            }
        }
        all.push_back(std::move(demand));
    }
    return all;
}

}  // namespace bully::sim
