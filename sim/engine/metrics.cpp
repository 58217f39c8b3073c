#include "sim/engine/metrics.hpp"

namespace bully::sim {

void Metrics::reset(std::size_t processes, const Network& network) {
    network_ = &network;
    measures = {};
    led_.assign(processes, 0);
    led_count_ = 0;
    some_leaderless_ = false;
    links_plain_ = true;
    beliefs_.assign(processes, {});
    followers_.assign(processes + 1, 0);
    live_ = 0;
    leading_ = 0;
    electing_ = 0;
    highest_live_ = 0;
    accounted_ = {};
}

void Metrics::account(Time at) {
    const auto passed = at - accounted_;
    accounted_ = at;
    if (leading_ == 0) measures.leaderless += passed;
    if (leading_ > 1) measures.multi_leader += passed;
    if (some_leaderless_) measures.some_leaderless += passed;
}

// Who leads

bool Metrics::is_led(Number number) const {
    const auto& belief = beliefs_[number - 1];
    if (!belief.idle || belief.leader == 0 || !beliefs_[belief.leader - 1].leading) return false;
    if (belief.leader == number || network_->is_plain()) return true;
    return network_->connects(number, belief.leader) && network_->connects(belief.leader, number);
}

void Metrics::refresh_followers(Number leader) {
    if (followers_[leader] == 0) return;
    for (Number number = 1; number <= beliefs_.size(); ++number) {
        if (beliefs_[number - 1].leader == leader) refresh_led(number);
    }
}

void Metrics::refresh_some_leaderless(Time at) {
    const bool some = led_count_ < live_;
    if (some == some_leaderless_) return;
    account(at);
    some_leaderless_ = some;
}

void Metrics::change(Time at, Number number, Belief& belief, Belief now) {
    if (belief.leading != now.leading) account(at);
    const bool elects = now.electing || (now.leading && !belief.leading);  // perhaps it wins at once
    if (elects && electing_ == 0 && belief.leader != 0 && belief.leader != number &&
        beliefs_[belief.leader - 1].life != Life::down) {
        ++measures.false_elections;
    }
    if (belief.idle) --followers_[belief.leader];
    if (now.idle) ++followers_[now.leader];
    leading_ += static_cast<std::uint32_t>(now.leading) - static_cast<std::uint32_t>(belief.leading);
    electing_ += static_cast<std::uint32_t>(now.electing) - static_cast<std::uint32_t>(belief.electing);
    const bool leading_changes = belief.leading != now.leading;
    const bool live = now.life == Life::live;
    live_ += static_cast<std::uint32_t>(live) - static_cast<std::uint32_t>(belief.life == Life::live);
    belief = now;
    if (live) {
        highest_live_ = std::max(highest_live_, number);
    } else {
        while (highest_live_ > 0 && !is_live(highest_live_)) --highest_live_;
    }
    refresh_led(number);
    if (leading_changes) refresh_followers(number);
    refresh_some_leaderless(at);
    refresh_agreement(at);
}

void Metrics::refresh_agreement(Time at) {
    // Whom all follow, if they do: any live one knows. Who is cut off from his leader only hasn't noticed it yet.
    const auto leader = highest_live_ == 0 ? 0 : beliefs_[highest_live_ - 1].leader;
    const bool agreed = leader != 0 && followers_[leader] == live_ && led_count_ == live_;
    auto& agreement = measures.agreement;
    if (agreement && (!agreed || agreement->leader != leader)) {
        // What ends at the instant at which it began was none. Nor was what outlived the fault, and ends: they follow
        // whom they followed until they notice.
        if (agreement->since >= measures.last_fault && at > agreement->since) record_first_agreement();
        agreement.reset();
    }
    if (agreed && !agreement) agreement = Agreement{at, leader};
}

void Metrics::record_first_agreement() {
    if (measures.first_agreement) return;
    measures.first_agreement = measures.agreement;
    measures.first_agreement->since = std::max(measures.agreement->since, measures.last_fault);
}

Number Metrics::leader() const {
    for (auto number = static_cast<Number>(beliefs_.size()); number > 0; --number) {
        if (beliefs_[number - 1].leading) return number;
    }
    return 0;
}

// Faults

// The time to agreement after a fault ends with the next one: what comes later isn't of this fault alone.
void Metrics::end_fault(Time at) {
    if (measures.agreement) record_first_agreement();
    if (measures.faults.empty()) return;
    auto& fault = measures.faults.back();
    if (measures.untimed_faults > 0) return;
    fault.until = at;
    if (measures.agreement) fault.agreement = measures.first_agreement->since - fault.at;
}

void Metrics::record_fault(Time at) {
    auto& faults = measures.faults;
    if (faults.empty() || measures.last_fault != at) {
        end_fault(at);
        if (faults.size() < Measures::most_faults) {
            faults.push_back({at, at, std::nullopt, 0, 0, WorldNote::Kind::start, false, false});
        } else {
            ++measures.untimed_faults;
        }
    } else if (measures.untimed_faults == 0) {
        ++faults.back().more;
    }
    measures.last_fault = at;
    measures.first_agreement.reset();
    const bool plain = network_->is_plain();
    if (plain && links_plain_) return;
    links_plain_ = plain;
    for (Number number = 1; number <= beliefs_.size(); ++number) refresh_led(number);
    refresh_some_leaderless(at);
    refresh_agreement(at);
}

void Metrics::finish(Time at) {
    account(at);
    end_fault(at);
}

}  // namespace bully::sim
