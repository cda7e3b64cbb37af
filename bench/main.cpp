// offhook_bench [--list] [--out FOLDER] [--agent PROGRAM] [--simulator PROGRAM] [WORD...]
// Runs the measurements, prints a table, and writes results.json and ratios.svg to FOLDER. It also writes dialogs.svg, jitter.svg, capacity.svg and
// echo.svg when their measurements were chosen. It starts itself again under valgrind to count instructions. It starts the agent (`offhook`) to
// measure the capacity. It starts the simulator (`offhook_openai_sim`) and the simulators of the other services beside it to measure turns
// (turns.json) and the cost of AI calls. `./dev bench` runs this program.
#include <offhook/bench/all_measurements.hpp>
#include <offhook/bench/echo_figures.hpp>
#include <offhook/bench/legs/capacity_plot.hpp>
#include <offhook/bench/legs/leg_plan.hpp>
#include <offhook/bench/report.hpp>
#include <offhook/bench/run_measurements.hpp>
#include <offhook/bench/scale.hpp>

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace {

using namespace offhook::bench;
namespace fs = std::filesystem;

struct Arguments {
  bool list = false;
  BenchPrograms programs;
  std::vector<std::string> words;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  arguments.programs.self = fs::read_symlink("/proc/self/exe").string();
  arguments.programs.out = "build/bench";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--list") {
      arguments.list = true;
    } else if (word == "--out" && i + 1 < argc) {
      arguments.programs.out = argv[++i];
    } else if (word == "--agent" && i + 1 < argc) {
      arguments.programs.agent = argv[++i];
    } else if (word == "--simulator" && i + 1 < argc) {
      arguments.programs.simulator = argv[++i];
    } else if (word.starts_with("-")) {
      throw std::runtime_error("there is no option " + word + ": give whole parts of the names that --list shows");
    } else {
      arguments.words.push_back(word);
    }
  }
  return arguments;
}

std::vector<Measurement> chosen(const Arguments& arguments) {
  auto measurements = all_measurements(arguments.programs);
  std::erase_if(measurements, [&](const Measurement& each) {
    return !is_chosen(each, arguments.words) || (arguments.words.empty() && !each.lacks.empty());
  });
  if (measurements.empty()) throw std::runtime_error("no measurement has such a name; --list shows all");
  return measurements;
}

/// Writes a temporary file and renames it. Therefore a reader always sees a complete file.
void write(const std::string& path, const std::string& text) {
  if (text.empty()) return;
  std::ofstream file(path + ".part");
  if (!(file << text << std::flush)) throw std::runtime_error("cannot write " + path);
  fs::rename(path + ".part", path);
}

void write_reports(const std::string& out, const std::vector<Result>& results) {
  write(out + "/results.json", to_json(results));
  write(out + "/ratios.svg", to_svg(results));
  write(out + "/dialogs.svg", to_scale_svg(results));
  write(out + "/capacity.svg", to_capacity_svg(results));
  write(out + "/echo.svg", to_echo_svg(results));
}

int run(const Arguments& arguments) {
  const auto measurements = chosen(arguments);
  if (arguments.list) {
    fmt::print("{}", to_list(measurements));
    return 0;
  }
  const std::string& out = arguments.programs.out;
  fs::create_directories(out);
  const auto results = run_measurements(
      measurements, [](const std::string& line) { fmt::print(stderr, "{}\n", line); },
      [&out](const std::vector<Result>& so_far) { write_reports(out, so_far); });
  fmt::print("{}", to_table(results));
  fmt::print(stderr, "Wrote to {}: results.json, and the plots of the measurements (*.svg).\n", out);
  return std::any_of(results.begin(), results.end(), [](const Result& result) { return !result.failure.empty(); }) ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);  // Otherwise the measurements would include the time to return memory to the system and to allocate it again.
  try {
    if (argc == 3 && std::string_view(argv[1]) == "--count") {
      count_subject(argv[2]);
      return 0;
    }
    if (argc == 3 && std::string_view(argv[1]) == "--legs-host") return host_legs(read_plan(argv[2]));
    if (argc == 3 && std::string_view(argv[1]) == "--legs-load") return load_legs(read_plan(argv[2]));
    return run(parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "offhook_bench: {}\n", error.what());
    return 1;
  }
}
