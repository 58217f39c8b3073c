#include "sim/engine/coordinator_daemon.hpp"

#include <cassert>
#include <utility>
#include <vector>

namespace bully::sim {
namespace {

std::uint64_t key_of(std::uint32_t asker, std::uint32_t number) { return std::uint64_t{asker} << 32U | number; }
std::uint32_t asker_in(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32U); }

}  // namespace

void CoordinatorDaemon::reset(const Membership& listed) {
    members_ = listed;
    down_ = 0;
    if (!answers_.empty()) answers_.clear();
}

void CoordinatorDaemon::list(const Member& member) {
    const auto known = members_.find(member.pid);
    if (known && members_.members()[*known] == member) return;
    std::vector<Member> listed;
    listed.reserve(members_.size() + 1);
    for (const auto& other : members_.members()) {
        if (other.pid.student_id != member.pid.student_id && other.endpoint != member.endpoint) listed.push_back(other);
    }
    listed.push_back(member);
    members_ = Membership(std::move(listed));
}

bool CoordinatorDaemon::forget() {
    if (members_.empty()) return false;
    members_ = {};
    return true;
}

std::uint32_t CoordinatorDaemon::keep(std::uint32_t asker, Answer answer) {
    std::uint32_t number = 0;
    while (answers_.contains(key_of(asker, number))) ++number;
    answers_.emplace(key_of(asker, number), std::move(answer));
    return number;
}

CoordinatorDaemon::Answer CoordinatorDaemon::take(std::uint32_t asker, std::uint32_t number) {
    auto found = answers_.extract(key_of(asker, number));
    assert(!found.empty());
    return std::move(found.mapped());
}

void CoordinatorDaemon::drop(std::uint32_t asker, std::uint32_t number) { answers_.erase(key_of(asker, number)); }

void CoordinatorDaemon::forget_asker(std::uint32_t asker) {
    for (auto& [key, answer] : answers_) {
        if (asker_in(key) == asker) answer.is_awaited = false;
    }
}

}  // namespace bully::sim
