#include "sim/engine/addresses.hpp"

#include <cassert>

namespace bully::sim {
namespace {

constexpr std::size_t route_cache_limit = 1U << 20U;  // routes in all; a cold start makes many snapshots

Membership all_members(std::span<const ProcessSpec> processes) {
    std::vector<Member> members;
    members.reserve(processes.size());
    for (const auto& process : processes) members.push_back({process.pid, process.endpoint});
    return Membership(std::move(members));
}

std::string key_of(const Endpoint& endpoint) { return endpoint.host + ":" + std::to_string(endpoint.port); }

}  // namespace

Addresses::Addresses(std::span<const ProcessSpec> processes)
    : processes_(processes), everybody_(all_members(processes)) {
    follow_positions();
}

void Addresses::reset() {
    if (owners_.empty()) return;  // nothing was looked up, and `move` looks up first
    owners_.clear();
    routes_.clear();
    moved_ = false;
    follow_positions();
}

// Two processes with one pid share a member: behind it, positions are no indexes.
void Addresses::follow_positions() {
    direct_ = everybody_.size() == processes_.size() ? everybody_.identity() : nullptr;
}

void Addresses::look_up_owners() {
    if (!owners_.empty()) return;
    std::uint16_t index = 0;
    for (const auto& process : processes_) owners_[key_of(process.endpoint)] = {index++, true};
}

const std::vector<Route>* Addresses::looked_up_routes(const Membership& members) {
    const auto found = routes_.find(members.identity());
    if (found != routes_.end()) return &found->second.second;
    look_up_owners();
    if (routes_.size() * processes_.size() > route_cache_limit) routes_.clear();
    std::vector<Route> resolved;
    resolved.reserve(members.size());
    for (const auto& member : members.members()) {
        const auto owner = owners_.find(key_of(member.endpoint));
        assert(owner != owners_.end());
        resolved.push_back(owner->second);
    }
    return &routes_.emplace(members.identity(), std::pair{members, std::move(resolved)}).first->second.second;
}

Route Addresses::route_to(const Membership& members, std::size_t position) {
    const auto* resolved = routes(members);
    return resolved == nullptr ? Route{static_cast<std::uint16_t>(position), true} : (*resolved)[position];
}

void Addresses::move(std::uint16_t index, Endpoint& endpoint) {
    look_up_owners();
    // Of two processes at one address the last is found there, whatever the other one does.
    if (auto& left = owners_.at(key_of(endpoint)); left.index == index) left.current = false;
    do ++endpoint.port;
    while (owners_.contains(key_of(endpoint)));
    owners_[key_of(endpoint)] = {index, true};
    routes_.clear();
    moved_ = true;
    direct_ = nullptr;
}

}  // namespace bully::sim
