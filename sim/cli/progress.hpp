// The progress of a long run on stderr: one changing line on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>

namespace bully::sim {

/// The wall clock decides only when progress is shown. Not thread-safe.
class Progress {
  public:
    /// `everywhere`: show progress also if stderr isn't a terminal.
    explicit Progress(bool everywhere = false);
    /// Clears the line on a terminal.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    [[nodiscard]] bool shown() const { return shown_; }
    /// Reports that a part of the work, 0..1, is done.
    void at(double part);
    /// Reports the end, unless stderr is a terminal.
    void done();

  private:
    [[nodiscard]] double elapsed_s() const;

    bool terminal_;
    bool shown_;
    bool dirty_ = false;
    double last_s_ = 0;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace bully::sim
