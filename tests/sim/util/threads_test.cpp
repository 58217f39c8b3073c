// Shared work: an exception or a stop on one thread ends it on all threads.
#include "sim/util/threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace bully::sim {
namespace {

TEST(OnThreads, return_when_all_have_returned) {
    std::atomic<int> next = 0;
    std::atomic<int> done = 0;
    EXPECT_TRUE(run_on_threads(4, {}, [&](const GoingOn& going_on) {
        while (going_on() && next++ < 1'000) ++done;
    }));
    EXPECT_EQ(done, 1'000);
}

TEST(OnThreads, throw_what_one_of_them_threw_and_stop_the_others) {
    std::atomic<int> begun = 0;
    const auto work = [&](const GoingOn& going_on) {
        const bool first = begun++ == 0;
        if (first) throw std::runtime_error("of the first");
        while (going_on()) std::this_thread::yield();
    };
    try {
        static_cast<void>(run_on_threads(3, {}, work));
        FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "of the first");
    }
}

TEST(OnThreads, say_that_they_were_stopped) {
    std::atomic<int> asked = 0;
    EXPECT_FALSE(run_on_threads(
        3, [&] { return ++asked > 100; },
        [](const GoingOn& going_on) {
            while (going_on()) std::this_thread::yield();
        }));
}

}  // namespace
}  // namespace bully::sim
