// The state of an Election in 64 bits.
#include "core/election.hpp"

#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace bully {
namespace {

// Takes numbers only, one by one: no addresses, no bytes as they lie in memory.
class Digest {
  public:
    template <typename... Parts>
    void add(const Parts&... parts) {
        (add_one(parts), ...);
    }
    [[nodiscard]] std::uint64_t value() const { return hash_ ^ hash_ >> 32U; }

  private:
    template <typename Number>
    requires std::integral<Number> || std::is_enum_v<Number>
    void add_one(Number number) {
        hash_ = std::rotl(hash_ ^ static_cast<std::uint64_t>(number), 27) * 0x9E3779B97F4A7C15U + 0xD1B54A32D192ED03U;
    }
    void add_one(ProcessId pid) { add(pid.days, pid.student_id); }
    void add_one(Duration duration) { add(duration.count()); }
    void add_one(DurationRange range) { add(range.min, range.max); }
    void add_one(std::string_view text) {
        add(text.size());
        for (const char c : text) add(static_cast<unsigned char>(c));
    }
    void add_one(const Membership& all) {
        add(all.size());
        for (const auto& [pid, endpoint] : all.members()) add(pid, std::string_view(endpoint.host), endpoint.port);
    }
    void add_one(const Timing& t) {
        add(t.answer_timeout, t.coordinator_timeout, t.probe_timeout, t.probe_gap, t.probe_gap_limit, t.hold_down,
            t.join_retry, t.join_retry_limit, t.refresh, t.join_attempts);
    }
    void add_one(const FeignPlan& plan) { add(plan.up, plan.down); }
    void add_one(const Settings& settings) { add(settings.mode, settings.timing, settings.probing, settings.feign); }
    void add_one(const std::vector<ProcessId>& pids) {
        add(pids.size());
        for (const auto pid : pids) add(pid);
    }
    template <typename Part>
    void add_one(const std::optional<Part>& part) {
        add(part.has_value());
        if (part) add(*part);
    }

    std::uint64_t hash_ = 0x51ED270B9F3C1A27U;
};

}  // namespace

std::uint64_t Election::digest() const {
    Digest digest;
    digest.add(*settings_.at, self_, members_, leader_, phase_, watch_, round_, last_round_, won_round_,
               hold_down_round_, feign_round_, refresh_round_, elections_, victories_, join_failures_);
    digest.add(asked_, refused_, own_position_, greatest_answer_, suspect_, suspect_rounds_, discounted_);
    digest.add(announce_pending_, prober_is_misled_, probe_turn_, higher_answered_, higher_asked_, answers_to_skip_);
    digest.add(leader_answered_probe_, silent_leader_, silent_returns_, silence_lasts_, had_answered_before_);
    return digest.value();
}

}  // namespace bully
