// The fast structures against simple references: the ring of buckets, the sorted arrays, the packed events, and batches
// of draws.
#include "sim/engine/queue/event_queue.hpp"
#include "sim/engine/queue/packed_message.hpp"
#include "sim/engine/queue/ring_queue.hpp"
#include "sim/engine/random.hpp"
#include "sim/engine/small_group_draws.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace bully::sim {
namespace {

// Takes and adds events at random, times and keys of all kinds, and demands the order of the heap.
template <typename Queue>
void compare_with_heap(Queue& queue, std::uint32_t pending, const RingQueue::Shape& shape, std::uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", shortest " + std::to_string(shape.shortest) + ", horizon " +
                 std::to_string(shape.horizon) + ", density " + std::to_string(shape.density));
    const Random random(seed);
    HeapQueue heap;
    std::int64_t now = 0;
    const auto push = [&](std::uint32_t count) {
        const auto draws = random.block(0, 0, count, 0);
        std::int64_t delay = shape.shortest + draws[0] % (shape.horizon - shape.shortest);
        if (draws[1] % 16 == 0) delay = 0;                                       // now, in the bucket being drained
        if (draws[1] % 16 == 1) delay = shape.horizon * 1'000;                   // beyond the ring
        if (draws[1] % 16 <= 5 && draws[1] % 16 > 1) delay = shape.horizon / 2;  // many at one time
        const auto event_class = draws[2] % 8 == 0 ? EventClass::timer : EventClass::message;
        const auto number = draws[2] % 16 == 1 ? static_cast<std::uint32_t>(EventKey::max_number) : count % 1000;
        const Pending item{now + delay,
                           {event_class, draws[3] % 1000, draws[3] >> 29U, draws[3] >> 13U & 1023U, number}};
        queue.push(item);
        heap.push(item);
    };
    std::uint32_t count = 0;
    for (; count < pending; ++count) push(count);
    while (!heap.empty()) {
        ASSERT_FALSE(queue.empty());
        const auto expected = heap.pop();
        const auto item = queue.pop();
        ASSERT_EQ(item.at, expected.at);
        ASSERT_EQ(item.key.bits, expected.key.bits);
        now = expected.at;
        if (count < 5 * pending) push(count++);
    }
    EXPECT_TRUE(queue.empty());
}

