// offhook_bench [--out FOLDER] [--agent PROGRAM] [--simulator PROGRAM] [WORD...]: measures, prints a table, and leaves results.json
// and ratios.svg in FOLDER, with dialogs.svg, jitter.svg, capacity.svg and echo.svg where they are asked for. It starts itself once more
// under valgrind for the instructions, the agent, which is `offhook`, for the capacity, and with it the simulator, which is
// `offhook_openai_sim`, for turns (turns.json) and for what AI calls cost, and those of the other services beside it. `./dev bench` calls it.
#include <offhook/bench/calls_cost.hpp>
#include <offhook/bench/capacity.hpp>
#include <offhook/bench/echo_figures.hpp>
#include <offhook/bench/jitter_pareto.hpp>
#include <offhook/bench/leg_memory.hpp>
#include <offhook/bench/legs/capacity_plot.hpp>
#include <offhook/bench/legs/leg_capacity.hpp>
#include <offhook/bench/legs/leg_plan.hpp>
#include <offhook/bench/line_up.hpp>
#include <offhook/bench/line_up_turns.hpp>
#include <offhook/bench/process.hpp>
#include <offhook/bench/report.hpp>
#include <offhook/bench/scale.hpp>
#include <offhook/bench/subjects.hpp>
#include <offhook/bench/turns.hpp>
#include <offhook/bench/udp_calls.hpp>
#include <offhook/bench/udp_options.hpp>

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace {

using namespace offhook::bench;
namespace fs = std::filesystem;

struct Arguments {
  bool count = false;  // we are the one under valgrind
  std::string self, out = "build/bench", agent, simulator;
  std::vector<std::string> filters;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  arguments.self = fs::read_symlink("/proc/self/exe").string();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--count") {
      arguments.count = true;
    } else if (word == "--out" && i + 1 < argc) {
      arguments.out = argv[++i];
    } else if (word == "--agent" && i + 1 < argc) {
      arguments.agent = argv[++i];
    } else if (word == "--simulator" && i + 1 < argc) {
      arguments.simulator = argv[++i];
    } else if (word.starts_with("-")) {
      throw std::runtime_error("there is no option " + word + ": give words that the names of measurements contain");
    } else {
      arguments.filters.push_back(word);
    }
  }
  return arguments;
}

/// The messages on which others' figures are known, where they are at hand; else our own of the same size and header fields.
std::string message_folder() {
  const char* data = std::getenv("OFFHOOK_TEST_DATA");
  const std::string shared = std::string(data == nullptr ? "../shared/data" : data) + "/bench";
  return fs::exists(shared + "/invite.sip") ? shared : "bench/data";
}

std::vector<Subject> wanted_subjects(const std::vector<std::string>& filters) {
  std::vector<Subject> subjects = sip_subjects(message_folder());
  for (auto* more : {stack_subjects, g711_subjects, g722_subjects, resample_subjects, mix_subjects, conference_subjects, jitter_subjects, tone_subjects, voice_subjects, leg_subjects}) {
    for (auto& subject : more()) subjects.push_back(std::move(subject));
  }
  std::erase_if(subjects, [&filters](const Subject& subject) { return !is_wanted(subject.name + ".instructions", filters); });
  return subjects;
}

std::map<std::string, double> instruction_counts(const Arguments& arguments) {
  const std::string prefix = arguments.out + "/callgrind.out";
  for (const auto& entry : fs::directory_iterator(arguments.out)) {
    if (entry.path().string().starts_with(prefix)) fs::remove(entry.path());
  }
  std::vector<std::string> command = {"valgrind",     "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=" + prefix,
                                      arguments.self, "--count"};
  command.insert(command.end(), arguments.filters.begin(), arguments.filters.end());
  Process counting(command, arguments.out + "/callgrind.log");
  if (counting.wait() != 0) throw std::runtime_error("counting instructions failed: see " + arguments.out + "/callgrind.log");
  return read_instruction_counts(prefix);
}

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  if (!(file << text)) throw std::runtime_error("cannot write " + path);
}

