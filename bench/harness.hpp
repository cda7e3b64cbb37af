#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
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
};

/// As it stands in results.json.
struct Result {
  std::string name;
  std::string unit;
  double ours = 0;
  std::map<std::string, double> peers;
  /// Best (smallest) peer divided by ours; nothing to divide gives 0.
  [[nodiscard]] double ratio() const;
};

/// Names that contain one of the filters, all when there are none.
[[nodiscard]] bool is_wanted(std::string_view name, const std::vector<std::string>& filters);

/// Nanoseconds of processor time of one turn: median of kRounds slices, in which ours and the peers take turns.
[[nodiscard]] Result measure_time(Subject& subject);

/// Under valgrind: runs each contestant with counting on, and leaves one dump per contestant, named "SUBJECT/CONTESTANT".
void count_instructions(Subject& subject);
/// Reads such dumps (`prefix`.1, `prefix`.2, ...): instructions by "SUBJECT/CONTESTANT".
[[nodiscard]] std::map<std::string, double> read_instruction_counts(const std::string& prefix);
/// "NAME.instructions", from those counts.
[[nodiscard]] Result instruction_result(const Subject& subject, const std::map<std::string, double>& counts);

}  // namespace offhook::bench
