// Runs one or all fuzz targets of this program on their seeds, without libFuzzer. The argument names the target; without an argument, all
// run. It runs each seed completely, cut at each of its first 128 octets, and cut at every seventh octet up to 896. Thus each parser gets
// truncated input in an ordinary test run.
#include <offhook/fuzz/seed_targets.hpp>
#include <offhook/tests/testkit/shared_data.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCuts = 128, kCutEvery = 7;

void run_exact(const SeedTarget& target, const std::vector<std::uint8_t>& bytes, std::size_t size) {
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));  // asan detects a read beyond its end.
  target.run(exact.data(), exact.size());
}

std::size_t run_folder(const SeedTarget& target, const fs::path& folder) {
  std::size_t seeds = 0;
  if (!fs::is_directory(folder)) return seeds;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    for (std::size_t size = 0; size < bytes.size() && size < kCutEvery * kCuts; size += size < kCuts ? 1 : kCutEvery) run_exact(target, bytes, size);
    run_exact(target, bytes, bytes.size());
    ++seeds;
  }
  return seeds;
}

int run_target(const SeedTarget& target) {
  const std::string name(target.name);
  const std::string subject = name.substr(0, name.rfind("_fuzz"));      // such as sip_message
  const std::string protocol = subject.substr(0, subject.find('_'));    // such as sip
  const fs::path shared = offhook_test::shared_data("corpus") / protocol;
  const std::size_t own = run_folder(target, fs::path("fuzz/seeds") / subject);
  const std::size_t corpus = run_folder(target, shared);
  std::printf("%s: %zu own seeds, %zu from %s\n", name.c_str(), own, corpus, corpus != 0 ? shared.c_str() : "no corpus (the folder OFFHOOK_TEST_DATA is absent)");
  if (own == 0) std::printf("%s: fuzz/seeds/%s is empty\n", name.c_str(), subject.c_str());
  return own == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  bool found = false;
  int status = 0;
  for (const SeedTarget& target : seed_targets()) {
    if (argc > 1 && target.name != argv[1]) continue;
    found = true;
    status |= run_target(target);
  }
  if (!found) std::printf("this program has no fuzz target %s\n", argc > 1 ? argv[1] : "");
  return found ? status : 2;
}