int run(const Arguments& arguments) {
  auto subjects = wanted_subjects(arguments.filters);
  if (arguments.count) {
    for (auto& subject : subjects) count_instructions(subject);
    return 0;
  }
  fs::create_directories(arguments.out);
  fmt::print(stderr, "messages: {}/invite.sip and 200-ok.sip\n", message_folder());
  std::vector<Result> results;
  const auto counts = subjects.empty() ? std::map<std::string, double>{} : instruction_counts(arguments);
  for (auto& subject : subjects) {
    results.push_back(measure_time(subject));
    results.push_back(instruction_result(subject, counts));
  }
  if (const auto at = std::find_if(results.begin(), results.end(), [](const Result& result) { return result.name == "sip.call.core"; });
      at != results.end())
    results.push_back({"sip.call.core.per_second", "calls/s", 1e9 / at->ours, {}});
  for (auto& result : measure_voice(arguments.filters)) results.push_back(std::move(result));
  for (auto& result : measure_echo(arguments.filters)) results.push_back(std::move(result));
  for (auto& result : measure_memory(arguments.filters)) results.push_back(std::move(result));
  for (auto& result : measure_leg_memory(arguments.filters)) results.push_back(std::move(result));
  for (auto& result : measure_udp_calls(arguments.filters)) results.push_back(std::move(result));
  for (auto& result : measure_udp_options(arguments.filters)) results.push_back(std::move(result));
  for (auto& result : measure_leg_capacity(arguments.filters, arguments.self, arguments.out)) results.push_back(std::move(result));
  for (const std::size_t calls : {std::size_t{20}, std::size_t{100}}) {
    if (arguments.agent.empty() || !is_wanted("capacity." + std::to_string(calls) + ".", arguments.filters)) continue;
    fmt::print(stderr, "{} calls to {}\n", calls, arguments.agent);
    for (auto& result : measure_capacity({arguments.agent, arguments.out, calls})) results.push_back(std::move(result));
  }
  const AiPrograms programs{arguments.agent, arguments.simulator, arguments.out};
  const bool has_ai = !arguments.agent.empty() && !arguments.simulator.empty();
  if (has_ai && is_wanted("turns turn.added_ms greeting_ms interrupt_ms", arguments.filters)) {
    fmt::print(stderr, "turns of calls to {} with {}\n", arguments.agent, arguments.simulator);
    for (auto& result : measure_turns({programs})) results.push_back(std::move(result));
  }
  if (has_ai && is_wanted("calls cost.200.", arguments.filters)) {
    fmt::print(stderr, "200 calls to {} with {}\n", arguments.agent, arguments.simulator);
    for (auto& result : measure_calls_cost({programs})) results.push_back(std::move(result));
  }
  for (const LineUp& each : line_ups()) {
    if (!has_ai || !is_wanted("services." + each.name + ".turn.", arguments.filters)) continue;
    fmt::print(stderr, "turns of calls to {} with {}\n", arguments.agent, each.name);
    for (auto& result : measure_line_up_turns(each, {programs})) results.push_back(std::move(result));
  }
  for (const char* name : {"talk-deepgram", "deepgram-ollama-deepgram", "azure-azure-azure"}) {  // Those that hold sockets.
    if (!has_ai || !is_wanted(std::string("services.") + name + ".cost.200.", arguments.filters)) continue;
    fmt::print(stderr, "200 calls to {} with {}\n", arguments.agent, name);
    for (auto& result : measure_line_up_cost(line_up(name), {programs})) results.push_back(std::move(result));
  }
  if (results.empty()) throw std::runtime_error("no measurement has such a name; without a word, all are run");
  write(arguments.out + "/results.json", to_json(results));
  write(arguments.out + "/ratios.svg", to_svg(results));
  if (const std::string plot = to_scale_svg(results); !plot.empty()) write(arguments.out + "/dialogs.svg", plot);
  if (is_wanted("jitter.put_get", arguments.filters)) write(arguments.out + "/jitter.svg", jitter_svg());
  if (const std::string plot = to_capacity_svg(results); !plot.empty()) write(arguments.out + "/capacity.svg", plot);
  if (const std::string plot = to_echo_svg(results); !plot.empty()) write(arguments.out + "/echo.svg", plot);
  fmt::print("{}", to_table(results));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);  // Giving memory back to the system and fetching it again is no stack's work.
  try {
    if (argc == 3 && std::string_view(argv[1]) == "--legs-host") return host_legs(read_plan(argv[2]));
    if (argc == 3 && std::string_view(argv[1]) == "--legs-load") return load_legs(read_plan(argv[2]));
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "offhook_bench: {}\n", error.what());
    return 1;
  }
}
