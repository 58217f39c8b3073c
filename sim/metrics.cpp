#include "sim/metrics.hpp"

namespace bully::sim {

void Metrics::reset(std::size_t processes) {
    measures = {};
    beliefs_.assign(processes, {});
    followers_.assign(processes + 1, 0);
    live_ = 0;
    leading_ = 0;
    electing_ = 0;
    highest_live_ = 0;
    accounted_ = {};
    agreed_since_.reset();
}

void Metrics::account(Time at) {
    const auto passed = at - accounted_;
    accounted_ = at;
    if (leading_ == 0) measures.leaderless += passed;
    if (leading_ > 1) measures.multi_leader += passed;
}

void Metrics::change(Time at, Number number, Belief& belief, Belief now) {
    if (belief.leading != now.leading) account(at);
    // The first to elect; those that it asks only follow its example.
    if (now.electing && electing_ == 0 && belief.leader != 0 && belief.leader != number && is_live(belief.leader)) {
        ++measures.false_elections;
    }
    if (belief.idle) --followers_[belief.leader];
    if (now.idle) ++followers_[now.leader];
    leading_ += static_cast<std::uint32_t>(now.leading) - static_cast<std::uint32_t>(belief.leading);
    electing_ += static_cast<std::uint32_t>(now.electing) - static_cast<std::uint32_t>(belief.electing);
    live_ += static_cast<std::uint32_t>(now.live) - static_cast<std::uint32_t>(belief.live);
    belief = now;
    if (now.live) {
        highest_live_ = std::max(highest_live_, number);
    } else {
        while (highest_live_ > 0 && !beliefs_[highest_live_ - 1].live) --highest_live_;
    }
    const bool agreed = highest_live_ != 0 && leading_ == 1 && followers_[highest_live_] == live_ &&
                        beliefs_[highest_live_ - 1].leading;
    if (!agreed) {
        agreed_since_.reset();
    } else if (!agreed_since_ || measures.agreement->leader != highest_live_) {
        agreed_since_ = at;
        measures.agreement = Agreement{at, highest_live_};
    }
}

Number Metrics::leader() const {
    for (auto number = static_cast<Number>(beliefs_.size()); number > 0; --number) {
        if (beliefs_[number - 1].leading) return number;
    }
    return 0;
}

void Metrics::finish(Time at) {
    account(at);
    if (!agreed_since_) measures.agreement.reset();
}

}  // namespace bully::sim
