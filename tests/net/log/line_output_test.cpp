// What is written for a reader who stops, and goes on.
#include "net/log/line_output.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace bully::net {
namespace {

class LineOutputTest : public testing::Test {
  protected:
    LineOutputTest() {
        std::signal(SIGPIPE, SIG_IGN);
        EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0);
        EXPECT_GT(fcntl(ends_[1], F_SETPIPE_SZ, 4096), 0);
    }
    void TearDown() override {
        for (const int end : ends_) close(end);
    }
    void close_reader() {
        close(ends_[0]);
        ends_[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }

    [[nodiscard]] LineOutput::Options options(bool has_gaps) {
        LineOutput::Options options;
        options.kept = 10'000;
        if (has_gaps) options.gap = [](std::uint64_t lines) { return "gap " + std::to_string(lines); };
        options.on_end = [this](const std::string& why) { end_ = why; };
        return options;
    }
    // Lines of 100 bytes, numbered from `first`.
    static void write(LineOutput& output, int first, int count) {
        for (int number = first; number < first + count; ++number) {
            auto line = std::to_string(number);
            line.resize(99, '.');
            output.stream() << line << std::endl;
        }
    }
    // Reads until `count` lines are accounted for, shown or told to be dropped; each in its place.
    void expect_all_told(int count) {
        std::string text;
        std::array<char, 1000> buffer{};
        int next = 0;
        while (next < count) {
            const auto got = read(ends_[0], buffer.data(), buffer.size());
            ASSERT_GT(got, 0);
            text.append(buffer.data(), static_cast<std::size_t>(got));
            for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
                const auto line = text.substr(0, end);
                text.erase(0, end + 1);
                if (line.starts_with("gap ")) {
                    gaps_ += 1;
                    next += std::stoi(line.substr(4));
                } else {
                    ASSERT_EQ(std::stoi(line), next++) << line;
                }
            }
        }
        EXPECT_EQ(next, count);
    }

    std::array<int, 2> ends_{};
    int gaps_ = 0;
    std::string end_;
};

TEST_F(LineOutputTest, TellsEachLineOrThatItWasDropped) {
    LineOutput output(ends_[1], options(true));
    write(output, 0, 1000);  // ten times what is kept
    expect_all_told(1000);
    EXPECT_EQ(gaps_, 1);
    write(output, 1000, 20);
    write(output, 1020, 500);
    EXPECT_EQ(end_, "");
}

TEST_F(LineOutputTest, WithoutGapsItEndsWithTheFirst) {
    LineOutput output(ends_[1], options(false));
    write(output, 0, 1000);
    EXPECT_EQ(end_, "nobody reads it");
    const auto lost = output.finish();
    EXPECT_GT(lost.lines, 500U);
    EXPECT_EQ(lost.why, end_);
}

TEST_F(LineOutputTest, AReaderThatIsGoneIsTold) {
    LineOutput output(ends_[1], options(true));
    close_reader();
    write(output, 0, 10);
    const auto lost = output.finish();
    EXPECT_EQ(lost.lines, 10U);
    EXPECT_EQ(lost.why, std::generic_category().message(EPIPE));
}

TEST_F(LineOutputTest, WaitsAtItsEndForWhoReadsOn) {
    {
        LineOutput output(ends_[1], options(true));
        write(output, 0, 30);
        const auto lost = output.finish();
        EXPECT_EQ(lost.lines, 0U);
        EXPECT_EQ(lost.why, "");
    }
    expect_all_told(30);
    EXPECT_EQ(gaps_, 0);
}

TEST_F(LineOutputTest, DoesntWaitAtItsEndForWhoDoesnt) {
    LineOutput output(ends_[1], options(true));
    write(output, 0, 90);
    const auto lost = output.finish();
    EXPECT_GE(lost.lines, 90U - 41U);
    EXPECT_EQ(lost.why, "nobody reads it");
}

// Its number belongs to another file when the blocked write returns.
TEST_F(LineOutputTest, WritesNothingMoreAfterItsEnd) {
    constexpr std::size_t pipe_size = 4096;
    constexpr std::size_t piece = 4096;  // that the blocked write may still bring
    {
        LineOutput output(ends_[1], options(true));
        output.write(std::string(20'000, '.') + "\n");
        EXPECT_EQ(output.finish().why, "nobody reads it");
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> other(std::tmpfile(), std::fclose);
    ASSERT_TRUE(other);
    ASSERT_EQ(dup2(fileno(other.get()), ends_[1]), ends_[1]);

    std::array<char, 1000> buffer{};
    std::size_t received = 0;
    for (;;) {  // until the thread has let go of the pipe
        const auto got = read(ends_[0], buffer.data(), buffer.size());
        ASSERT_GE(got, 0);
        if (got == 0) break;
        received += static_cast<std::size_t>(got);
    }
    EXPECT_LE(received, pipe_size + piece);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    struct stat status {};
    ASSERT_EQ(fstat(ends_[1], &status), 0);
    EXPECT_EQ(status.st_size, 0);
}

}  // namespace
}  // namespace bully::net
