#include <offhook/bench/harness.hpp>

#include <time.h>
#include <valgrind/callgrind.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string_view>

namespace offhook::bench {

namespace {

constexpr int kRounds = 31;
constexpr std::chrono::nanoseconds kSlice = std::chrono::milliseconds(3);

/// Returns the processor time of this thread. It does not include the time of other processes, but on a busy machine these affect the caches.
double cpu_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double nanoseconds_of(const Work& work, std::size_t times) {
  const double begin = cpu_nanoseconds();
  work(times);
  return cpu_nanoseconds() - begin;
}

/// Returns the number of turns in one slice. A slice is long compared with the cost of reading the clock, and short compared with load from
/// other processes.
std::size_t turns_per_slice(const Work& work) {
  std::size_t turns = 1;
  while (turns < (std::size_t{1} << 30U) && nanoseconds_of(work, turns) < static_cast<double>(kSlice.count())) turns *= 2;
  return turns;
}

struct Lap {
  const Contestant* who;
  std::size_t turns;
  std::vector<double> times;

  double median() {
    std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
    return times[kRounds / 2];
  }
};

/// Reads the instruction counts. The key of a count is "SUBJECT/CONTESTANT".
std::map<std::string, double> read_instruction_counts(const std::string& prefix) {
  constexpr std::string_view kTrigger = "desc: Trigger: Client Request: ", kTotals = "totals: ";
  std::map<std::string, double> counts;
  for (int part = 1; std::filesystem::exists(prefix + "." + std::to_string(part)); ++part) {
    std::ifstream file(prefix + "." + std::to_string(part));
    std::string who;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with(kTrigger)) who = line.substr(kTrigger.size());
      if (line.starts_with(kTotals)) counts[who] = std::stod(line.substr(kTotals.size()));
    }
  }
  return counts;
}

}  // namespace

Result measure_time(Subject& subject) {
  if (subject.prepare) subject.prepare();
  std::vector<Lap> laps;
  laps.push_back({&subject.ours, turns_per_slice(subject.ours.work), {}});
  for (const auto& peer : subject.peers) laps.push_back({&peer, turns_per_slice(peer.work), {}});
  for (int round = 0; round < kRounds; ++round) {
    for (auto& lap : laps) lap.times.push_back(nanoseconds_of(lap.who->work, lap.turns) / static_cast<double>(lap.turns));
  }
  const auto parts = static_cast<double>(subject.parts);
  Result result{subject.name, "ns", laps.front().median() / parts, {}};
  for (std::size_t i = 1; i < laps.size(); ++i) result.peers[laps[i].who->name] = laps[i].median() / parts;
  if (subject.finish) subject.finish();
  return result;
}

void count_instructions(Subject& subject) {
  const auto count = [&subject](const Contestant& who) {
    who.work(subject.counted_turns);  // This fills pools and caches, so that the count covers the steady state.
    CALLGRIND_ZERO_STATS;
    CALLGRIND_START_INSTRUMENTATION;
    who.work(subject.counted_turns);
    CALLGRIND_STOP_INSTRUMENTATION;
    const std::string label = subject.name + "/" + who.name;  // Valgrind reads the label late. A temporary would already have been destroyed.
    CALLGRIND_DUMP_STATS_AT(label.c_str());
  };
  if (subject.prepare) subject.prepare();
  count(subject.ours);
  for (const auto& peer : subject.peers) count(peer);
  if (subject.finish) subject.finish();
}

Result instruction_result(const Subject& subject, const std::string& prefix) {
  const auto counts = read_instruction_counts(prefix);
  const auto of = [&](const Contestant& who) {
    const auto found = counts.find(subject.name + "/" + who.name);
    if (found == counts.end()) throw std::runtime_error("valgrind wrote no instruction count of " + who.name);
    return found->second / static_cast<double>(subject.counted_turns * subject.parts);
  };
  Result result{subject.name + ".instructions", "instructions", of(subject.ours), {}};
  for (const auto& peer : subject.peers) result.peers[peer.name] = of(peer);
  return result;
}

}  // namespace offhook::bench