TEST(RingQueue, gives_the_order_of_the_heap) {
    constexpr std::array shapes{RingQueue::Shape{1'000'000, 10'000'000, 0.05}, RingQueue::Shape{0, 1'000, 1},
                                RingQueue::Shape{0, 50'000'000'000, 1e-6}, RingQueue::Shape{10, 3'000'000, 100}};
    for (const auto& shape : shapes) {
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            RingQueue ring;
            ring.shape(shape);
            compare_with_heap(ring, 2000, shape, seed);
        }
    }
}

TEST(RingQueue, takes_a_multicast_as_messages_one_by_one) {
    const RingQueue::Shape shape{1'000'000, 10'000'000, 0.05};
    // The last number doesn't fit in a packed message.
    for (const std::uint32_t number : {0U, 1U << 13U, 1U << 14U}) {
        const Random random(number);
        RingQueue ring;
        ring.shape(shape);
        RingQueue reference;
        reference.shape(shape);
        std::int64_t now = 0;
        for (std::uint32_t round = 0; round < 50; ++round) {
            std::array<std::uint32_t, 100> draws{};
            random.fill(0, 0, round, 0, draws);
            // Some are due in the bucket being drained, some beyond the ring.
            std::array<Duration, 100> delays{};
            for (std::size_t i = 0; i < delays.size(); ++i) {
                delays[i] = Duration{i % 10 == 0 ? 0 : draws[i] % (i % 10 == 1 ? 100'000'000 : 10'000'000)};
            }
            EventKey key{EventClass::message, round, 1, 7, number};
            ring.push_each(Time{now}, delays, key);
            for (const auto delay : delays) {
                reference.push({now + delay.count(), key});
                key = key.to_next_receiver();
            }
            for (std::size_t i = 0; i < (round == 49 ? 50 * 60 + 40 : 40); ++i) {
                ASSERT_FALSE(ring.empty());
                const auto expected = reference.pop();
                const auto item = ring.pop();
                ASSERT_EQ(item.at, expected.at);
                ASSERT_EQ(item.key.bits, expected.key.bits);
                now = item.at;
            }
        }
        EXPECT_TRUE(ring.empty());
    }
}

TEST(SortedQueue, gives_the_order_of_the_heap) {
    const RingQueue::Shape shape{1'000'000, 10'000'000, 0.05};
    SortedQueue queue;
    for (const std::uint32_t pending : {1U, 5U, 31U, 32U, 33U, 300U}) {
        for (std::uint64_t seed = 1; seed <= 5; ++seed) compare_with_heap(queue, pending, shape, seed);
    }
    for (std::uint32_t i = 0; i < 100; ++i) queue.push({i, {EventClass::timer, 1, 1, 1, i}});
    queue.clear();
    EXPECT_TRUE(queue.empty());
}

TEST(PackedMessage, a_message_comes_out_as_it_went_in) {
    constexpr auto last_time = (std::int64_t{1} << PackedMessage::time_bits) - 1;
    const EventKey key{EventClass::message, 65'535, 7, 65'534, (1U << 14U) - 1};
    ASSERT_TRUE(PackedMessage::fits(key));
    const PackedMessage message(17 * (last_time + 1) + last_time, key);
    EXPECT_EQ(message.time(), last_time);
    EXPECT_EQ(message.key().bits, key.bits);
    EXPECT_EQ(message.receiver(), 65'535);
    EXPECT_FALSE(PackedMessage::fits({EventClass::timer, 1, 1, 1, 1}));
    EXPECT_FALSE(PackedMessage::fits({EventClass::message, 1, 1, 1, 1U << 14U}));
}

TEST(Random, draws_blocks_of_different_owners_as_one_by_one) {
    const Random random(0xFEDCBA9876543210U);
    Random::Counters counters{};
    for (std::uint32_t i = 0; i < Random::Counters::at_once; ++i) {
        counters.block[i] = 3 * i;
        counters.count[i] = i / 5;
        counters.owner[i] = 60'000 - i;
        counters.purpose[i] = i % 3;
    }
    for (std::size_t blocks = 1; blocks <= Random::Counters::at_once; ++blocks) {
        std::array<std::uint32_t, 4 * Random::Counters::at_once + 1> draws{};
        random.fill(counters, std::span(draws).first(4 * blocks));
        for (std::uint32_t i = 0; i < 4 * blocks; ++i) {
            const auto at = i / 4;
            ASSERT_EQ(draws[i], random.draw(counters.purpose[at], counters.owner[at], counters.count[at],
                                            4 * counters.block[at] + i % 4))
                << "draw " << i << " of " << blocks << " blocks";
        }
        ASSERT_EQ(draws[4 * blocks], 0U) << "written beyond " << blocks << " blocks";
    }
}

TEST(SmallGroupDraws, are_those_that_would_be_drawn) {
    for (std::uint32_t n = 1; n <= SmallGroupDraws::most_processes; ++n) {
        SmallGroupDraws first(n);
        for (std::uint64_t seed = 1; seed <= 2; ++seed) {
            const Random random(seed);
            first.forget();
            for (std::uint32_t type = 0; type < message_type_count; ++type) {
                for (std::uint32_t from = 0; from < n; ++from) {
                    const auto* draws = first.of(static_cast<MessageType>(type), from, random);
                    if (draws == nullptr) continue;
                    const auto count = type == static_cast<std::uint32_t>(MessageType::ok) ? 4 : n;
                    for (std::uint32_t i = 0; i < count; ++i) {
                        ASSERT_EQ(draws[i], random.draw(type, from + 1, 0, i))
                            << n << " processes, type " << type << ", from " << from << ", draw " << i;
                    }
                }
            }
        }
    }
}

TEST(Random, draws_many_at_a_time_as_one_by_one) {
    const Random random(0x0123456789ABCDEFU);
    std::array<std::uint32_t, 400> draws{};
    for (const std::size_t size : {4U, 60U, 64U, 68U, 256U, 400U}) {
        random.fill(3, 17, 5, 9, std::span(draws).first(size));
        for (std::uint32_t i = 0; i < size; ++i) {
            ASSERT_EQ(draws[i], random.draw(3, 17, 5, 4 * 9 + i)) << "draw " << i << " of " << size;
        }
    }
}

}  // namespace
}  // namespace bully::sim
