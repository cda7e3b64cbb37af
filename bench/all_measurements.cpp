#include <offhook/bench/all_measurements.hpp>

#include <offhook/bench/calls_cost.hpp>
#include <offhook/bench/capacity.hpp>
#include <offhook/bench/echo_figures.hpp>
#include <offhook/bench/jitter_pareto.hpp>
#include <offhook/bench/leg_memory.hpp>
#include <offhook/bench/legs/leg_capacity.hpp>
#include <offhook/bench/line_up.hpp>
#include <offhook/bench/line_up_turns.hpp>
#include <offhook/bench/process.hpp>
#include <offhook/bench/scale.hpp>
#include <offhook/bench/stall.hpp>
#include <offhook/bench/subjects.hpp>
#include <offhook/bench/turns.hpp>
#include <offhook/bench/udp_calls.hpp>
#include <offhook/bench/udp_options.hpp>
#include <offhook/tests/testkit/shared_data.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace offhook::bench {

namespace {

namespace fs = std::filesystem;

template <class T>
void append(std::vector<T>& all, std::vector<T> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Returns the folder of the messages for which figures are published, if this machine has it. Otherwise returns the folder of Offhook's
/// own messages, which have the same size and header fields.
std::string message_folder() {
  return offhook_test::has_shared_data("bench/invite.sip") ? offhook_test::shared_data("bench").string() : "bench/data";
}

/// A group of subjects that one function creates. The creation of subjects is slow under valgrind. Therefore the process under valgrind
/// creates only one family.
struct Family {
  std::vector<std::string_view> first_parts;  ///< the first parts of the names of its subjects
  std::vector<Subject> (*make)();
};
const std::vector<Family>& families() {
  static const std::vector<Family> all = {{{"sip"}, [] { return sip_subjects(message_folder()); }},
                                          {{"sip"}, stack_subjects},
                                          {{"g711"}, g711_subjects},
                                          {{"g722"}, g722_subjects},
                                          {{"resample"}, resample_subjects},
                                          {{"mix"}, mix_subjects},
                                          {{"conference"}, conference_subjects},
                                          {{"jitter"}, jitter_subjects},
                                          {{"srtp"}, srtp_subjects},
                                          {{"srtp"}, dtls_subjects},
                                          {{"dtmf", "progress", "signal_tone"}, tone_subjects},
                                          {{"vad", "echo"}, voice_subjects},
                                          {{"leg"}, leg_subjects}};
  return all;
}

Result counted(const Subject& subject, const BenchPrograms& programs) {
  const std::string prefix = programs.out + "/callgrind.out", log = programs.out + "/callgrind.log";
  for (const auto& entry : fs::directory_iterator(programs.out)) {
    if (entry.path().string().starts_with(prefix)) fs::remove(entry.path());
  }
  Process counting({"valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=" + prefix, programs.self, "--count", subject.name}, log);
  if (counting.wait() != 0) throw std::runtime_error("valgrind failed: see " + log);
  return instruction_result(subject, prefix);
}

/// Measures the time and the instructions of a subject, and derives the rate from the time. If the instructions cannot be counted, the
/// measured time is kept.
std::vector<Result> measure_subject(Subject& subject, const BenchPrograms& programs) {
  std::vector<Result> results = {measure_time(subject)};
  try {
    results.push_back(counted(subject, programs));
  } catch (const std::exception& error) {
    results.push_back(Result::failed(subject.name + ".instructions", error.what()));
  }
  if (!subject.rate.empty()) results.push_back({subject.rate, subject.rate_unit, 1e9 / results.front().ours, {}});
  return results;
}

std::vector<Measurement> subject_measurements(const BenchPrograms& programs) {
  std::vector<Measurement> measurements;
  for (const auto& family : families()) {
    for (auto& subject : family.make()) {
      const auto shared = std::make_shared<Subject>(std::move(subject));
      measurements.push_back({shared->name, shared->seconds, [shared, programs] { return measure_subject(*shared, programs); }, {shared->name + ".instructions"}});
    }
  }
  return measurements;
}

/// Returns the measurements of calls to the agent with the simulated services.
std::vector<Measurement> ai_measurements(const AiPrograms& programs) {
  std::vector<Measurement> measurements;
  measurements.push_back({"turns", 150, [programs] { return measure_turns({programs}); }, {"turn.added_ms", "greeting_ms", "interrupt_ms"}});
  measurements.push_back({"calls", 100, [programs] { return measure_calls_cost({programs}); }, {"cost.200"}});
  for (const LineUp& each : line_ups()) {
    measurements.push_back({"services." + each.name + ".turn", 75, [&each, programs] { return measure_line_up_turns(each, {programs}); }});
  }
  for (const char* name : {"talk-deepgram", "deepgram-ollama-deepgram", "azure-azure-azure"}) {  // These combinations use streaming connections.
    measurements.push_back({std::string("services.") + name + ".cost.200", 100, [name, programs] { return measure_line_up_cost(line_up(name), {programs}); }});
  }
  return measurements;
}

std::vector<Result> draw_jitter(const std::string& out) {
  const std::string path = out + "/jitter.svg";
  if (!(std::ofstream(path) << jitter_svg())) throw std::runtime_error("cannot write " + path);
  return {};
}

}  // namespace

std::vector<Measurement> all_measurements(const BenchPrograms& programs) {
  std::vector<Measurement> all = subject_measurements(programs);
  all.push_back({"jitter.plot", 30, [out = programs.out] { return draw_jitter(out); }});
  append(all, voice_measurements());
  append(all, echo_measurements());
  append(all, memory_measurements());
  append(all, leg_memory_measurements());
  all.push_back({"sip.call.udp", 8, measure_udp_calls});
  all.push_back({"sip.options.udp", 8, measure_udp_options});
  append(all, leg_capacity_measurements(programs.self, programs.out));
  if (programs.agent.empty()) return all;
  for (const std::size_t calls : {std::size_t{20}, std::size_t{100}}) {
    all.push_back({"capacity." + std::to_string(calls), 55 + 0.2 * static_cast<double>(calls),
                   [programs, calls] { return measure_capacity({programs.agent, programs.out, calls}); }});
  }
  if (programs.simulator.empty()) return all;
  const AiPrograms ai{programs.agent, programs.simulator, programs.out};
  append(all, ai_measurements(ai));
  for (const std::size_t calls : {std::size_t{200}, std::size_t{1000}}) {
    all.push_back({"stall." + std::to_string(calls), 105 + 0.045 * static_cast<double>(calls), [ai, calls] { return measure_stall({ai, calls}); }, {},
                   calls == 1000 && std::thread::hardware_concurrency() < 4 ? "four cores" : ""});
  }
  return all;
}

void count_subject(const std::string& name) {
  const std::string_view first_part = std::string_view(name).substr(0, name.find('.'));
  for (const auto& family : families()) {
    if (std::find(family.first_parts.begin(), family.first_parts.end(), first_part) == family.first_parts.end()) continue;
    for (auto& subject : family.make()) {
      if (subject.name == name) return count_instructions(subject);
    }
  }
  throw std::runtime_error("there is no subject " + name);
}

}  // namespace offhook::bench
