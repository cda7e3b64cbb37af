#pragma once

#include <offhook/bench/result.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

/// Compares Offhook's code with other libraries in one process and one run, by time and by instructions. Google Benchmark is not used,
/// because it finishes one subject before it starts the next one. Then load from other processes would affect only one of them. Here the
/// contestants alternate.
namespace offhook::bench {

/// Prevents the compiler from removing the computation of `value`, and from keeping memory values in registers across this point.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Does the work of one contestant `times` times.
using Work = std::function<void(std::size_t times)>;

/// Returns Work that calls `one` once per turn, with the number of the turn. The loop is inside the Work. Therefore the measurement
/// contains no indirect calls.
template <class One>
Work repeat(One one) {
  return [one, turn = std::size_t{0}](std::size_t times) mutable {
    for (std::size_t i = 0; i < times; ++i) one(turn++);
  };
}

struct Contestant {
  std::string name;
  Work work;
};

struct Subject {
  std::string name;  ///< such as "sip.parse.index"
  Contestant ours;
  std::vector<Contestant> peers;
  std::size_t counted_turns = 64;  ///< number of turns whose instructions are counted; the same number of turns comes before them
  std::function<void()> prepare{}, finish{};  ///< run before and after the measurement; they allocate and free what takes much time or memory
  std::size_t parts = 1;           ///< number of parts of one turn, such as messages; a result is for one part
  std::string rate{};              ///< name of the row with the turns per second; "": there is no such row
  std::string rate_unit = "calls/s";
  double seconds = 1;              ///< approximate duration of the measurement in seconds
};

/// Measures the processor time of one turn, in nanoseconds: the median of kRounds slices. Offhook and the peers alternate slice by slice.
[[nodiscard]] Result measure_time(Subject& subject);

/// Counts the instructions of each contestant. Must run under valgrind. Writes one dump for each contestant, with the label "SUBJECT/CONTESTANT".
void count_instructions(Subject& subject);
/// Returns "NAME.instructions". Reads it from the dumps `prefix`.1, `prefix`.2 and so on. Throws std::runtime_error if a dump is missing.
[[nodiscard]] Result instruction_result(const Subject& subject, const std::string& prefix);

}  // namespace offhook::bench
