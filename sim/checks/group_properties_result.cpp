// What is said of P12 to P18 after the run: status, bound, and when they were demanded.
#include "sim/checks/group_properties.hpp"
#include "sim/util/counted.hpp"

namespace bully::sim {

std::string GroupProperties::why_not_agreed() const {
    if (demand_ == Demand::nobody) return "nobody is live";
    return demand_ == Demand::excused ? excuse_ : clock_.why_not_due(end_);
}

std::vector<PropertyDemand> GroupProperties::demands_of(Property property) const {
    if (!demanding_) return {};
    if (property == Property::p14 || property == Property::p15 || property == Property::p16) {
        const auto more = property == Property::p16 ? bounds_.quiet() : Duration::zero();
        return demands_.agreements(more, property == Property::p14, why_not_agreed());
    }
    if (property == Property::p18 && !scenario_->probing) return {};
    return demands_.calm();
}

PropertyResult GroupProperties::result(Property property) const {
    PropertyResult result;
    const bool agreement = property == Property::p14 || property == Property::p15 || property == Property::p16;
    const auto more = property == Property::p16 ? bounds_.quiet() : Duration::zero();
    const bool without_probes = property == Property::p18 && !scenario_->probing;
    if (property == Property::p12) {
        result.bound = "overlap within " + bully::to_string(bounds_.overlap());
    } else if (property == Property::p13) {
        result.bound = "live for " + bully::to_string(2 * bounds_.longest_delay) + " from being asked";
    } else if (property == Property::p18) {
        result.bound = "within " + bully::to_string(bounds_.detection(clock_.longest_gap()));
    } else if (demanding_) {
        result.bound = demands_.agreement_text(more, property == Property::p14);
    }
    const bool is_violated = log_.count(property) > 0;
    if (is_violated) {
        result.status = PropertyResult::Status::violated;
        result.detail = counted(log_.count(property), "time");
    } else if (!demanding_ || without_probes) {
        result.status = PropertyResult::Status::not_demanded;
        result.detail = demanding_ ? "probing is off" : obstacles_.front();
    }
    if (!demanding_ || without_probes) return result;
    const auto not_calm = agreement || !demands_.ever_calm() ? std::string() : demands_.not_calm_text();
    if (!not_calm.empty()) {
        result.bound += ", " + demands_.calm_text() + "; not demanded " + not_calm;
        if (!demands_.calm_at_end() && demand_ == Demand::failed) result.bound += ", and no agreement since";
    }
    if (is_violated) return result;
    const bool ever = agreement ? demands_.ever_agreed(more) : demands_.ever_calm();
    const bool at_end = agreement ? demands_.agreed_at_end(more) : demands_.calm_at_end();
    if (ever && at_end) return result;
    result.status = ever ? PropertyResult::Status::partly : PropertyResult::Status::not_demanded;
    if (!agreement) {
        if (!ever) result.detail = "there was no calm: " + clock_.why_not_due(end_);
    } else if (log_.count(Property::p14) > 0 && demand_ != Demand::pending) {
        result.detail = "there was no agreement";
    } else if (demands_.agreed_at_end()) {
        result.detail = "the run ends at " + bully::to_string(end_) + ", before all has been delivered";
    } else {
        result.detail = why_not_agreed();
    }
    return result;
}

}  // namespace bully::sim
