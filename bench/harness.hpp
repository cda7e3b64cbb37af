#pragma once

#include <offhook/bench/result.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

/// Our code beside that of others, in one process and one run, by time and by instructions. Why not Google Benchmark: it runs one
/// subject to its end before it begins with the next, so that a noisy neighbour meets one of them alone; here they take turns.
namespace offhook::bench {

/// Keeps the compiler from leaving out what computed `value`, and from remembering memory across it.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// Does its work `times` times.
using Work = std::function<void(std::size_t times)>;

/// One call per turn, told its number: the loop is inside, so that no indirect call stands in what is measured.
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
  std::string name;  ///< "sip.parse.index"
  Contestant ours;
  std::vector<Contestant> peers;
  std::size_t counted_turns = 64;  ///< whose instructions are counted, behind as many that warm up
  std::function<void()> prepare{}, finish{};  ///< before it is measured or counted, and after: what takes time and memory
  std::size_t parts = 1;           ///< of one turn, say messages: figures are for one of them
  std::string rate{};              ///< name of the row that says how many turns a second take place; "" for none
  double seconds = 1;              ///< about how long it takes to measure and to count
};

/// Nanoseconds of processor time of one turn: median of kRounds slices, in which ours and the peers take turns.
[[nodiscard]] Result measure_time(Subject& subject);

/// Under valgrind: runs each contestant with counting on, and leaves one dump per contestant, named "SUBJECT/CONTESTANT".
void count_instructions(Subject& subject);
/// "NAME.instructions" from such dumps (`prefix`.1, `prefix`.2, ...). Throws std::runtime_error when one is missing.
[[nodiscard]] Result instruction_result(const Subject& subject, const std::string& prefix);

}  // namespace offhook::bench
