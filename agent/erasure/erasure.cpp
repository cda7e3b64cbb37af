#include <offhook/agent/erasure/erasure.hpp>

#include <offhook/agent/recordings/recording_name.hpp>
#include <offhook/agent/records/call_id.hpp>
#include <offhook/agent/records/journal_names.hpp>
#include <offhook/agent/records/listing.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/store/file_system.hpp>
#include <offhook/agent/transcripts/day_file_names.hpp>
#include <offhook/agent/transcripts/transcript_reader.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>

namespace offhook::inline v0::agent {

namespace {

using store::Erasing;
using Names = std::vector<std::string>;

base::Error unreadable(const std::string& folder, const std::error_code& error) {
  return {"erase", error.value(), "cannot read " + folder + ": " + error.message()};
}

/// Returns true if the folder exists. Fails if that cannot be determined, for example because this user may not search a parent folder.
base::Result<bool, base::Error> is_there(const std::string& folder) {
  if (folder.empty()) return false;
  std::error_code error;
  const auto about = std::filesystem::status(folder, error);
  if (about.type() == std::filesystem::file_type::not_found) return false;
  if (error) return base::fail(unreadable(folder, error));
  return true;
}

base::Result<Names, base::Error> names_in(const std::string& folder) {
  const auto there = is_there(folder);
  if (!there) return base::fail(there.error());
  if (!*there) return Names{};
  auto names = store::posix_file_system().list(folder);
  if (!names) return base::fail(unreadable(folder, names.error()));
  return std::move(*names);
}

bool is_torn(const std::string& name) { return name.starts_with("calls-") && name.ends_with(".torn"); }

/// One pass over all folders.
class Pass {
 public:
  Pass(const KeptFolders& folders, const std::string& id, Erasing erasing) : folders_(folders), id_(id), erasing_(erasing) {}

  [[nodiscard]] base::Result<ErasedCall, base::Error> run() {
    // find_calls() does not find a call by the lines that cut_lines() and copies() erase. Therefore these lines are erased first, while the
    // other data still name the call.
    for (const auto step : {&Pass::cut_lines, &Pass::copies, &Pass::transcripts, &Pass::recordings, &Pass::records}) {
      (this->*step)();
      if (failure_) return base::fail(*failure_);
    }
    return std::move(erased_);
  }

 private:
  static constexpr std::size_t kTimeBytes = 22;  // "2026-11-21 09:30:01Z  " of transcripts::readable()

  /// JsonLine escapes each quotation mark from a peer. Therefore the pattern `mark` can match only the member "id" with the value `id_`.
  void cut_lines() { lines_of_records([](const std::string& name) { return is_torn(name); }); }
  void records() { lines_of_records([](const std::string& name) { return records::parse_journal_name(name).has_value(); }); }
  template <class Chosen>
  void lines_of_records(Chosen chosen) {
    const std::string mark = "\"id\":\"" + id_ + "\"";
    for_names(folders_.records, [&](const std::string& name) {
      if (chosen(name)) erased_.record_lines += lines(folders_.records + "/" + name, [&](std::string_view line) { return line.find(mark) != std::string_view::npos; });
    });
  }
  /// Erases the copies for people. They have the same lines as the other files, so they are counted separately.
  void copies() {
    const std::string word = id_ + " ";
    for_names(folders_.transcripts, [&](const std::string& name) {
      const auto day = agent::transcripts::parse_day_file_name(name);
      if (!day || !day->is_text) return;
      const auto count = lines(folders_.transcripts + "/" + name, [&](std::string_view line) { return line.size() > kTimeBytes && line.substr(kTimeBytes).starts_with(word); });
      erased_.copied_lines += count;
    });
  }
  void transcripts() {
    const std::string mark = "\"call\":\"" + id_ + "\"";
    for_names(folders_.transcripts, [&](const std::string& name) {
      const auto day = agent::transcripts::parse_day_file_name(name);
      if (!day || day->is_text) return;
      erased_.transcript_lines += lines(folders_.transcripts + "/" + name, [&](std::string_view line) { return line.find(mark) != std::string_view::npos; });
    });
  }
  void recordings() {
    for_names(folders_.recordings, [&](const std::string& name) {
      const auto recording = agent::recordings::parse_recording_name(name);
      if (!recording || recording->call != id_) return;
      const std::string path = folders_.recordings + "/" + name;
      if (erasing_ == Erasing::Overwrite) {
        auto& files = store::posix_file_system();
        auto removed = files.remove(path);
        if (removed) removed = files.sync_folder(folders_.recordings);
        if (!removed) return fail({"erase", removed.error().value(), "cannot remove " + path + ": " + removed.error().message()});
      }
      erased_.recordings.push_back(path);
    });
  }

