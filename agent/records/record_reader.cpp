#include <offhook/agent/records/record_reader.hpp>

#include <offhook/agent/records/journal_names.hpp>
#include <offhook/agent/store/descriptor.hpp>
#include <offhook/agent/store/erase_lines.hpp>
#include <offhook/agent/store/read_lines.hpp>
#include <offhook/agent/store/slot.hpp>
#include <offhook/agent/support/json_line.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace offhook::inline v0::agent::records {

namespace {

/// A file that is open for reading. O_NONBLOCK: if a pipe has the name of a journal file, opening it must not block.
class ReadFile : public store::Descriptor {
 public:
  explicit ReadFile(const std::string& path) : Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), is_missing_(!is_open() && errno == ENOENT) {}
  [[nodiscard]] bool is_missing() const { return is_missing_; }
  [[nodiscard]] bool is_same_as(const ReadFile& other) const {
    struct stat a {
    }, b{};
    return ::fstat(get(), &a) == 0 && ::fstat(other.get(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
  }

 private:
  bool is_missing_;
};

/// The first members of a sealed line, which identify it without parsing the rest.
struct Head {
  std::string_view type, run;
};

std::optional<Head> head_of(std::string_view line) {
  const auto take = [&line](std::string_view before) -> std::optional<std::string_view> {
    if (!line.starts_with(before)) return std::nullopt;
    line.remove_prefix(before.size());
    const auto value = line.substr(0, line.find('"'));
    line.remove_prefix(value.size());
    return value;
  };
  static const std::string kBeginning = "{\"v\":" + std::to_string(kSchemaVersion) + ",\"type\":\"";
  const auto type = take(kBeginning);
  const auto run = type ? take("\",\"run\":\"") : std::nullopt;
  return run ? std::optional(Head{*type, *run}) : std::nullopt;
}

/// Reads all files of one slot, in their order.
class SlotReader {
 public:
  SlotReader(std::string folder, unsigned slot, ReadSummary& summary, const std::function<void(StoredCall)>& visit)
      : folder_(std::move(folder)), slot_(slot), summary_(summary), visit_(visit) {}

  void read() {
    const bool alive = has_writer();     // Checked first: a writer that ends after this check has all its lines in the files that are read below.
    const ReadFile live(path("jsonl"));  // Opened before the folder is listed. If it rotates in between, it is also in the list, but read once.
    for (const std::string& name : rotated()) {
      const ReadFile file(folder_ + "/" + name);
      if (!(live.is_open() && file.is_same_as(live))) read(file, false);
    }
    read(live, alive);
    for (const std::string& id : order_) {
      const auto at = open_.find(id);
      if (at != open_.end()) finish(at->second, alive && at->second.run == last_run_);
    }
  }

 private:
  struct Open {
    std::string line, run;
  };

  [[nodiscard]] std::string path(std::string_view what) const { return folder_ + "/" + slot_name(slot_, what); }

  [[nodiscard]] bool has_writer() const {
    const ReadFile lock(path("lock"));
    return lock.is_open() && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  }

  [[nodiscard]] std::vector<std::string> rotated() const {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
      std::string name = at->path().filename().string();
      const auto parsed = parse_journal_name(name);
      if (parsed && parsed->slot == slot_ && parsed->rotated) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void read(const ReadFile& file, bool growing) {
    if (file.is_missing()) return;
    if (!file.is_regular()) {
      ++summary_.unreadable;
      return;
    }
    ++summary_.files;
    (void)store::read_lines(file.get(), [&](const store::FileLine& line) {
      if (line.is_whole) on_line(line.text);
      else if (!growing) ++summary_.skipped;
    });
  }

  void on_line(std::string_view line) {
    if (store::is_erased(line)) return;
    if (!is_sealed(line)) {
      ++summary_.skipped;
      return;
    }
    const auto head = head_of(line);
    if (!head) {
      ++summary_.newer_schema;
      return;
    }
    last_run_ = head->run;
    auto record = head->type == "run" ? std::nullopt : parse_record(line);
    if (!record) return;
    if (head->type == "started") return on_started(std::move(record->id), line, head->run);
    if (!is_new(record->id)) {
      ++summary_.repeated;
      return;
    }
    open_.erase(record->id);
    ++summary_.calls;
    visit_({StoredCall::State::Ended, std::move(*record), std::string(line)});
  }

  void on_started(std::string id, std::string_view line, std::string_view run) {
    if (known_.contains(id) || open_.contains(id)) return;  // A repeated write can put the same lines into the file twice.
    order_.push_back(id);
    open_.emplace(std::move(id), Open{std::string(line), std::string(run)});
    if (open_.size() > kMaxOpenCalls) {
      while (!open_.contains(order_.front())) order_.pop_front();
      const auto oldest = open_.find(order_.front());
      finish(oldest->second, false);
      open_.erase(oldest);
    }
    // Most calls in order_ have ended: without this, order_ would grow without limit.
    if (order_.size() > 2 * kMaxOpenCalls) std::erase_if(order_, [this](const std::string& name) { return !open_.contains(name); });
  }

  void finish(const Open& call, bool in_progress) {
    auto record = parse_record(call.line);
    if (!record) return;
    ++summary_.calls;
    if (!in_progress) record->ending.cause = "interrupted";
    visit_({in_progress ? StoredCall::State::InProgress : StoredCall::State::Interrupted, std::move(*record), call.line});
  }

  [[nodiscard]] bool is_new(const std::string& id) {
    if (!known_.insert(id).second) return false;
    known_order_.push_back(id);
    if (known_order_.size() > kMaxRememberedIds) {
      known_.erase(known_order_.front());
      known_order_.pop_front();
    }
    return true;
  }

  std::string folder_;
  unsigned slot_;
  ReadSummary& summary_;
  const std::function<void(StoredCall)>& visit_;
  std::string last_run_;
  std::unordered_map<std::string, Open> open_;
  std::deque<std::string> order_;
  std::unordered_set<std::string> known_;
  std::deque<std::string> known_order_;
};

}  // namespace

base::Result<ReadSummary, base::Error> read_calls(const std::string& folder, const std::function<void(StoredCall)>& visit) {
  std::error_code error;
  std::filesystem::directory_iterator probe(folder, error);
  if (error) {
    return base::fail(base::Error{"records", error.value(),
                                  "cannot read the records in " + folder + ": " + error.message() +
                                      "; name their folder with --folder, or the agent's configuration with --config"});
  }
  ReadSummary summary;
  for (unsigned slot = 1; slot <= store::kMaxSlots; ++slot) SlotReader(folder, slot, summary, visit).read();
  return summary;
}

}  // namespace offhook::inline v0::agent::records
