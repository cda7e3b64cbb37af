// The input is a script of disk faults, and a journal that a crash left behind. The first octet is the length of the script, which follows
// it. Checks that the complete lines of the old journal remain in order, and that each line that append() accepted is a complete line.
#include "require.hpp"
#include "script.hpp"

#include <offhook/agent/records/journal.hpp>
#include <offhook/agent/records/journal_names.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/tests/agent/store/fake_file_system.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::records;
using namespace offhook::agent::store;
using offhook::fuzz::require;
using offhook::fuzz::Script;

namespace {

constexpr std::string_view kLive = "/calls/calls-1.jsonl";

class World {
 public:
  explicit World(std::string_view left_behind) : whole_(left_behind.substr(0, left_behind.rfind('\n') + 1)) {
    disk_.now = now_;
    disk_.put(std::string(kLive), std::string(left_behind));
  }

  void step(std::uint8_t what) {
    const auto fault = (what & 0x80) != 0 ? std::errc::io_error : std::errc{};
    switch (what & 7) {
      case 0: return append();
      case 1: disk_.write_fails = fault; break;
      case 2: disk_.sync_fails = fault; break;
      case 3: disk_.truncate_fails = fault; break;
      case 4: disk_.rename_fails = fault; break;
      case 5: disk_.room = (what & 0x80) != 0 ? what >> 3 & 15U : SIZE_MAX; break;
      case 6: disk_.most_at_once = (what & 0x80) != 0 ? 1 + (what >> 3 & 15U) : SIZE_MAX; break;
      case 7: now_ += std::chrono::hours(what >> 3); break;
    }
  }

  /// Checks the files. Reads them in the order of their names: the rotated files, then the current file.
  void judge() const {
    std::string all;
    for (const auto& [path, file] : disk_.files) {
      if (!parse_journal_name(std::string_view(path).substr(sizeof("/calls/") - 1))) continue;
      all += file->bytes;
      if (!all.empty() && all.back() != '\n') all += '\n';  // The end of a file ends a line too.
    }
    if (opened_) require(all.starts_with(whole_));
    std::size_t from = opened_ ? whole_.size() : 0;
    for (const std::string& line : taken_) {
      const auto at = all.find(line, from);
      require(at != std::string::npos && (at == 0 || all[at - 1] == '\n'));
      from = at + line.size();
    }
  }

 private:
  void append() {
    const std::string line = seal(JsonLine().number("n", std::int64_t{++number_}).take());
    if (journal_.append(line, now_)) taken_.push_back(line);
    opened_ = opened_ || !taken_.empty();
  }

  FakeFileSystem disk_;
  WallTime now_{std::chrono::hours(24 * 20000)};
  Journal journal_{disk_, {"/calls", 300, true, 1000}};
  std::string whole_;  // the old journal, up to its last line feed
  std::vector<std::string> taken_;
  std::int64_t number_ = 0;
  bool opened_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  const std::string_view steps = script.text(script.next());
  World world(script.text(size));
  for (const char each : steps) world.step(static_cast<std::uint8_t>(each));
  world.judge();
  return 0;
}
