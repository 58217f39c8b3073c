#include "sim/view/lanes.hpp"

#include <algorithm>
#include <utility>

namespace bully::sim {
namespace {

bool is_live(Look look) {
    return look == Look::joining || look == Look::following || look == Look::leading || look == Look::asking ||
           look == Look::waiting;
}

}  // namespace

void Lanes::Spans::set(Time at, bool is_so, Number leader) {
    if (open_ && is_so && open_->leader == leader) return;
    if (open_ && open_->from < at) {
        open_->until = at;
        spans_.push_back(*open_);
    }
    open_.reset();
    if (!is_so) return;
    // What ended and begins again at one instant has lasted.
    if (!spans_.empty() && spans_.back().until == at && spans_.back().leader == leader) {
        open_ = spans_.back();
        spans_.pop_back();
    } else {
        open_ = ViewSpan{at, at, leader};
    }
}

std::vector<ViewSpan> Lanes::Spans::take(Time end) {
    set(end, false, 0);
    return std::exchange(spans_, {});
}

void Lanes::begin(std::size_t processes) {
    current_.assign(processes, {});
    for (std::size_t i = 0; i < processes; ++i) current_[i].number = static_cast<Number>(i + 1);
    before_pause_ = current_;
    over_.assign(processes, {});
    leaderless_ = {};
    several_ = {};
    agreement_ = {};
    refresh(Time::zero());
}

void Lanes::set(Time at, Number number, Look look, Number leader) {
    auto& band = current_[number - 1];
    if (band.look == look && band.leader == leader) return;
    if (band.from < at && band.look != Look::none) {
        band.until = at;
        over_[number - 1].push_back(band);
    }
    band = {number, look, leader, at, at};
    refresh(at);
}

void Lanes::pause(Time at, Number number) {
    before_pause_[number - 1] = current_[number - 1];
    set(at, number, Look::paused, current_[number - 1].leader);
}

void Lanes::resume(Time at, Number number) {
    set(at, number, before_pause_[number - 1].look, before_pause_[number - 1].leader);
}

void Lanes::refresh(Time at) {
    const auto leaders = std::ranges::count(current_, Look::leading, &ViewBand::look);
    leaderless_.set(at, leaders == 0, 0);
    several_.set(at, leaders > 1, 0);
    const auto agreed = agreed_leader();
    agreement_.set(at, agreed != 0, agreed);
}

Number Lanes::agreed_leader() const {
    Number agreed = 0;
    for (const auto& band : current_) {
        if (!is_live(band.look)) continue;
        if (band.look != Look::following && band.look != Look::leading) return 0;
        if (agreed != 0 && band.leader != agreed) return 0;
        agreed = band.leader;
    }
    return agreed != 0 && current_[agreed - 1].look == Look::leading ? agreed : 0;
}

void Lanes::finish(Time end, ViewModel& model) {
    for (auto& band : current_) {
        auto& bands = over_[band.number - 1];
        band.until = end;
        if (band.look != Look::none && band.from < end) bands.push_back(band);
        model.bands.insert(model.bands.end(), bands.begin(), bands.end());
    }
    model.leaderless = leaderless_.take(end);
    model.several_leaders = several_.take(end);
    model.agreement = agreement_.take(end);
}

}  // namespace bully::sim
