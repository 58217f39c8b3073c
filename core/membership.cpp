#include "core/membership.hpp"

#include <algorithm>
#include <utility>

namespace bully {
namespace {

bool by_pid(const Member& a, const Member& b) { return a.pid < b.pid; }

}  // namespace

Membership::Membership(std::vector<Member> members) {
    std::stable_sort(members.begin(), members.end(), by_pid);
    std::vector<Member> unique;
    unique.reserve(members.size());
    for (auto& member : members) {
        if (!unique.empty() && unique.back().pid == member.pid) {
            unique.back() = std::move(member);
        } else {
            unique.push_back(std::move(member));
        }
    }
    if (!unique.empty()) data_ = std::make_shared<const std::vector<Member>>(std::move(unique));
}

std::size_t Membership::last_up_to(ProcessId pid) const {
    const auto all = members();
    // Halved without branches, of which every second would be mispredicted.
    std::size_t at = 0;
    for (auto left = all.size(); left > 1; left -= left / 2) at += all[at + left / 2].pid <= pid ? left / 2 : 0;
    return at;
}

Membership Membership::with_unknown_of(const Membership& other) const {
    if (other.empty() || same_snapshot(other)) return *this;
    if (empty()) return other;

    const auto mine = members();
    const auto theirs = other.members();
    std::size_t unknown = 0;
    bool theirs_has_all_of_mine = true;
    auto m = mine.begin();
    for (const auto& member : theirs) {
        for (; m != mine.end() && m->pid < member.pid; ++m) theirs_has_all_of_mine = false;
        if (m != mine.end() && m->pid == member.pid) {
            theirs_has_all_of_mine = theirs_has_all_of_mine && m->endpoint == member.endpoint;
            ++m;
        } else {
            ++unknown;
        }
    }
    if (unknown == 0) return *this;
    if (theirs_has_all_of_mine && m == mine.end()) return other;

    auto merged = std::make_shared<std::vector<Member>>();
    merged->reserve(mine.size() + unknown);
    // Of equal elements std::set_union takes the first range's: mine.
    std::set_union(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(*merged), by_pid);
    Membership result;
    result.data_ = std::move(merged);
    return result;
}

Membership Membership::updated_from(const Membership& other, ProcessId own) const {
    if (other.empty() || same_snapshot(other)) return *this;
    const auto mine = find(own);
    if (!mine) return other.with_unknown_of(*this);

    const auto theirs = other.find(own);
    const auto& own_entry = members()[*mine];
    if (theirs && other.members()[*theirs] == own_entry) return other.with_unknown_of(*this);
    std::vector<Member> listed(other.members().begin(), other.members().end());
    listed.push_back(own_entry);
    return Membership{std::move(listed)}.with_unknown_of(*this);
}

bool Membership::contradicts(const Membership& other, ProcessId own) const {
    const auto mine = members();
    auto m = mine.begin();
    for (const auto& theirs : other.members()) {
        while (m != mine.end() && m->pid < theirs.pid) ++m;
        if (m == mine.end()) return false;
        if (m->pid == theirs.pid && m->pid != own && m->endpoint != theirs.endpoint) return true;
    }
    return false;
}

bool operator==(const Membership& a, const Membership& b) {
    return a.same_snapshot(b) || std::ranges::equal(a.members(), b.members());
}

}  // namespace bully