  template <class Each>
  void for_names(const std::string& folder, Each each) {
    const auto names = names_in(folder);
    if (!names) return fail(names.error());
    for (const std::string& name : *names) each(name);
  }
  std::uint64_t lines(const std::string& path, const std::function<bool(std::string_view)>& is_wanted) {
    const auto count = store::erase_lines(path, erasing_, is_wanted);
    if (count) return *count;
    fail(count.error());
    return 0;
  }
  void fail(base::Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  const KeptFolders& folders_;
  const std::string& id_;
  const Erasing erasing_;
  ErasedCall erased_;
  std::optional<base::Error> failure_;
};

/// Collects the calls that match a name.
class Finder {
 public:
  Finder(const std::string& name, WallTime now) : name_(name), now_(now) {}

  base::Result<void, base::Error> records(const std::string& folder) {
    const auto there = is_there(folder);
    if (!there) return base::fail(there.error());
    if (!*there) return {};
    const auto read = records::read_calls(folder, [&](const records::StoredCall& call) {
      if (!records::is_named(call, name_)) return;
      remember(call.record.id);
      recorded_.push_back(call.record.id);
      calls_.is_up |= call.state == records::StoredCall::State::InProgress;
    });
    if (!read) return base::fail(read.error());
    return {};
  }
  base::Result<void, base::Error> transcripts(const std::string& folder) {
    const auto there = is_there(folder);
    if (!there) return base::fail(there.error());
    if (!*there) return {};
    std::map<std::string, bool> open;  // for each call: true if the call has no end and its last line is not older than kMayBeUp
    const auto read = transcripts::read_transcripts(folder, [&](const transcripts::TranscriptLine& line, std::string_view) {
      if (!transcripts::is_named(line, name_)) return;
      remember(line.call);
      const bool is_end = line.speaker == transcripts::Who::System && line.text.starts_with("ended");
      if (open.size() < NamedCalls::kMost || open.contains(line.call)) open[line.call] = !is_end && now_ - line.time < NamedCalls::kMayBeUp;
    });
    if (!read) return base::fail(read.error());
    for (const auto& [call, is_open] : open) calls_.is_up |= is_open && !is_recorded(call);
    return {};
  }
  base::Result<void, base::Error> recordings(const std::string& folder) {
    const auto names = names_in(folder);
    if (!names) return base::fail(names.error());
    for (const std::string& file : *names) {
      const auto recording = recordings::parse_recording_name(file);
      if (!recording || !records::may_mean_call(name_, recording->call)) continue;
      remember(recording->call);
      std::error_code gone;
      const auto written = std::filesystem::last_write_time(folder + "/" + file, gone);
      const bool grows = !gone && std::filesystem::file_time_type::clock::now() - written < NamedCalls::kGrows;
      calls_.is_up |= grows && !is_recorded(recording->call);
    }
    return {};
  }
  [[nodiscard]] NamedCalls take() { return std::move(calls_); }

 private:
  void remember(const std::string& id) {
    if (calls_.ids.size() < NamedCalls::kMost && std::find(calls_.ids.begin(), calls_.ids.end(), id) == calls_.ids.end()) calls_.ids.push_back(id);
  }
  [[nodiscard]] bool is_recorded(const std::string& id) const { return std::find(recorded_.begin(), recorded_.end(), id) != recorded_.end(); }

  const std::string& name_;
  const WallTime now_;
  NamedCalls calls_;
  Names recorded_;
};

}  // namespace

base::Result<NamedCalls, base::Error> find_calls(const KeptFolders& folders, const std::string& name, WallTime now) {
  Finder finder(name, now);
  if (auto read = finder.records(folders.records); !read) return base::fail(read.error());
  if (auto read = finder.transcripts(folders.transcripts); !read) return base::fail(read.error());
  if (auto read = finder.recordings(folders.recordings); !read) return base::fail(read.error());
  return finder.take();
}

base::Result<ErasedCall, base::Error> erase_call(const KeptFolders& folders, const std::string& id, Erasing erasing) {
  ErasedCall all;
  for (int pass = 0; pass < kPasses; ++pass) {
    auto erased = Pass(folders, id, erasing).run();
    if (!erased) return erased;
    if (erasing == Erasing::Count || erased->is_nothing()) return pass == 0 ? std::move(erased) : std::move(all);
    all += *erased;  // An agent may have renamed a file after the list of names was read, so another pass follows.
  }
  return base::fail(base::Error{"erase", 1, "new lines of the call appear during the erasure, so the call may still be up: erase it after its end"});
}

}  // namespace offhook::inline v0::agent
