// The pending events of the simulator, and two of the three queues for them. All have one small interface: push, pop
// the least, empty, clear. All give the same order, that of Pending.
#pragma once

#include <algorithm>
#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bully::sim {

/// Faults go before messages, and messages before timers, at the same instant (row 20).
enum class EventClass : std::uint8_t { world = 0, message = 1, timer = 2 };

/// An event but for its time, in 64 bits. Their order is the order of events at one instant: class, receiver, type,
/// sender, number. `type` is a WorldEvent, an Arrival or a Timer, by class. Receiver and sender are indexes of
/// processes; `number` is a round, or for the begin and end of a fault its index.
struct EventKey {
    static constexpr unsigned number_bits = 27;
    static constexpr std::uint64_t max_number = (1U << number_bits) - 1;

    std::uint64_t bits = 0;

    EventKey() = default;
    // Always: where it isn't, an event costs a call, and its key goes through memory.
    [[gnu::always_inline]] EventKey(EventClass event_class, std::uint32_t receiver, std::uint32_t type,
                                    std::uint32_t sender, std::uint32_t number)
        : bits(static_cast<std::uint64_t>(event_class) << 62U | static_cast<std::uint64_t>(receiver) << 46U |
               static_cast<std::uint64_t>(type) << 43U | static_cast<std::uint64_t>(sender) << number_bits | number) {
        assert(receiver < (1U << 16U) && type < 8 && sender < (1U << 16U) && number <= max_number);
    }

    [[nodiscard]] EventClass event_class() const { return static_cast<EventClass>(bits >> 62U); }
    [[nodiscard]] std::uint32_t receiver() const { return static_cast<std::uint32_t>(bits >> 46U & 0xFFFFU); }
    [[nodiscard]] std::uint32_t type() const { return static_cast<std::uint32_t>(bits >> 43U & 7U); }
    [[nodiscard]] std::uint32_t sender() const { return static_cast<std::uint32_t>(bits >> number_bits & 0xFFFFU); }
    [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(bits & max_number); }

    [[nodiscard]] EventKey to_next_receiver() const {
        EventKey next;
        next.bits = bits + (std::uint64_t{1} << 46U);
        return next;
    }

    /// Type, sender and number: how a process names the request that it answers.
    [[nodiscard]] std::uint64_t reply_to() const { return bits & ((std::uint64_t{1} << 46U) - 1); }
};

struct Pending {
    std::int64_t at = 0;  ///< ns
    EventKey key;

    friend bool operator<(const Pending& a, const Pending& b) {
        return a.at != b.at ? a.at < b.at : a.key.bits < b.key.bits;
    }
};

/// A 4-ary heap, the simple reference. Once it outgrows the caches, each sift is a chain of cache misses.
class HeapQueue {
  public:
    [[nodiscard]] bool empty() const { return items_.empty(); }
    [[nodiscard]] std::size_t size() const { return items_.size(); }
    [[nodiscard]] const Pending& top() const { return items_.front(); }
    void clear() { items_.clear(); }

    void push(Pending item) {
        std::size_t hole = items_.size();
        items_.push_back(item);
        while (hole > 0) {
            const std::size_t parent = (hole - 1) / 4;
            if (!(item < items_[parent])) break;
            items_[hole] = items_[parent];
            hole = parent;
        }
        items_[hole] = item;
    }

    Pending pop() {
        const Pending least = items_.front();
        const Pending last = items_.back();
        items_.pop_back();
        const std::size_t count = items_.size();
        if (count == 0) return least;
        std::size_t hole = 0;
        for (;;) {
            const std::size_t first = 4 * hole + 1;
            if (first >= count) break;
            std::size_t child = first;
            for (std::size_t i = first + 1; i < std::min(first + 4, count); ++i) {
                if (items_[i] < items_[child]) child = i;
            }
            if (!(items_[child] < last)) break;
            items_[hole] = items_[child];
            hole = child;
        }
        items_[hole] = last;
        return least;
    }

  private:
    std::vector<Pending> items_;
};

/// Sorted arrays for a handful of processes, whose pending events fit in a few cache lines. Messages have one of their
/// own, apart from timers, which wait for long: in either array, a new event is due later than most that wait.
class SortedQueue {
  public:
    [[nodiscard]] bool empty() const { return messages_.empty() && waiting_.empty(); }
    void clear() {
        messages_.clear();
        waiting_.clear();
    }

    void push(Pending item) {
        const auto word = Word{static_cast<std::uint64_t>(item.at)} << 64U | item.key.bits;
        (item.key.event_class() == EventClass::message ? messages_ : waiting_).push(word);
    }

    Pending pop() {
        const auto word = (waiting_.least() < messages_.least() ? waiting_ : messages_).pop();
        Pending item;
        item.at = static_cast<std::int64_t>(word >> 64U);
        item.key.bits = static_cast<std::uint64_t>(word);
        return item;
    }

  private:
    // Time and key. Compared and moved as one: a Pending is written in halves, and to load it as a whole soon after
    // stalls.
    __extension__ using Word = unsigned __int128;

    // The least first, between a 0 in the place of the one that went last, and one that is greater than any: nobody has
    // to look whether an end is reached.
    class Run {
      public:
        Run() { clear(); }
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run() = default;

        [[nodiscard]] bool empty() const { return *first_ == greatest; }
        [[nodiscard]] Word least() const { return *first_; }
        void clear() {
            first_ = end_ = words_.data() + 1;
            *end_ = greatest;
        }

        void push(Word word) {
            if (end_ == &words_.back()) [[unlikely]]
                make_room();
            auto* hole = end_++;
            *end_ = greatest;
            for (; word < hole[-1]; --hole) *hole = hole[-1];
            *hole = word;
        }

        Word pop() {
            const auto word = *first_;
            *first_++ = 0;
            return word;
        }

      private:
        [[gnu::noinline]] void make_room() {
            const std::vector<Word> pending(first_, end_);
            words_.assign(std::max(words_.size(), 2 * pending.size() + 2), 0);
            first_ = words_.data() + 1;
            end_ = std::copy(pending.begin(), pending.end(), first_);
        }

        static constexpr Word greatest = ~Word{0};
        static constexpr std::size_t least_size = 64;

        std::vector<Word> words_ = std::vector<Word>(least_size);
        Word* first_ = nullptr;
        Word* end_ = nullptr;
    };

    Run messages_;
    Run waiting_;
};

}  // namespace bully::sim
