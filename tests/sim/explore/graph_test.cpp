// The parts that a search stands on: a store of states, and the fates of those in a graph.
#include "sim/explore/graph.hpp"

#include "sim/explore/state.hpp"
#include "sim/explore/store.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace bully::sim::explore {
namespace {

struct Node {
    bool agrees = false;
    std::vector<std::pair<StateId, int>> edges;  // where to, and after how many ticks: 0 or 1
};

std::vector<Fate> fates(const std::vector<Node>& nodes) {
    Memory memory(std::size_t{1} << 24U);
    Graph graph(memory);
    graph.begin_level(0);
    for (const auto& node : nodes) {
        graph.add_state(node.agrees ? Fate::agreed : Fate::unknown);
        for (const auto& [to, ticks] : node.edges) graph.add_edge(to, ticks > 0);
    }
    graph.settle();
    std::vector<Fate> all;
    for (StateId id = 0; id < nodes.size(); ++id) all.push_back(graph.fate(id));
    return all;
}

Fate wait(int ticks) { return static_cast<Fate>(ticks); }

TEST(Graph, the_longest_way_to_agreement_counts) {
    EXPECT_EQ(fates({{false, {{1, 1}, {2, 0}}}, {false, {{3, 1}}}, {false, {{3, 1}}}, {true, {{3, 1}}}}),
              (std::vector{wait(2), wait(1), wait(1), wait(0)}));
}

TEST(Graph, agreement_that_may_end_is_none) {
    EXPECT_EQ(fates({{true, {{1, 1}, {2, 1}}}, {false, {{2, 1}}}, {true, {{2, 1}}}}),
              (std::vector{wait(2), wait(1), wait(0)}));
}

TEST(Graph, a_wedge_a_way_into_it_and_a_cycle_beside_agreement) {
    // 0 may go to the wedge 1, or to agreement 2.
    EXPECT_EQ(fates({{false, {{1, 1}, {2, 1}}}, {false, {{1, 1}}}, {true, {{2, 1}}}}),
              (std::vector{Fate::may_wedge, Fate::wedged, wait(0)}));
    EXPECT_EQ(fates({{false, {{1, 1}}}, {false, {{0, 1}, {2, 1}}}, {true, {{2, 1}}}}),
              (std::vector{Fate::endless, Fate::endless, wait(0)}));
}

TEST(Graph, where_only_a_disturbance_leads_on_nothing_is_asked) {
    EXPECT_EQ(fates({{false, {}}, {false, {{0, 1}}}, {false, {{0, 1}, {3, 1}}}, {true, {{3, 1}}}}),
              (std::vector{Fate::cut_off, Fate::cut_off, wait(1), wait(0)}));
}

TEST(Graph, levels_stand_on_those_before) {
    Memory memory(std::size_t{1} << 24U);
    Graph graph(memory);
    graph.begin_level(0);
    graph.add_state(Fate::unknown);
    graph.add_edge(1, true);
    graph.add_state(Fate::agreed);
    graph.add_edge(1, true);
    graph.settle();
    graph.begin_level(2);
    graph.add_state(Fate::unknown);
    graph.add_edge(0, true);
    graph.add_state(Fate::agreed);
    graph.add_edge(1, true);
    graph.settle();
    EXPECT_EQ(graph.fate(2), wait(2));
    EXPECT_EQ(graph.fate(3), wait(0));
    EXPECT_EQ(graph.transitions(), 4U);
    EXPECT_EQ(graph.target(2, 0), 0U);
    EXPECT_EQ(graph.target(2, 1), no_state);
}

std::vector<std::uint8_t> some_bytes(unsigned number) {
    std::vector<std::uint8_t> bytes(3 + number % 40);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> 8U * (i % 3));
    return bytes;
}

TEST(Store, each_state_once) {
    Memory memory(std::size_t{1} << 26U);
    Store store(memory);
    constexpr unsigned many = 100'000;
    for (unsigned i = 0; i < many; ++i) {
        const auto found = store.insert(some_bytes(i));
        ASSERT_TRUE(found.is_new) << i;
        ASSERT_EQ(found.id, i);
    }
    for (unsigned i = 0; i < many; ++i) {
        const auto found = store.insert(some_bytes(i));
        ASSERT_FALSE(found.is_new);
        ASSERT_EQ(found.id, i);
        const auto bytes = store.bytes(i);
        ASSERT_EQ(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), some_bytes(i));
    }
    EXPECT_EQ(store.size(), many);
    EXPECT_LE(memory.most(), std::size_t{1} << 26U);
}

TEST(Store, the_memory_is_bounded) {
    Memory memory(std::size_t{1} << 20U);
    Store store(memory);
    const auto fill = [&] {
        for (unsigned i = 0;; ++i) (void)store.insert(some_bytes(i));
    };
    EXPECT_THROW(fill(), OutOfMemory);
    EXPECT_LE(memory.most(), std::size_t{1} << 20U);
}

TEST(State, what_is_packed_comes_back_and_the_order_of_messages_makes_no_difference) {
    State state;
    state.turn = 3;
    state.overlap = 2;
    state.listed = 5;
    state.cuts = link_bit(1, 2) | link_bit(3, 2);
    state.left = {1, 2, 3, 4, 5, 6};
    state.process(1) = {7, true, true, true, Timer::probe_timeout, {0, 5}, 1, {2, 9}, 6};
    state.process(3) = {131'071, false, true, false, Timer::answer, {}, 4, {}, 0};
    const Message election{Carried::election, 1, 3, true, 7, {1, 2}};
    const Message joined{Carried::joined, 0, 2, false, 6, {0, 200}};
    state.add(election);
    state.add(joined);
    Bytes bytes{};
    const auto length = encode(state, 3, bytes);

    State back;
    decode({bytes.data(), length}, 3, back);
    EXPECT_EQ(back.turn, 3);
    EXPECT_EQ(back.overlap, 2);
    EXPECT_EQ(back.listed, 5);
    EXPECT_EQ(back.cuts, state.cuts);
    EXPECT_EQ(back.left, state.left);
    EXPECT_EQ(back.process(1).local, 7U);
    EXPECT_EQ(back.process(1).main, Timer::probe_timeout);
    EXPECT_EQ(back.process(1).main_due, (Window{0, 5}));
    EXPECT_EQ(back.process(1).feign_due, (Window{2, 9}));
    EXPECT_EQ(back.process(1).had_to_answer, 6);
    EXPECT_EQ(back.process(2).local, not_running);
    EXPECT_EQ(back.process(3).local, 131'071U);
    EXPECT_EQ(back.process(3).hold_down_due, 4);
    ASSERT_EQ(back.message_count, 2U);
    EXPECT_EQ(unpack(pack(election)), election);
    EXPECT_EQ(unpack(pack(joined)), joined);

    back.message_count = 0;
    back.add(joined);
    back.add(election);
    Bytes other{};
    ASSERT_EQ(encode(back, 3, other), length);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length), other.begin()));
}

}  // namespace
}  // namespace bully::sim::explore
