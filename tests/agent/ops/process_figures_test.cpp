#include "exposition.hpp"

#include <offhook/agent/ops/process_figures.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace offhook;
using namespace offhook_test;

namespace {

struct Proc {
  std::filesystem::path folder;
  Proc() {
    std::string name = std::filesystem::temp_directory_path() / "proc-XXXXXX";
    folder = mkdtemp(name.data());
    std::filesystem::create_directories(folder / "fd");
  }
  ~Proc() { std::filesystem::remove_all(folder); }
  void write(const char* name, const char* text) const { std::ofstream(folder / name) << text; }
  Exposition read() const { return read_exposition(agent::text_of(agent::process_figures(folder, folder))); }
};

}  // namespace

TEST_CASE("The page has the process metrics that Prometheus' client libraries have") {
  const auto page = read_exposition(agent::text_of(agent::process_figures()));
  CHECK(page.faults.empty());
  CHECK(page.value("process_resident_memory_bytes").value_or(0) > 1e6);
  CHECK(page.value("process_virtual_memory_bytes").value_or(0) > page.value("process_resident_memory_bytes").value_or(0));
  CHECK(page.value("process_open_fds").value_or(0) >= 3);
  CHECK(page.value("process_max_fds").value_or(0) >= page.value("process_open_fds").value_or(0));
  CHECK(page.value("process_threads").value_or(0) >= 1);
  CHECK(page.value("process_start_time_seconds").value_or(0) > 1.7e9);
  CHECK(page.value("process_cpu_seconds_total").has_value());
}

TEST_CASE("A program name with parentheses and blanks does not shift the fields of /proc/self/stat") {
  const Proc proc;
  proc.write("stat", "7 (a ) (b) S 1 1 1 0 -1 0 0 0 0 0 300 200 0 0 20 0 5 0 1000 4096 2 0\nbtime 5\n");
  const auto page = proc.read();
  const double ticks = 100;
  CHECK(page.value("process_cpu_seconds_total") == 500 / ticks);
  CHECK(page.value("process_threads") == 5);
  CHECK(page.value("process_virtual_memory_bytes") == 4096);
  CHECK(page.value("process_start_time_seconds") == 5 + 1000 / ticks);
}

TEST_CASE("A figure that the system does not provide is omitted") {
  const Proc proc;
  proc.write("stat", "garbage");
  proc.write("limits", "Max open files            unlimited            unlimited            files\n");
  const auto page = proc.read();
  CHECK_FALSE(page.value("process_cpu_seconds_total"));
  CHECK_FALSE(page.value("process_max_fds"));
}
